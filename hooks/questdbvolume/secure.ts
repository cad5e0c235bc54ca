import { hasAll, volumeLabels, type Identity } from '../api/labels.ts';
import { EBS_DRIVER } from '../api/zones.ts';
import { volumeHandleOf } from './observe.ts';
import type { PersistentVolume, VolumePorts } from './ports.ts';

/** Whether the data is found again, and kept, whatever becomes of its claim. */
export const isSecure = (identity: Identity, { metadata, spec }: PersistentVolume): boolean =>
  hasAll(metadata.labels, volumeLabels(identity)) && spec?.persistentVolumeReclaimPolicy === 'Retain';

/** Tags first: labels on the PersistentVolume say that the tags are there. */
export const secure = async (
  { cluster, storage }: Pick<VolumePorts, 'cluster' | 'storage'>,
  identity: Identity,
  persistentVolume: PersistentVolume,
): Promise<void> => {
  const volumeId = volumeHandleOf(persistentVolume);
  if (persistentVolume.spec?.csi?.driver === EBS_DRIVER && volumeId !== undefined)
    await storage.tag(volumeId, identity);
  await cluster.securePersistentVolume(persistentVolume, volumeLabels(identity));
};

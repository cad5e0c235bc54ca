import { hasAll, volumeLabels, type Identity } from '../api/labels.ts';
import { tellingLayout, type Layout } from '../api/layout.ts';
import { EBS_DRIVER } from '../api/zones.ts';
import { volumeHandleOf, type Observed } from './observe.ts';
import type { PersistentVolume, VolumePorts } from './ports.ts';

/** Whether the labels say that it is this database's. */
export const isOfDatabase = (identity: Identity, { metadata }: Pick<PersistentVolume, 'metadata'>): boolean =>
  hasAll(metadata.labels, volumeLabels(identity));

/** Whose data it is, and what is to be known to mount it. */
type Secured = { identity: Identity; layout: Layout | undefined };

/** Whether the data is found again, and kept, whatever becomes of its claim. */
export const isSecure = (
  { identity, layout }: Secured,
  { metadata, spec }: PersistentVolume,
  bound?: Observed['bound'],
): boolean =>
  isOfDatabase(identity, { metadata }) &&
  hasAll(metadata.annotations, tellingLayout(layout)) &&
  spec?.persistentVolumeReclaimPolicy === 'Retain' &&
  (bound === undefined ||
    bound === 'Gone' ||
    hasAll(bound.tags, { ...volumeLabels(identity), ...tellingLayout(layout) }));

/** Tags first: labels on the PersistentVolume say that the tags are there. */
export const secure = async (
  { cluster, storage }: Pick<VolumePorts, 'cluster' | 'storage'>,
  { identity, layout }: Secured,
  persistentVolume: PersistentVolume,
): Promise<void> => {
  const volumeId = volumeHandleOf(persistentVolume);
  if (persistentVolume.spec?.csi?.driver === EBS_DRIVER && volumeId !== undefined)
    await storage.tag(volumeId, identity, tellingLayout(layout));
  const change = { labels: volumeLabels(identity), annotations: tellingLayout(layout) };
  await cluster.securePersistentVolume(persistentVolume, change);
};

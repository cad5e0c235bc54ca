import { candidateClaimNames, isEbs, volumeHandleOf, type Observed } from './observe.ts';
import type { PersistentVolume, StorageClass } from './ports.ts';
import { ambiguous, dataExists, noStorageClass, notRetaining, volumeMissing, volumeTerminating } from './sentences.ts';
import { refuse, wait, type VolumePlan } from './steps.ts';

/** The empty-volume guard: whatever the database had before is found first, on any of the three levels. */
export const planWithoutClaim = (observed: Observed): VolumePlan => {
  const { parent, storageClass, found } = observed;
  const { storageClassName, from } = parent.spec;
  if (storageClass === undefined) return refuse('StorageClassNotFound', noStorageClass(storageClassName));
  const ids = volumeIds(observed);
  if (ids.length > 1 || found.persistentVolumes.length > 1) return refuse('AmbiguousData', ambiguous(observed, ids));
  return from?.volumeHandle === undefined ? planFound(observed) : planSource(observed, from.volumeHandle);
};

const planFound = (observed: Observed): VolumePlan => {
  const [persistentVolume] = observed.found.persistentVolumes;
  if (persistentVolume !== undefined) {
    const find = `PersistentVolume "${persistentVolume.metadata.name}"`;
    return refuseFind(observed, identifier(persistentVolume), find) ?? planRebind(observed, persistentVolume);
  }
  const [volume] = observed.found.ebsVolumes;
  if (volume === undefined) return planNothingFound(observed);
  const refusal = refuseFind(observed, volume.volumeId, `volume ${volume.volumeId}`);
  return refusal ?? { step: 'MakePersistentVolume', volume, lostBy: undefined };
};

/** Every volume that may be this database's data, once each. */
const volumeIds = ({ parent, found }: Observed): string[] => {
  const handle = parent.spec.from?.volumeHandle;
  const ids = [...found.persistentVolumes.map(identifier), ...found.ebsVolumes.map(({ volumeId }) => volumeId)];
  return [...new Set([...ids, ...(handle === undefined ? [] : [handle])])].sort();
};

/** `existing: Refuse` is about data of a database that was, not about what this one is known to have. */
export const refuseFind = (
  { parent, knownVolumeId }: Observed,
  volumeId: string | undefined,
  find: string,
): VolumePlan | undefined =>
  parent.spec.existing !== 'Refuse' || (volumeId !== undefined && volumeId === knownVolumeId)
    ? undefined
    : refuse('DataExists', dataExists(find));

/** What a PersistentVolume is known by: its EBS volume, where it has one. */
export const identifier = (volume: PersistentVolume): string => volumeHandleOf(volume) ?? volume.metadata.name;

const planRebind = (observed: Observed, volume: PersistentVolume): VolumePlan => {
  const { name, deletionTimestamp } = volume.metadata;
  const holder = otherHolder(observed, volume);
  if (holder !== undefined) {
    return refuse('DataInUse', `PersistentVolume "${name}" with this database's data is bound to claim ${holder}.`);
  }
  return deletionTimestamp === undefined
    ? { step: 'Bind', persistentVolume: volume }
    : wait('PersistentVolumeTerminating', volumeTerminating(name));
};

/** The claim of another name that the PersistentVolume is bound to now. */
const otherHolder = ({ identity, parent }: Observed, { spec, status }: PersistentVolume): string | undefined => {
  const { namespace = '', name = '' } = spec?.claimRef ?? {};
  const isOurs = namespace === identity.namespace && candidateClaimNames(parent).includes(name);
  return status?.phase === 'Bound' && name !== '' && !isOurs ? `${namespace}/${name}` : undefined;
};

/** The volume the user names: only when nobody lives on it, is bound to it or has it attached. */
const planSource = (observed: Observed, volumeHandle: string): VolumePlan => {
  const { source, storageClass, otherUsers, found } = observed;
  if (!isEbs(storageClass)) return refuse('VolumeNotFound', notEbs(storageClass));
  if (source === undefined)
    return refuse('VolumeNotFound', `EC2 knows no volume ${volumeHandle} in this account and region.`);
  if (otherUsers.length > 0) {
    return refuse('ForeignVolume', `Volume ${volumeHandle} belongs to ${otherUsers.join(', ')}. Nothing was touched.`);
  }
  const [persistentVolume] = found.persistentVolumes;
  if (persistentVolume !== undefined) return planRebind(observed, persistentVolume);
  return source.attachedTo.length === 0
    ? { step: 'MakePersistentVolume', volume: source, lostBy: undefined }
    : refuse(
        'DataInUse',
        `Volume ${volumeHandle} is attached to ${source.attachedTo.join(', ')}. Detach it first; nothing was touched.`,
      );
};

const notEbs = (storageClass: StorageClass | undefined): string =>
  `spec.storage.from.volumeHandle needs a StorageClass of ebs.csi.aws.com; "${storageClass?.metadata.name ?? ''}" is of ${storageClass?.provisioner ?? ''}.`;

const planNothingFound = ({ parent, storageClass, knownVolumeId }: Observed): VolumePlan => {
  const { from } = parent.spec;
  if (knownVolumeId !== undefined) return refuse('VolumeMissing', volumeMissing(knownVolumeId));
  if (from?.claimName !== undefined) {
    return refuse(
      'ClaimNotFound',
      `PersistentVolumeClaim "${from.claimName}" of spec.storage.from does not exist in this namespace.`,
    );
  }
  return storageClass?.reclaimPolicy === 'Retain'
    ? { step: 'CreateBlank' }
    : refuse('StorageClassNotRetaining', notRetaining(parent.spec.storageClassName));
};

import { isDataOf, RETAINED } from '../api/labels.ts';
import { parseBytes } from '../api/quantity.ts';
import { candidateClaimNames, isEbs, volumeHandleOf, type Observed } from './observe.ts';
import type { Claim, EbsVolume, PersistentVolume, StorageClass } from './ports.ts';
import { isSecure } from './secure.ts';
import {
  ambiguous,
  ambiguousClaims,
  boundElsewhere,
  claimLost,
  claimTerminating,
  noStorageClass,
  notRetaining,
  otherVolume,
  tooSmall,
  volumeMissing,
  volumeTerminating,
} from './sentences.ts';

/** Why nothing can go on without a human. */
export type RefusalReason =
  | 'AmbiguousData'
  | 'ClaimBoundElsewhere'
  | 'ClaimLost'
  | 'ClaimNotFound'
  | 'DataInUse'
  | 'ForeignClaim'
  | 'ForeignVolume'
  | 'StorageClassNotFound'
  | 'StorageClassNotRetaining'
  | 'VolumeMissing'
  | 'VolumeNotFound'
  | 'VolumeTooSmall';

export type WaitReason =
  'ClaimTerminating' | 'PersistentVolumeTerminating' | 'WaitingForBinding' | 'WaitingForFirstConsumer';

/** The next step between what is and what is wanted. No step deletes anything. */
export type VolumePlan =
  | { step: 'Keep'; claim: Claim; persistentVolume: PersistentVolume }
  /** Label the PersistentVolume, tag the EBS volume, make both outlive the claim. */
  | { step: 'Secure'; claim: Claim; persistentVolume: PersistentVolume }
  | { step: 'CreateBlank' }
  | { step: 'Bind'; persistentVolume: PersistentVolume }
  | { step: 'MakePersistentVolume'; volume: EbsVolume }
  /** The claim is this database's from before, or becomes it by `spec.from`. */
  | { step: 'TakeClaim'; claim: Claim }
  | { step: 'Wait'; reason: WaitReason; message: string }
  | { step: 'Refuse'; reason: RefusalReason; message: string };

/** Decides the next step of one QuestDBVolume. A blank claim is the last resort, when nothing at all was found. */
export const planNext = (observed: Observed): VolumePlan => {
  const { claim, claims } = observed;
  if (claim !== undefined) return planWithClaim(observed, claim);
  return claims.length === 0 ? planWithoutClaim(observed) : refuse('AmbiguousData', ambiguousClaims(observed));
};

const planWithClaim = (observed: Observed, claim: Claim): VolumePlan => {
  const { name, deletionTimestamp, labels } = claim.metadata;
  if (!isDataOf(observed.identity, claim.metadata)) return planForeignClaim(observed, claim);
  if (deletionTimestamp !== undefined) return wait('ClaimTerminating', claimTerminating(name));
  if (labels?.[RETAINED] !== undefined) return { step: 'TakeClaim', claim };
  if (isLost(observed, claim)) return refuse('ClaimLost', claimLost(claim));
  if (claim.status?.phase !== 'Bound') return waitForBinding(claim);
  return planBound(observed, claim);
};

/** The claim names a PersistentVolume that is not there. */
const isLost = ({ persistentVolume }: Observed, { spec, status }: Claim): boolean =>
  status?.phase === 'Lost' || (spec?.volumeName !== undefined && persistentVolume === undefined);

const planForeignClaim = ({ parent, otherUsers }: Observed, claim: Claim): VolumePlan => {
  const { name } = claim.metadata;
  if (parent.spec.from?.claimName !== name) {
    return refuse(
      'ForeignClaim',
      `PersistentVolumeClaim "${name}" exists and does not say that it is this database's. Rename the database, or take the claim ` +
        `with spec.storage.from.claimName: ${name}. Nothing was touched.`,
    );
  }
  return otherUsers.length === 0
    ? { step: 'TakeClaim', claim }
    : refuse(
        'DataInUse',
        `PersistentVolumeClaim "${name}" is in use by ${otherUsers.join(', ')}. Stop that first; nothing was touched.`,
      );
};

const waitForBinding = ({ metadata, spec }: Claim): VolumePlan =>
  spec?.volumeName === undefined
    ? wait('WaitingForFirstConsumer', `Claim "${metadata.name}" gets its volume when the database's pod is scheduled.`)
    : wait('WaitingForBinding', `Claim "${metadata.name}" waits to be bound to PersistentVolume "${spec.volumeName}".`);

const planBound = (observed: Observed, claim: Claim): VolumePlan => {
  const { identity, persistentVolume } = observed;
  const { name, uid } = claim.metadata;
  if (persistentVolume === undefined) return refuse('ClaimLost', claimLost(claim));
  if (persistentVolume.spec?.claimRef?.uid !== uid) {
    return refuse('ClaimBoundElsewhere', boundElsewhere(name, persistentVolume.metadata.name));
  }
  return (
    planAgainstSpec(observed, claim, persistentVolume) ?? {
      step: isSecure(identity, persistentVolume) ? 'Keep' : 'Secure',
      claim,
      persistentVolume,
    }
  );
};

/** Data from before that is not what the manifest asks for. */
const planAgainstSpec = (observed: Observed, claim: Claim, volume: PersistentVolume): VolumePlan | undefined => {
  const asked = observed.parent.spec.from?.volumeHandle;
  const handle = volumeHandleOf(volume) ?? volume.metadata.name;
  if (asked !== undefined && asked !== handle) {
    return refuse('AmbiguousData', otherVolume(claim.metadata.name, handle, asked));
  }
  return isTooSmall(observed, claim) ? refuse('VolumeTooSmall', tooSmall(observed, claim)) : undefined;
};

/** Data from before on a smaller volume than the manifest asks for: this release cannot grow it. */
const isTooSmall = ({ parent }: Observed, { status }: Claim): boolean => {
  const capacity = status?.capacity?.storage;
  return capacity !== undefined && parseBytes(capacity) < parseBytes(parent.spec.size);
};

/** The empty-volume guard: whatever the database had before is found first, on any of the three levels. */
const planWithoutClaim = (observed: Observed): VolumePlan => {
  const { parent, storageClass, found } = observed;
  const { storageClassName, from } = parent.spec;
  if (storageClass === undefined) return refuse('StorageClassNotFound', noStorageClass(storageClassName));
  const ids = volumeIds(observed);
  if (ids.length > 1 || found.persistentVolumes.length > 1) return refuse('AmbiguousData', ambiguous(observed, ids));
  return from?.volumeHandle === undefined ? planFound(observed) : planSource(observed, from.volumeHandle);
};

const planFound = (observed: Observed): VolumePlan => {
  const [persistentVolume] = observed.found.persistentVolumes;
  if (persistentVolume !== undefined) return planRebind(observed, persistentVolume);
  const [volume] = observed.found.ebsVolumes;
  return volume === undefined ? planNothingFound(observed) : { step: 'MakePersistentVolume', volume };
};

/** Every volume that may be this database's data, once each. */
const volumeIds = ({ parent, found }: Observed): string[] => {
  const handle = parent.spec.from?.volumeHandle;
  const ids = [...found.persistentVolumes.map(identifier), ...found.ebsVolumes.map(({ volumeId }) => volumeId)];
  return [...new Set([...ids, ...(handle === undefined ? [] : [handle])])].sort();
};

const identifier = (volume: PersistentVolume): string => volumeHandleOf(volume) ?? volume.metadata.name;

const planRebind = (observed: Observed, volume: PersistentVolume): VolumePlan => {
  const { name, deletionTimestamp } = volume.metadata;
  if (deletionTimestamp !== undefined) return wait('PersistentVolumeTerminating', volumeTerminating(name));
  const holder = otherHolder(observed, volume);
  return holder === undefined
    ? { step: 'Bind', persistentVolume: volume }
    : refuse('DataInUse', `PersistentVolume "${name}" with this database's data is bound to claim ${holder}.`);
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
    ? { step: 'MakePersistentVolume', volume: source }
    : refuse(
        'DataInUse',
        `Volume ${volumeHandle} is attached to ${source.attachedTo.join(', ')}. Detach it first; nothing was touched.`,
      );
};

const notEbs = (storageClass: StorageClass | undefined): string =>
  `spec.storage.from.volumeHandle needs a StorageClass of ebs.csi.aws.com; "${storageClass?.metadata.name ?? ''}" is of ${storageClass?.provisioner ?? ''}.`;

const planNothingFound = ({ parent, storageClass }: Observed): VolumePlan => {
  const { from } = parent.spec;
  const known = parent.status?.volumeId;
  if (known !== undefined) return refuse('VolumeMissing', volumeMissing(known));
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

const wait = (reason: WaitReason, message: string): VolumePlan => ({ step: 'Wait', reason, message });
const refuse = (reason: RefusalReason, message: string): VolumePlan => ({ step: 'Refuse', reason, message });

import { hasAll, isDataOf, RETAINED, volumeLabels } from '../api/labels.ts';
import { isEbs, volumeHandleOf, wantedClaimName, type Observed } from './observe.ts';
import type { Claim, EbsVolume, PersistentVolume } from './ports.ts';

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
  | 'VolumeMissing'
  | 'VolumeNotFound';

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
export const planNext = (observed: Observed): VolumePlan =>
  observed.claim === undefined ? planWithoutClaim(observed) : planWithClaim(observed, observed.claim);

const planWithClaim = (observed: Observed, claim: Claim): VolumePlan => {
  const { name, deletionTimestamp, labels } = claim.metadata;
  if (deletionTimestamp !== undefined) return wait('ClaimTerminating', claimTerminating(name));
  if (!isDataOf(observed.identity, claim.metadata)) return planForeignClaim(observed, claim);
  if (labels?.[RETAINED] !== undefined) return { step: 'TakeClaim', claim };
  if (claim.status?.phase === 'Lost') return refuse('ClaimLost', claimLost(claim));
  if (claim.status?.phase !== 'Bound') return waitForBinding(claim);
  return planBound(observed, claim);
};

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

const planBound = ({ identity, persistentVolume }: Observed, claim: Claim): VolumePlan => {
  const { name, uid } = claim.metadata;
  if (persistentVolume === undefined) return refuse('ClaimLost', claimLost(claim));
  if (persistentVolume.spec?.claimRef?.uid !== uid) {
    return refuse(
      'ClaimBoundElsewhere',
      `Claim "${name}" names PersistentVolume "${persistentVolume.metadata.name}", which is bound to another claim.`,
    );
  }
  const isSecure =
    hasAll(persistentVolume.metadata.labels, volumeLabels(identity)) &&
    persistentVolume.spec.persistentVolumeReclaimPolicy === 'Retain';
  return { step: isSecure ? 'Keep' : 'Secure', claim, persistentVolume };
};

/** The empty-volume guard: whatever the database had before is found first, on any of the three levels. */
const planWithoutClaim = (observed: Observed): VolumePlan => {
  const { parent, storageClass, found } = observed;
  const { storageClassName, from } = parent.spec;
  if (storageClass === undefined) {
    return refuse(
      'StorageClassNotFound',
      `StorageClass "${storageClassName}" does not exist. Create it, or name one that exists.`,
    );
  }
  const ids = new Set([
    ...found.persistentVolumes.map(identifier),
    ...found.ebsVolumes.map(({ volumeId }) => volumeId),
  ]);
  if (from?.volumeHandle !== undefined) ids.add(from.volumeHandle);
  if (ids.size > 1) return refuse('AmbiguousData', ambiguous([...ids].sort()));
  const [persistentVolume] = found.persistentVolumes;
  if (persistentVolume !== undefined) return planRebind(observed, persistentVolume);
  const [volume] = found.ebsVolumes;
  if (volume !== undefined) return { step: 'MakePersistentVolume', volume };
  return from?.volumeHandle === undefined ? planNothingFound(observed) : planSource(observed, from.volumeHandle);
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
  const isOurs = namespace === identity.namespace && name === wantedClaimName(parent);
  return status?.phase === 'Bound' && name !== '' && !isOurs ? `${namespace}/${name}` : undefined;
};

const volumeTerminating = (name: string): string =>
  `PersistentVolume "${name}" with this database's data is being deleted; the volume behind it is kept.`;

const planSource = ({ source, storageClass, otherUsers }: Observed, volumeHandle: string): VolumePlan => {
  if (!isEbs(storageClass)) {
    return refuse(
      'VolumeNotFound',
      `spec.storage.from.volumeHandle needs a StorageClass of ebs.csi.aws.com; "${storageClass?.metadata.name ?? ''}" is of ${storageClass?.provisioner ?? ''}.`,
    );
  }
  if (source === undefined)
    return refuse('VolumeNotFound', `EC2 knows no volume ${volumeHandle} in this account and region.`);
  if (otherUsers.length > 0) {
    return refuse('ForeignVolume', `Volume ${volumeHandle} belongs to ${otherUsers.join(', ')}. Nothing was touched.`);
  }
  return { step: 'MakePersistentVolume', volume: source };
};

const planNothingFound = ({ parent }: Observed): VolumePlan => {
  const { from } = parent.spec;
  const known = parent.status?.volumeId;
  if (known !== undefined) {
    return refuse(
      'VolumeMissing',
      `This database's data is on volume ${known}, and neither a claim nor a PersistentVolume nor EC2 shows it any more. ` +
        'No empty volume is made in its place. Restore it, or delete this QuestDB to start anew.',
    );
  }
  return from?.claimName === undefined
    ? { step: 'CreateBlank' }
    : refuse(
        'ClaimNotFound',
        `PersistentVolumeClaim "${from.claimName}" of spec.storage.from does not exist in this namespace.`,
      );
};

const wait = (reason: WaitReason, message: string): VolumePlan => ({ step: 'Wait', reason, message });
const refuse = (reason: RefusalReason, message: string): VolumePlan => ({ step: 'Refuse', reason, message });

const claimTerminating = (name: string): string =>
  `Claim "${name}" is being deleted, which ends when no pod uses it. Its volume is kept, and a new claim takes it up then.`;

const claimLost = ({ metadata, spec }: Claim): string =>
  `PersistentVolume "${spec?.volumeName ?? ''}" of claim "${metadata.name}" is gone. Delete the claim: if the volume behind it ` +
  'still exists it is found by its tags and taken up again.';

const ambiguous = (ids: readonly string[]): string =>
  `More than one volume is labelled or tagged as this database's data: ${ids.join(', ')}. Take the labels and tags ` +
  'questdb-fleet.dev/database off all but the right one. Nothing was touched.';

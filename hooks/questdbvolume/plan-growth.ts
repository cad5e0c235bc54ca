import { parseBytes } from '../api/quantity.ts';
import { fulfils, isUnderWay, wishFor } from './growth.ts';
import {
  claimResizing,
  fileSystemPending,
  heldBack,
  limitExceeded,
  modificationFailed,
  modifying,
  notEbs,
  notExpandable,
  oneAtATime,
} from './growth-sentences.ts';
import { limitOf } from './limits.ts';
import { volumeHandleOf, type Observed } from './observe.ts';
import type { Claim, EbsVolume, PersistentVolume, VolumeWish } from './ports.ts';
import { isHeldBack, laterThan, type RefusedModification } from './refused-modification.ts';

/** What a growing volume waits for. */
export type GrowthReason =
  | 'ClaimResizing'
  | 'FileSystemResizePending'
  | 'Modifying'
  | 'ModificationFailed'
  | 'ModificationLimited'
  | 'ModificationRefused'
  | 'PerformanceNotSupported'
  | 'StorageClassNotExpandable'
  | 'VolumeLimitExceeded';

/** The next step between the volume that is bound and the one that is wanted. None makes it smaller. */
export type GrowthPlan =
  | { step: 'Modify'; claim: Claim; persistentVolume: PersistentVolume; volumeId: string; wish: VolumeWish }
  | { step: 'GrowClaim'; claim: Claim; persistentVolume: PersistentVolume }
  | GrowthWait;

export type GrowthWait = {
  step: 'AwaitGrowth';
  claim: Claim;
  persistentVolume: PersistentVolume;
  reason: GrowthReason;
  message: string;
  /** It does not pass by itself. */
  needsHuman: boolean;
  refused: RefusedModification | undefined;
};

type Wait = Omit<GrowthWait, 'step' | 'claim' | 'persistentVolume'>;
type Step = Wait | { step: 'Modify'; volumeId: string; wish: VolumeWish } | { step: 'GrowClaim' };

/** EBS first, then the claim, then the file system; undefined when all is as wanted. */
export const planGrowth = (
  observed: Observed,
  claim: Claim,
  persistentVolume: PersistentVolume,
): GrowthPlan | undefined => {
  const next = volumeStep(observed, persistentVolume) ?? claimStep(observed, claim, persistentVolume);
  if (next === undefined) return undefined;
  return 'step' in next
    ? { ...next, claim, persistentVolume }
    : { step: 'AwaitGrowth', ...next, claim, persistentVolume };
};

const volumeStep = (observed: Observed, volume: PersistentVolume): Step | undefined => {
  const { bound, parent } = observed;
  if (bound === 'Gone') return undefined;
  if (bound !== undefined) return ebsStep(observed, bound);
  const { iops, throughput } = parent.spec;
  return iops === undefined && throughput === undefined
    ? undefined
    : forHuman('PerformanceNotSupported', notEbs(volume));
};

const ebsStep = (observed: Observed, volume: EbsVolume): Step | undefined => {
  const wish = wishFor(observed.parent, volume);
  if (fulfils(wish, volume)) return undefined;
  const limit = limitOf(volume, wish);
  if (limit !== undefined) return forHuman('VolumeLimitExceeded', limitExceeded(volume, limit));
  if (wish.sizeGiB > volume.sizeGiB && !isExpandable(observed)) {
    return forHuman('StorageClassNotExpandable', notExpandable(observed));
  }
  return (
    latestChange(observed, wish) ?? heldBackBy(observed, wish) ?? { step: 'Modify', volumeId: volume.volumeId, wish }
  );
};

/**
 * What the change that EC2 knows of means for the next one. One whose target is the wish is never asked for twice, whatever its state and
 * however late EC2 shows the volume as changed, unless EC2 says that it failed.
 */
const latestChange = (
  { modification, modificationRetrySeconds, now }: Observed,
  wish: VolumeWish,
): Step | undefined => {
  if (modification === undefined) return undefined;
  const isTheWish = fulfils(wish, modification.target);
  if (modification.state === 'failed') {
    const nextTry = laterThan(new Date(modification.endedAt ?? modification.startedAt), modificationRetrySeconds);
    return isTheWish && new Date(nextTry) > now
      ? waiting('ModificationFailed', modificationFailed(modification, nextTry))
      : undefined;
  }
  if (isTheWish) return waiting('Modifying', modifying(modification.volumeId, wish));
  return isUnderWay(modification) ? waiting('ModificationLimited', oneAtATime(modification, wish)) : undefined;
};

const heldBackBy = ({ parent, now }: Observed, wish: VolumeWish): Step | undefined => {
  const refused = parent.status?.refusedModification;
  return isHeldBack(refused, wish, now) ? waitRefused(refused) : undefined;
};

/** EC2's own limits pass; what it refuses for permissions or parameters is for a human. */
const LIMITS_OF_EC2 = [
  'IncorrectModificationState',
  'IncorrectState',
  'VolumeModificationRateExceeded',
  'VolumeModificationSizeLimitExceeded',
];

/** The wait after EC2 refused to modify the volume. */
export const waitRefused = (refused: RefusedModification): Wait =>
  LIMITS_OF_EC2.includes(refused.reason)
    ? { reason: 'ModificationLimited', message: heldBack(refused), needsHuman: false, refused }
    : { reason: 'ModificationRefused', message: heldBack(refused), needsHuman: true, refused };

/** The claim asks for no more than the volume has, so that csi-resizer finds the size there. */
const claimStep = (observed: Observed, claim: Claim, persistentVolume: PersistentVolume): Step | undefined => {
  const wanted = parseBytes(observed.parent.spec.size);
  const asked = parseBytes(claim.spec?.resources?.requests?.storage ?? '0');
  if (asked >= wanted) return resizeStep(claim, persistentVolume, wanted);
  return isExpandable(observed)
    ? { step: 'GrowClaim' }
    : forHuman('StorageClassNotExpandable', notExpandable(observed));
};

const resizeStep = (claim: Claim, persistentVolume: PersistentVolume, wanted: bigint): Step | undefined => {
  const pending = pendingConditions(claim);
  if (pending.includes('FileSystemResizePending')) {
    return waiting('FileSystemResizePending', fileSystemPending(claim, volumeHandleOf(persistentVolume)));
  }
  const has = parseBytes(claim.status?.capacity?.storage ?? '0');
  return has >= wanted && pending.length === 0 ? undefined : waiting('ClaimResizing', claimResizing(claim));
};

/** https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims */
const pendingConditions = ({ status }: Claim): string[] =>
  (status?.conditions ?? [])
    .filter(({ type, status: holds }) => holds === 'True' && PENDING.includes(type))
    .map(({ type }) => type);

const PENDING = ['Resizing', 'FileSystemResizePending'];

const isExpandable = ({ claimClass }: Observed): boolean => claimClass?.allowVolumeExpansion === true;

const waiting = (reason: GrowthReason, message: string): Wait => ({
  reason,
  message,
  needsHuman: false,
  refused: undefined,
});
const forHuman = (reason: GrowthReason, message: string): Wait => ({
  reason,
  message,
  needsHuman: true,
  refused: undefined,
});

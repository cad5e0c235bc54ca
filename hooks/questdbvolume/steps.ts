import type { GrowthPlan } from './plan-growth.ts';
import type { Claim, EbsVolume, PersistentVolume } from './ports.ts';

/** Why nothing can go on without a human. */
export type RefusalReason =
  | 'AmbiguousData'
  | 'ClaimBoundElsewhere'
  | 'ClaimLost'
  | 'ClaimNotFound'
  | 'DataExists'
  | 'DataInUse'
  | 'ForeignClaim'
  | 'ForeignVolume'
  | 'StorageClassNotFound'
  | 'StorageClassNotRetaining'
  | 'VolumeMissing'
  | 'VolumeNotFound';

export type WaitReason =
  | 'ClaimTerminating'
  | 'PersistentVolumeTerminating'
  | 'VolumeNotVisible'
  | 'WaitingForBinding'
  | 'WaitingForFirstConsumer';

/** The next step between what is and what is wanted. No step deletes anything. */
export type VolumePlan =
  | { step: 'Keep'; claim: Claim; persistentVolume: PersistentVolume }
  /** Label the PersistentVolume, tag the EBS volume, make both outlive the claim. */
  | { step: 'Secure'; claim: Claim; persistentVolume: PersistentVolume }
  | { step: 'CreateBlank' }
  | { step: 'Bind'; persistentVolume: PersistentVolume }
  /** For a claim that lost its own it is made under the name the claim knows. */
  | { step: 'MakePersistentVolume'; volume: EbsVolume; lostBy: Claim | undefined }
  /** The claim is this database's from before, or becomes it by `spec.from`. */
  | { step: 'TakeClaim'; claim: Claim }
  | GrowthPlan
  | { step: 'Wait'; reason: WaitReason; message: string }
  | { step: 'Refuse'; reason: RefusalReason; message: string };

/** What a pass ends with: what is done within it is followed by what is waited for. */
export type VolumeOutcome = Exclude<VolumePlan, { step: 'GrowClaim' | 'Modify' | 'Secure' }>;

export const wait = (reason: WaitReason, message: string): VolumePlan => ({ step: 'Wait', reason, message });
export const refuse = (reason: RefusalReason, message: string): VolumePlan => ({ step: 'Refuse', reason, message });

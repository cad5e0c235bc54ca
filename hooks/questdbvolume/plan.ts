import { isDataOf } from '../api/labels.ts';
import { isLayoutWrong, securedOf } from './layouts.ts';
import { isLost, isRetained, volumeHandleOf, type Observed } from './observe.ts';
import { identifier, planWithoutClaim, refuseFind } from './plan-find.ts';
import { planGrowth } from './plan-growth.ts';
import type { Claim, PersistentVolume } from './ports.ts';
import { isSecure } from './secure.ts';
import { ambiguousClaims, boundElsewhere, claimLost, claimTerminating, otherVolume, volumeGone } from './sentences.ts';
import { refuse, wait, type VolumePlan } from './steps.ts';

/** Decides the next step of one QuestDBVolume. A blank claim is the last resort, when nothing at all was found. */
export const planNext = (observed: Observed): VolumePlan => {
  const { claim, claims } = observed;
  if (claim !== undefined) return planWithClaim(observed, claim);
  return claims.length === 0 ? planWithoutClaim(observed) : refuse('AmbiguousData', ambiguousClaims(observed));
};

const planWithClaim = (observed: Observed, claim: Claim): VolumePlan => {
  const { name, deletionTimestamp } = claim.metadata;
  if (!isDataOf(observed.identity, claim.metadata)) return planForeignClaim(observed, claim);
  if (deletionTimestamp !== undefined) return wait('ClaimTerminating', claimTerminating(name));
  if (isRetained(claim)) return planRetained(observed, claim);
  if (isLost(claim, observed.persistentVolume)) return planLost(observed, claim);
  if (claim.status?.phase !== 'Bound') return waitForBinding(claim);
  return planBound(observed, claim);
};

const planRetained = (observed: Observed, claim: Claim): VolumePlan => {
  const { persistentVolume, parent } = observed;
  if (parent.spec.from?.claimName === claim.metadata.name) return { step: 'TakeClaim', claim };
  const volumeId = persistentVolume === undefined ? undefined : identifier(persistentVolume);
  return refuseFind(observed, volumeId, `claim "${claim.metadata.name}"`) ?? { step: 'TakeClaim', claim };
};

/** The PersistentVolume is made anew where it is sure which EBS volume it was for; the claim is bound to it again. */
const planLost = (observed: Observed, claim: Claim): VolumePlan => {
  const { persistentVolume, found } = observed;
  if (persistentVolume !== undefined) return planLostWithVolume(claim, persistentVolume);
  const [volume, another] = found.ebsVolumes;
  const isSure = found.persistentVolumes.length === 0 && another === undefined;
  const known = observed.knownVolumeId ?? volume?.volumeId;
  return isSure && volume !== undefined && volume.volumeId === known
    ? { step: 'MakePersistentVolume', volume, lostBy: claim }
    : refuse('ClaimLost', claimLost(claim));
};

/** The PersistentVolume is back, and the controller that binds has not looked yet; or it is another claim's now. */
const planLostWithVolume = ({ metadata }: Claim, volume: PersistentVolume): VolumePlan =>
  volume.spec?.claimRef?.uid === metadata.uid
    ? wait('WaitingForBinding', waitsFor(metadata.name, volume.metadata.name))
    : refuse('ClaimBoundElsewhere', boundElsewhere(metadata.name, volume.metadata.name));

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
    : wait('WaitingForBinding', waitsFor(metadata.name, spec.volumeName));

const waitsFor = (claim: string, volume: string): string =>
  `Claim "${claim}" waits to be bound to PersistentVolume "${volume}".`;

const planBound = (observed: Observed, claim: Claim): VolumePlan => {
  const { persistentVolume } = observed;
  const { name, uid } = claim.metadata;
  if (persistentVolume === undefined) return planLost(observed, claim);
  if (persistentVolume.spec?.claimRef?.uid !== uid) {
    return refuse('ClaimBoundElsewhere', boundElsewhere(name, persistentVolume.metadata.name));
  }
  const wrong = planWrongVolume(observed, claim, persistentVolume);
  if (wrong !== undefined) return wrong;
  if (isLayoutWrong(observed, claim)) return { step: 'TakeClaim', claim };
  return observed.isNamespaceMarked && isSecure(securedOf(observed, claim), persistentVolume, observed.bound)
    ? planSecured(observed, claim, persistentVolume)
    : { step: 'Secure', claim, persistentVolume };
};

/** Once the data is sure to be found again: what is left to do is growth. */
export const planSecured = (observed: Observed, claim: Claim, persistentVolume: PersistentVolume): VolumePlan =>
  planGrowth(observed, claim, persistentVolume) ?? { step: 'Keep', claim, persistentVolume };

/** The claim is bound, and not to what the manifest asks for, or to a volume that is no more. */
const planWrongVolume = (observed: Observed, claim: Claim, volume: PersistentVolume): VolumePlan | undefined => {
  const asked = observed.parent.spec.from?.volumeHandle;
  const handle = volumeHandleOf(volume) ?? volume.metadata.name;
  if (asked !== undefined && asked !== handle) {
    return refuse('AmbiguousData', otherVolume(claim.metadata.name, handle, asked));
  }
  return observed.bound === 'Gone' ? planGone(observed, handle) : undefined;
};

/** EC2 may hide for a while what was just made. */
const planGone = ({ persistentVolume, now }: Observed, volumeId: string): VolumePlan => {
  const madeAt = Date.parse(persistentVolume?.metadata.creationTimestamp ?? '');
  return now.getTime() - madeAt < VISIBILITY_SECONDS * 1000
    ? wait('VolumeNotVisible', `Volume ${volumeId} was just made, and EC2 does not show it yet.`)
    : refuse('VolumeMissing', volumeGone(volumeId));
};

const VISIBILITY_SECONDS = 60;

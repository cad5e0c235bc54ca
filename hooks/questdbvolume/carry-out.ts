import { isDeepStrictEqual } from 'node:util';
import { canonicalBytes } from '../api/quantity.ts';
import { tellingLayout } from '../api/layout.ts';
import { claimName } from '../api/names.ts';
import { RetryLater } from '../metacontroller/errors.ts';
import { claimResizing, heldBack, modifying } from './growth-sentences.ts';
import { ownerIn, type Observed } from './observe.ts';
import { blankClaim, boundClaim, identityChange, staticPersistentVolume } from './objects.ts';
import { waitRefused, type GrowthPlan, type GrowthWait } from './plan-growth.ts';
import { planSecured } from './plan.ts';
import type { VolumeOutcome, VolumePlan } from './steps.ts';
import type { EbsVolume, VolumePorts } from './ports.ts';
import { refusedNow } from './refused-modification.ts';
import { secure } from './secure.ts';
import { layoutFor, securedOf } from './layouts.ts';

/**
 * Does the one thing the plan asks for, and answers what is waited for then. Each is safe to be done twice: the second finds what the first
 * made, or is refused.
 */
export const carryOut = async (ports: VolumePorts, observed: Observed, plan: VolumePlan): Promise<VolumeOutcome> => {
  switch (plan.step) {
    case 'Modify':
      return modify(ports, observed, plan);
    case 'GrowClaim':
      await ports.cluster.growClaim(plan.claim, canonicalBytes(observed.parent.spec.size));
      return { ...plan, ...WAITING, reason: 'ClaimResizing', message: claimResizing(plan.claim) };
    case 'Secure':
      if (!observed.isNamespaceMarked) await ports.cluster.markNamespace(observed.identity.namespace);
      await secure(ports, securedOf(observed, plan.claim), plan.persistentVolume);
      return carryOut(ports, observed, planSecured(observed, plan.claim, plan.persistentVolume));
    default:
      await make(ports, observed, plan);
      return plan;
  }
};

const WAITING = { step: 'AwaitGrowth', needsHuman: false, refused: undefined } as const;

type Modify = Extract<GrowthPlan, { step: 'Modify' }>;

const modify = async (ports: VolumePorts, observed: Observed, plan: Modify): Promise<GrowthWait> => {
  const { claim, persistentVolume, volumeId, wish } = plan;
  const result = await ports.storage.modify(volumeId, wish);
  if (result.outcome === 'Accepted') {
    return { ...WAITING, claim, persistentVolume, reason: 'Modifying', message: modifying(volumeId, wish) };
  }
  const { code, message } = result;
  const { now, modificationRetrySeconds: retrySeconds, parent } = observed;
  const refused = refusedNow(parent.status?.refusedModification, { code, message, wish, retrySeconds, now });
  await ports.cluster.record(parent, 'Warning', 'ModificationRefused', heldBack(refused));
  return { step: 'AwaitGrowth', claim, persistentVolume, ...waitRefused(refused) };
};

const SOON_SECONDS = 5;

/** The reading that all share lags: who took the volume since then has it. */
const assertSameOwner = async (storage: VolumePorts['storage'], { volumeId, tags }: EbsVolume): Promise<void> => {
  const live = await storage.describe(volumeId);
  if (live !== undefined && isDeepStrictEqual(ownerIn(live.tags), ownerIn(tags))) return;
  throw new RetryLater(SOON_SECONDS, `Volume ${volumeId} is gone or another's since it was looked at; looking anew.`);
};

const make = async ({ cluster, storage }: VolumePorts, observed: Observed, plan: VolumeOutcome): Promise<void> => {
  const { identity } = observed;
  switch (plan.step) {
    case 'CreateBlank':
      return cluster.createClaim(blankClaim(observed));
    case 'Bind':
      await cluster.reservePersistentVolume(plan.persistentVolume, identity.namespace, claimName(identity.database));
      return cluster.createClaim(boundClaim(observed, plan.persistentVolume));
    case 'MakePersistentVolume':
      await assertSameOwner(storage, plan.volume);
      // The labels on a PersistentVolume say that the tags are there, and it is made with them.
      await storage.tag(plan.volume.volumeId, identity, tellingLayout(layoutFor(observed, plan.volume.tags)));
      return cluster.createPersistentVolume(staticPersistentVolume(observed, plan));
    case 'TakeClaim':
      return cluster.changeClaim(plan.claim, identityChange(observed, plan.claim));
    case 'AwaitGrowth':
    case 'Keep':
    case 'Wait':
    case 'Refuse':
      return;
  }
};

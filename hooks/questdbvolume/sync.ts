import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { namespaceOf } from '../api/kinds.ts';
import { claimName } from '../api/names.ts';
import type { SyncRequest, SyncResponse } from '../metacontroller/contract.ts';
import { assertCurrent, assertLiving } from '../metacontroller/live-parent.ts';
import { refusable } from '../metacontroller/refusable.ts';
import { gather } from './facts.ts';
import { settledClaim, type Observed } from './observe.ts';
import { blankClaim, boundClaim, identityChange, staticPersistentVolume } from './objects.ts';
import { planNext, type VolumePlan } from './plan.ts';
import type { Claim, VolumePorts } from './ports.ts';
import { secure } from './secure.ts';
import { sizeFact, statusOf, type VolumeStatus } from './status.ts';

/** Brings one data volume closer to its QuestDBVolume. It makes, binds and labels; it never deletes. */
export const syncVolume =
  (ports: VolumePorts) =>
  async (request: SyncRequest<QuestDBVolume>): Promise<SyncResponse<VolumeStatus>> => {
    const settled = settledClaim(request);
    if (settled !== undefined) return { status: settledStatus(request.parent, settled), children: [] };
    const live = await ports.cluster.readParent(namespaceOf(request.parent), request.parent.metadata.name);
    const parent = assertLiving(assertCurrent(request.parent, live));
    return refusable(parent, ports.now, async () => {
      const observed = await gather(ports, request, parent);
      const plan = planNext(observed);
      await carryOut(ports, observed, plan);
      return { status: statusOf(observed, plan), children: [], ...lookAgain(plan) };
    });
  };

/** All was well and still is: the status as it was, with the size the claim has now. */
const settledStatus = ({ status }: QuestDBVolume, claim: Claim): VolumeStatus => {
  const { observedGeneration: _set, ...kept } = status ?? {};
  return { ...kept, ...sizeFact(claim) };
};

/** Does the one thing the plan asks for. Each is safe to be done twice: the second finds what the first made, or is refused. */
const carryOut = async (ports: VolumePorts, observed: Observed, plan: VolumePlan): Promise<void> => {
  const { cluster } = ports;
  const found = whatWasFound(plan);
  if (found !== undefined) await cluster.record(observed.parent, 'Normal', 'DataFound', found);
  switch (plan.step) {
    case 'CreateBlank':
      return cluster.createClaim(blankClaim(observed));
    case 'Bind':
      await cluster.reservePersistentVolume(
        plan.persistentVolume,
        observed.identity.namespace,
        claimName(observed.identity.database),
      );
      return cluster.createClaim(boundClaim(observed, plan.persistentVolume));
    case 'MakePersistentVolume':
      // The labels on a PersistentVolume say that the tags are there, and it is made with them.
      await ports.storage.tag(plan.volume.volumeId, observed.identity);
      return cluster.createPersistentVolume(staticPersistentVolume(observed, plan.volume));
    case 'TakeClaim':
      return cluster.changeClaim(plan.claim, identityChange(observed.identity));
    case 'Secure':
      return secure(ports, observed.identity, plan.persistentVolume);
    case 'Keep':
    case 'Wait':
    case 'Refuse':
      return;
  }
};

/** The sentence for the event when data from before comes back. */
const whatWasFound = (plan: VolumePlan): string | undefined => {
  switch (plan.step) {
    case 'Bind':
      return `Data from before is on PersistentVolume ${plan.persistentVolume.metadata.name}; a claim takes it up.`;
    case 'MakePersistentVolume':
      return `Data from before is on volume ${plan.volume.volumeId}; a PersistentVolume is made for it.`;
    case 'TakeClaim':
      return `Claim ${plan.claim.metadata.name} holds data from before; it is this database's now.`;
    default:
      return undefined;
  }
};

const AT_ONCE_SECONDS = 1;
const WAIT_SECONDS = 5;

/** PersistentVolumes are not watched: their names are not known beforehand. */
const lookAgain = ({ step }: VolumePlan): { resyncAfterSeconds?: number } => {
  if (step === 'Keep' || step === 'Secure') return {};
  return { resyncAfterSeconds: step === 'Wait' || step === 'Refuse' ? WAIT_SECONDS : AT_ONCE_SECONDS };
};

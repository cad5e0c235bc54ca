import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { namespaceOf } from '../api/kinds.ts';
import { hasAll, volumeLabels } from '../api/labels.ts';
import type { SyncRequest, SyncResponse } from '../metacontroller/contract.ts';
import { assertCurrent, assertLiving } from '../metacontroller/live-parent.ts';
import { refusable } from '../metacontroller/refusable.ts';
import { announceFind, announceGrowth } from './announce.ts';
import { carryOut } from './carry-out.ts';
import { gather } from './facts.ts';
import { identityOf, isStillUnbound, settledClaim } from './observe.ts';
import { planNext } from './plan.ts';
import type { VolumeOutcome } from './steps.ts';
import { fulfils, wishFor } from './growth.ts';
import type { Claim, EbsVolume, VolumePorts } from './ports.ts';
import { sizeFact, statusOf, type VolumeStatus } from './status.ts';

/** Brings one data volume closer to its QuestDBVolume. It makes, binds, labels and grows; it never deletes. */
export const syncVolume =
  (ports: VolumePorts) =>
  async (request: SyncRequest<QuestDBVolume>): Promise<SyncResponse<VolumeStatus>> => {
    const settled = settledClaim(request);
    if (settled !== undefined && (await isStillRight(ports, request.parent))) {
      return { status: settledStatus(request.parent, settled), children: [] };
    }
    const live = await ports.cluster.readParent(namespaceOf(request.parent), request.parent.metadata.name);
    const parent = assertLiving(assertCurrent(request.parent, live));
    if (isStillUnbound(request)) {
      return { status: sameStatus(parent), children: [], resyncAfterSeconds: LONG_WAIT_SECONDS };
    }
    return refusable(parent, ports.now, async () => {
      const observed = await gather(ports, request, parent);
      const next = planNext(observed);
      await announceFind(ports, observed, next);
      const plan = await carryOut(ports, observed, next);
      const status = statusOf(observed, plan);
      await announceGrowth(ports, observed, status);
      return { status, children: [], ...lookAgain(plan) };
    });
  };

const EBS_VOLUME = 'vol-';

/** The EBS volume is there, says whose data it is, and is as it is wished for. Without an answer of EC2 there is no news: what was found well still is. */
const isStillRight = async ({ storage }: VolumePorts, parent: QuestDBVolume): Promise<boolean> => {
  const volumeId = parent.status?.volumeId;
  if (volumeId?.startsWith(EBS_VOLUME) !== true) return true;
  const labels = volumeLabels(identityOf(parent));
  const isRight = (volume: EbsVolume | undefined): boolean =>
    volume !== undefined && hasAll(volume.tags, labels) && fulfils(wishFor(parent, volume), volume);
  try {
    // What was made or changed since is in a younger reading.
    return isRight(await storage.glance(volumeId)) || isRight(await storage.describeShared(volumeId));
  } catch {
    return true;
  }
};

/** All was well and still is: the status as it was, with the size the claim has now. */
const settledStatus = (parent: QuestDBVolume, claim: Claim): VolumeStatus => ({
  ...sameStatus(parent),
  ...sizeFact(claim),
});

/** Without what Metacontroller adds. */
const sameStatus = ({ status }: QuestDBVolume): VolumeStatus => {
  const { observedGeneration: _set, ...kept } = status ?? {};
  return kept;
};

const AT_ONCE_SECONDS = 1;
const WAIT_SECONDS = 5;
const LONG_WAIT_SECONDS = 30;

/** What its claim says: that is watched. */
const SAID_BY_CLAIM: ReadonlySet<string> = new Set(['WaitingForBinding', 'WaitingForFirstConsumer']);

/** Claims are watched. PersistentVolumes and EBS volumes are not. */
const lookAgain = (plan: VolumeOutcome): { resyncAfterSeconds?: number } => {
  switch (plan.step) {
    case 'Keep':
      return {};
    case 'AwaitGrowth':
      return { resyncAfterSeconds: plan.reason === 'Modifying' ? WAIT_SECONDS : LONG_WAIT_SECONDS };
    case 'Wait':
      return { resyncAfterSeconds: SAID_BY_CLAIM.has(plan.reason) ? LONG_WAIT_SECONDS : WAIT_SECONDS };
    case 'Refuse':
      return { resyncAfterSeconds: WAIT_SECONDS };
    case 'CreateBlank':
    case 'Bind':
    case 'TakeClaim':
      return { resyncAfterSeconds: LONG_WAIT_SECONDS };
    case 'MakePersistentVolume':
      return { resyncAfterSeconds: AT_ONCE_SECONDS };
  }
};

import { conditionOf } from '../api/conditions.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
import type { SyncRequest, SyncResponse } from '../metacontroller/contract.ts';
import { adoptMissing } from './adopt.ts';
import { announce } from './announce.ts';
import { childrenOf } from './children/children.ts';
import { leftOut } from './children/nodes.ts';
import { nodesInUse } from './drop.ts';
import { secondsToNextTurn } from './expiry.ts';
import { gather } from './facts.ts';
import { observe, type Observed } from './observe.ts';
import { planNext } from './plan.ts';
import type { DatabasePorts } from './ports.ts';
import { isSettled } from './statefulset.ts';
import { statusOf, type DatabaseStatus } from './status.ts';
import { isAtRest } from './suspend.ts';
import { refuse, type DatabasePlan, type Refusal } from './steps.ts';

/** Brings one database closer to its spec. Pure but for the ports; see plan.ts for the decisions. */
export const syncDatabase =
  (ports: DatabasePorts) =>
  async (request: SyncRequest<QuestDB>): Promise<SyncResponse<DatabaseStatus>> => {
    const observed = observe(request, await gather(ports, request));
    const plan = planNext(observed);
    const inUse = await nodesInUse(ports, observed, leftOut(observed, plan));
    const children = childrenOf(observed, plan, inUse);
    const taken = await adoptMissing(ports, request, children);
    const outcome = taken.length === 0 ? plan : nameConflict(taken);
    const status = statusOf(observed, outcome);
    await announce(ports, observed, outcome, status);
    return { status, children, ...lookAgain(observed, outcome, status, inUse.length > 0) };
  };

const nameConflict = (taken: readonly string[]): Refusal =>
  refuse(
    'NameConflict',
    `Objects of these names exist and are somebody else's: ${taken.join(', ')}. Rename this QuestDB or remove them; nothing of them was touched.`,
  );

const lookAgain = (
  observed: Observed,
  outcome: DatabasePlan,
  status: DatabaseStatus,
  isPodWaitedFor: boolean,
): { resyncAfterSeconds?: number } => {
  const isQuiet = isAtRest(outcome) || (hasComeFarEnough(outcome, status) && observed.probe.isFresh);
  const seconds = isQuiet && !isPodWaitedFor ? secondsToNextTurn(observed) : secondsToNextLook(observed, outcome);
  return seconds === undefined ? {} : { resyncAfterSeconds: seconds };
};

const LOOK_SECONDS = {
  /** The database was asked a moment ago, and says nothing by itself. */
  answer: 1,
  /** Nobody says that a pod is gone. */
  end: 2,
  /** That its pod is ready comes with the StatefulSet, which is watched; what keeps it from that does not. */
  pod: 10,
  /** What a refusal is about may be mended anywhere. */
  refusal: 5,
  /** QuestDBVolume and QuestDBNode are watched: whatever they say is a call of its own. Only the time of a shortage goes by in silence. */
  child: 15,
} as const;

/** What is waited for says how soon to look again. */
const secondsToNextLook = (observed: Observed, { step }: DatabasePlan): number => {
  switch (step) {
    case 'AwaitVolume':
    case 'AwaitNode':
      return LOOK_SECONDS.child;
    case 'Refuse':
      return LOOK_SECONDS.refusal;
    case 'StopPod':
    case 'RetireNodes':
    case 'Suspend':
      return LOOK_SECONDS.end;
    case 'Serve':
      return isAnswerDue(observed) ? LOOK_SECONDS.answer : LOOK_SECONDS.pod;
  }
};

const isAnswerDue = ({ statefulSet, probe }: Observed): boolean =>
  statefulSet !== undefined && isSettled(statefulSet) && probe.result === undefined;

/** It is Ready, or a volume that grows, which may take a day, is all that is waited for: its QuestDBVolume is watched. */
const hasComeFarEnough = ({ step }: DatabasePlan, { conditions }: DatabaseStatus): boolean => {
  const [ready, volume] = ['Ready', 'VolumeReady'].map((type) => conditionOf(conditions, type));
  return (
    ready?.status === 'True' || (step === 'Serve' && volume?.status === 'False' && ready?.reason === volume.reason)
  );
};

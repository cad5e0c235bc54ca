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

const POLL_SECONDS = 2;

/** Pods and the database itself send no events: as long as one of them is waited for, look again. */
const lookAgain = (
  observed: Observed,
  outcome: DatabasePlan,
  status: DatabaseStatus,
  isPodWaitedFor: boolean,
): { resyncAfterSeconds?: number } => {
  const isQuiet = isAtRest(outcome) || (hasComeFarEnough(outcome, status) && observed.probe.isFresh);
  const seconds = isQuiet && !isPodWaitedFor ? secondsToNextTurn(observed) : POLL_SECONDS;
  return seconds === undefined ? {} : { resyncAfterSeconds: seconds };
};

/** It is Ready, or a volume that grows, which may take a day, is all that is waited for: its QuestDBVolume is watched. */
const hasComeFarEnough = ({ step }: DatabasePlan, { conditions }: DatabaseStatus): boolean => {
  const [ready, volume] = ['Ready', 'VolumeReady'].map((type) => conditionOf(conditions, type));
  return (
    ready?.status === 'True' || (step === 'Serve' && volume?.status === 'False' && ready?.reason === volume.reason)
  );
};

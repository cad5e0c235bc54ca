import { rfc3339 } from '../api/conditions.ts';
import { ATTEMPT } from '../api/labels.ts';
import { fenceOf, planAlive, planDead, planStopping, planUnseen, type LossStep } from './loss.ts';
import { isNodeReady, type ClusterNode } from './cluster-node.ts';
import { isJoining, isStartTainted, type Observed } from './observe.ts';
import { planDecision, planLaunch } from './plan-launch.ts';
import type { Instance } from './ports.ts';
import { isShort } from './shortage.ts';
import type { JoinStep, Lost, NodePlan, PlanContext } from './steps.ts';

const DEFAULT_JOIN_TIMEOUT_SECONDS = 900;

/** Decides the next step of one QuestDBNode. */
export const planNext = (observed: Observed, context: PlanContext): NodePlan => {
  const [owned, another] = observed.owned;
  if (owned !== undefined && another !== undefined) return ambiguous(observed.owned);
  const instanceId = observed.parent.status?.instanceId;
  if (instanceId === undefined) {
    const known = owned ?? observed.returned;
    return known === undefined ? planLaunch(observed, context) : { step: 'Adopt', instance: known };
  }
  const plan = planWithInstance(observed, instanceId, context);
  return plan.step === 'Lost' ? planReplacement(observed, context, plan) : plan;
};

const planWithInstance = (observed: Observed, instanceId: string, { timing }: PlanContext): NodePlan | Lost => {
  const { instance } = observed;
  switch (instance?.state) {
    case undefined:
      return planUnseen(observed, instanceId, timing);
    case 'pending':
    case 'running':
      return planAlive(observed, instance) ?? planJoin(observed, instance);
    case 'stopping':
      return planStopping(observed, instance, timing);
    case 'shutting-down':
      return { step: 'AwaitStopped', instance, fence: undefined };
    case 'stopped':
      return planStopped(observed, instance);
    case 'terminated':
      return planDead(observed, instanceId, 'InstanceTerminated');
  }
};

/** A machine that is off and not fenced: whoever stopped it did not mean to have another one. */
const planStopped = (observed: Observed, instance: Instance): NodePlan | LossStep => {
  const { parent, now } = observed;
  const { instanceId } = instance;
  const fence = fenceOf(parent, instanceId);
  if (fence !== undefined) return planDead(observed, instanceId, fence.reason);
  // It stays off: a pod that is still on it could never go.
  if (parent.spec.relaunch === 'Never') return planDead(observed, instanceId, 'InstanceStopped');
  const { shortage } = parent.status ?? {};
  return isShort(shortage, now) ? { step: 'AwaitCapacity', shortage } : { step: 'Start', instance };
};

/** The next attempt, unless one is there that status does not know. */
const planReplacement = (observed: Observed, context: PlanContext, { instanceId, reason }: Lost): NodePlan => {
  const { parent, owned, now } = observed;
  const [other] = owned.filter((instance) => instance.instanceId !== instanceId);
  const replaced = { instanceId, reason, since: rfc3339(now) };
  if (other !== undefined) return { step: 'Adopt', instance: other, replaced };
  if (parent.spec.relaunch === 'Never') return { step: 'StandDown', instanceId, reason };
  const decision = planDecision(observed, context, attemptOf(observed) + 1);
  if (decision.step === 'Refuse') return decision;
  return { step: 'Relaunch', launch: decision.launch, replaced };
};

/** The attempt that made the instance; one that was adopted says so itself. */
const attemptOf = ({ parent, instance }: Observed): number =>
  Math.max(parent.status?.launch?.attempt ?? 0, Number(instance?.tags[ATTEMPT] ?? 0) || 0);

const planJoin = (observed: Observed, instance: Instance): NodePlan => {
  const waitsFor = joinStep(observed, instance);
  if (waitsFor === undefined) return { step: 'Serve', instance };
  const limit = observed.nodeClass?.spec.joinTimeoutSeconds ?? DEFAULT_JOIN_TIMEOUT_SECONDS;
  const neverJoined = observed.parent.status?.joinedAt === undefined;
  if (neverJoined && secondsSinceLaunch(observed, instance) > limit) {
    return {
      step: 'Refuse',
      refusal: { reason: 'JoinTimeout', message: joinTimeout(instance, limit, waitsFor) },
      instance,
    };
  }
  return { step: 'AwaitJoin', instance, waitsFor };
};

const joinTimeout = ({ instanceId }: Instance, limit: number, waitsFor: JoinStep): string =>
  `Instance ${instanceId} did not become a Ready Node within ${limit} s (${waitsFor}). It is kept for inspection: ` +
  'see its console output. Delete this QuestDBNode to get a fresh instance; the data volume is kept.';

/** EC2's own time: how long the launch had to wait for capacity, or its answer, does not count. */
const secondsSinceLaunch = ({ now }: Observed, { launchTime }: Instance): number =>
  (now.getTime() - Date.parse(launchTime)) / 1000;

const joinStep = (observed: Observed, { state }: Instance): JoinStep | undefined => {
  const { node } = observed;
  if (state === 'pending' || node === undefined) return 'NodeNotJoined';
  const missing = missingOf(observed, node);
  return missing !== undefined && isJoining(observed, node) ? 'NodeNotJoined' : missing;
};

const missingOf = ({ parent, driverRegistered }: Observed, node: ClusterNode): JoinStep | undefined => {
  if (!isNodeReady(node)) return 'NodeNotReady';
  if (isStartTainted(parent, node)) return 'NodeTainted';
  return driverRegistered ? undefined : 'DriverNotRegistered';
};

const ambiguous = (instances: readonly Instance[]): NodePlan => {
  const ids = instances.map(({ instanceId }) => instanceId).join(', ');
  return {
    step: 'Refuse',
    refusal: {
      reason: 'AmbiguousInstances',
      message: `More than one instance carries this object's uid: ${ids}. Nothing is done until all but one are terminated by hand.`,
    },
  };
};

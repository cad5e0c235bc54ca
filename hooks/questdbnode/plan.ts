import { isNodeReady, type Observed } from './observe.ts';
import { intentOf } from './intent.ts';
import type { Instance, LaunchIntent, NodeTiming } from './ports.ts';

/** Why nothing can go on without a human, and what to do. */
export type Refusal = { reason: RefusalReason; message: string };
export type RefusalReason =
  | 'AmbiguousInstances'
  | 'InstanceNotFound'
  | 'InstanceStopped'
  | 'InstanceTerminated'
  | 'InstanceTypeNotOffered'
  | 'JoinTimeout'
  | 'LaunchRefused'
  | 'NodeClassNotFound'
  | 'ZoneNotInNodeClass';

/** The next step between what is and what is wanted. */
export type NodePlan =
  /** Write the launch to status; EC2 is asked in the next pass. */
  | { step: 'Decide'; launch: LaunchIntent }
  | { step: 'Launch'; launch: LaunchIntent }
  /** EC2 had no capacity; leave it alone until then. */
  | { step: 'AwaitCapacity'; launch: LaunchIntent; until: Date }
  /** An instance of this object is there that status does not know. */
  | { step: 'Adopt'; instance: Instance }
  /** EC2 made it and does not show it yet. */
  | { step: 'AwaitVisible'; instanceId: string }
  | { step: 'AwaitJoin'; instance: Instance; waitsFor: JoinStep }
  | { step: 'Serve'; instance: Instance }
  | { step: 'Refuse'; refusal: Refusal; instance?: Instance };

/** What may come of deciding on a launch. */
export type Decision = Extract<NodePlan, { step: 'Decide' | 'Refuse' }>;

export type JoinStep = 'InstancePending' | 'NodeNotJoined' | 'NodeNotReady' | 'DriverNotRegistered';

export type PlanContext = { clusterName: string; timing: NodeTiming };

const DEFAULT_JOIN_TIMEOUT_SECONDS = 900;

/** Decides the next step of one QuestDBNode. */
export const planNext = (observed: Observed, context: PlanContext): NodePlan => {
  const [owned, another] = observed.owned;
  if (owned !== undefined && another !== undefined) return ambiguous(observed.owned);
  const instanceId = observed.parent.status?.instanceId;
  if (instanceId !== undefined) return planWithInstance(observed, instanceId, context);
  if (owned !== undefined) return { step: 'Adopt', instance: owned };
  return planLaunch(observed, context);
};

const planWithInstance = (observed: Observed, instanceId: string, { timing }: PlanContext): NodePlan => {
  const { instance } = observed;
  if (instance === undefined) {
    return secondsSinceLaunch(observed) < timing.visibilitySeconds
      ? { step: 'AwaitVisible', instanceId }
      : refuse('InstanceNotFound', `EC2 does not know instance ${instanceId} any more. ${FRESH_MACHINE}`);
  }
  switch (instance.state) {
    case 'pending':
    case 'running':
      return planJoin(observed, instance);
    case 'stopping':
    case 'stopped':
      return refuse(
        'InstanceStopped',
        `Instance ${instanceId} is ${instance.state}. Start it, or ${lower(FRESH_MACHINE)}`,
        instance,
      );
    case 'shutting-down':
    case 'terminated':
      return refuse('InstanceTerminated', `Instance ${instanceId} is ${instance.state}. ${FRESH_MACHINE}`, instance);
  }
};

const FRESH_MACHINE = 'Delete this QuestDBNode to get a fresh instance; the data volume is kept.';
const lower = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);

const planJoin = (observed: Observed, instance: Instance): NodePlan => {
  const waitsFor = joinStep(observed, instance);
  if (waitsFor === undefined) return { step: 'Serve', instance };
  const limit = observed.nodeClass?.spec.joinTimeoutSeconds ?? DEFAULT_JOIN_TIMEOUT_SECONDS;
  const neverJoined = observed.parent.status?.allocatable === undefined;
  if (neverJoined && secondsSinceLaunch(observed) > limit) {
    return refuse(
      'JoinTimeout',
      `Instance ${instance.instanceId} did not become a Ready Node within ${limit} s (${waitsFor}). It is kept for inspection: ` +
        `see its console output. ${FRESH_MACHINE}`,
      instance,
    );
  }
  return { step: 'AwaitJoin', instance, waitsFor };
};

const joinStep = ({ node, driverRegistered }: Observed, instance: Instance): JoinStep | undefined => {
  if (instance.state === 'pending') return 'InstancePending';
  if (node === undefined) return 'NodeNotJoined';
  if (!isNodeReady(node)) return 'NodeNotReady';
  return driverRegistered ? undefined : 'DriverNotRegistered';
};

const planLaunch = (observed: Observed, context: PlanContext): NodePlan => {
  const launch = observed.parent.status?.launch;
  if (launch === undefined) return planDecision(observed, context, 1);
  const until = launch.notBefore === undefined ? undefined : new Date(launch.notBefore);
  return until !== undefined && until > observed.now
    ? { step: 'AwaitCapacity', launch, until }
    : { step: 'Launch', launch };
};

/** The launch of the given attempt, or why there can be none. */
export const planDecision = (observed: Observed, { clusterName }: PlanContext, attempt: number): Decision => {
  const { parent, nodeClass, offeredTypes, now } = observed;
  const { instanceType, zone, className } = parent.spec;
  if (nodeClass === undefined) {
    return refuse(
      'NodeClassNotFound',
      `QuestDBNodeClass "${className}" does not exist. Create it, or name one that exists.`,
    );
  }
  const subnet = nodeClass.spec.subnets.find((candidate) => candidate.zone === zone);
  if (subnet === undefined) {
    const zones = nodeClass.spec.subnets.map((candidate) => candidate.zone).join(', ');
    return refuse('ZoneNotInNodeClass', `QuestDBNodeClass "${className}" has no subnet in ${zone}. It has: ${zones}.`);
  }
  if (!offeredTypes.includes(instanceType)) return notOffered(instanceType, zone, offeredTypes);
  return { step: 'Decide', launch: intentOf(parent, { nodeClass, subnetId: subnet.id, attempt, clusterName, now }) };
};

const TYPES_NAMED = 12;

const notOffered = (instanceType: string, zone: string, offered: readonly string[]): Decision => {
  const family = instanceType.split('.')[0] ?? '';
  const kin = offered.filter((type) => type.startsWith(`${family}.`));
  const named = (kin.length > 0 ? kin : offered).slice(0, TYPES_NAMED).join(', ');
  return refuse(
    'InstanceTypeNotOffered',
    `EC2 does not offer instance type "${instanceType}" in ${zone}. It offers there, among others: ${named}.`,
  );
};

const ambiguous = (instances: readonly Instance[]): NodePlan => {
  const ids = instances.map(({ instanceId }) => instanceId).join(', ');
  return refuse(
    'AmbiguousInstances',
    `More than one instance carries this object's uid: ${ids}. Nothing is done until all but one are terminated by hand.`,
  );
};

const refuse = (reason: RefusalReason, message: string, instance?: Instance): Decision => ({
  step: 'Refuse',
  refusal: { reason, message },
  ...(instance === undefined ? {} : { instance }),
});

/** EC2 is asked when the launch is decided, and after a lack of capacity not before `notBefore`. */
const secondsSinceLaunch = ({ parent, now }: Observed): number => {
  const { notBefore, requestedAt } = parent.status?.launch ?? {};
  const since = notBefore ?? requestedAt ?? parent.metadata.creationTimestamp;
  return since === undefined ? Infinity : (now.getTime() - Date.parse(since)) / 1000;
};

import { conditionOf, fails, holds, transition, type Finding } from '../api/conditions.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { generationOf } from '../api/kinds.ts';
import { canonicalMiB, canonicalMillicores, floorMiB, parseMillicores } from '../api/quantity.ts';
import type { ClusterNode, Observed } from './observe.ts';
import type { JoinStep } from './plan.ts';
import type { LaunchIntent } from './ports.ts';
import type { Progress } from './progress.ts';

export type NodeStatus = NonNullable<QuestDBNode['status']>;

/** Whether the instance is there, whether it is a Node, and whether a human must act. */
type Parts = { launched: Finding; joined: Finding; stalled: Finding };

const HEALTHY = fails('NotStalled', 'Nothing waits for a human.');
const NOT_LAUNCHED = fails('WaitingForLaunch', 'There is no instance yet that could join.');

/** The status of one pass: what was observed and done, never what is hoped for. */
export const statusOf = (observed: Observed, progress: Progress): NodeStatus => {
  const { parent, node, instance, now } = observed;
  const parts = partsOf(observed, progress);
  const instanceId = instanceIdOf(parent, progress);
  const launch = launchOf(parent, progress);
  const allocatable = parent.status?.allocatable ?? (progress.step === 'Serve' ? allocatableOf(node) : undefined);
  return {
    conditions: transition(
      { Launched: parts.launched, Joined: parts.joined, Ready: readyOf(parts), Stalled: parts.stalled },
      { previous: parent.status?.conditions, generation: generationOf(parent), now },
    ),
    ...(instanceId === undefined ? {} : { instanceId }),
    ...(instance === undefined ? {} : { instanceType: instance.instanceType, zone: instance.zone }),
    ...(node === undefined ? {} : { nodeName: node.metadata.name }),
    ...(allocatable === undefined ? {} : { allocatable }),
    ...(launch === undefined ? {} : { launch }),
  };
};

const instanceIdOf = ({ status }: QuestDBNode, progress: Progress): string | undefined => {
  if (progress.step === 'Launched') return progress.instanceId;
  if (progress.step === 'Adopt') return progress.instance.instanceId;
  return status?.instanceId;
};

const launchOf = ({ status }: QuestDBNode, progress: Progress): LaunchIntent | undefined =>
  'launch' in progress ? progress.launch : status?.launch;

const readyOf = ({ launched, joined }: Parts): Finding =>
  launched.status !== 'True' ? launched : joined.status !== 'True' ? joined : holds('Ready', joined.message);

/** Matched exhaustively: a new step of the plan does not compile until it says what it waits for. */
const partsOf = (observed: Observed, progress: Progress): Parts => {
  switch (progress.step) {
    case 'Decide':
      return launching(
        'LaunchDecided',
        `The launch of ${describe(progress.launch)} is written down; EC2 is asked next.`,
      );
    case 'Launched':
      return launching('InstanceNotVisible', waitsForEc2(progress.instanceId));
    case 'AwaitVisible':
      return launching('InstanceNotVisible', waitsForEc2(progress.instanceId));
    case 'AwaitToken':
      return launching(
        'InstanceNotVisible',
        'EC2 has used the client token of this launch; waiting for it to show the instance.',
      );
    case 'NoCapacity':
      return launching(progress.code, noCapacity(progress.launch, progress.message));
    case 'AwaitCapacity':
      return { launched: lastLaunchFinding(observed), joined: NOT_LAUNCHED, stalled: HEALTHY };
    case 'Adopt':
      return joining(progress.instance.instanceId, 'NodeNotJoined');
    case 'AwaitJoin':
      return joining(progress.instance.instanceId, progress.waitsFor);
    case 'Serve':
      return {
        launched: holds('Launched', `Instance ${progress.instance.instanceId} is running.`),
        joined: holds(
          'Joined',
          `Node ${observed.node?.metadata.name ?? ''} is Ready and its EBS CSI driver is registered.`,
        ),
        stalled: HEALTHY,
      };
    case 'Refuse':
      return refused(progress);
  }
};

const launching = (reason: string, message: string): Parts => ({
  launched: fails(reason, message),
  joined: NOT_LAUNCHED,
  stalled: HEALTHY,
});

const joining = (instanceId: string, waitsFor: JoinStep): Parts => ({
  launched: holds('Launched', `Instance ${instanceId} was launched.`),
  joined: fails(waitsFor, `${WAITS_FOR[waitsFor]} (instance ${instanceId}).`),
  stalled: HEALTHY,
});

const WAITS_FOR: Readonly<Record<JoinStep, string>> = {
  InstancePending: 'Waiting for EC2 to bring the instance to running',
  NodeNotJoined: 'Waiting for the instance to boot and join the cluster as a Node',
  NodeNotReady: 'Waiting for the Node to become Ready',
  DriverNotRegistered: 'Waiting for the EBS CSI driver (ebs.csi.aws.com) to register on the Node',
};

const refused = ({ refusal, instance }: Extract<Progress, { step: 'Refuse' }>): Parts => {
  const finding = fails(refusal.reason, refusal.message);
  const stalled = holds(refusal.reason, refusal.message);
  return refusal.reason === 'JoinTimeout' && instance !== undefined
    ? { launched: holds('Launched', `Instance ${instance.instanceId} was launched.`), joined: finding, stalled }
    : { launched: finding, joined: fails(refusal.reason, 'There is no instance that could join.'), stalled };
};

const describe = ({ instanceType, subnetId }: LaunchIntent): string => `one ${instanceType} in ${subnetId}`;

const waitsForEc2 = (instanceId: string): string => `Instance ${instanceId} was launched; waiting for EC2 to show it.`;

const noCapacity = (launch: LaunchIntent, message: string): string =>
  `EC2 cannot launch ${describe(launch)} now: ${message} It is asked again at ${launch.notBefore ?? 'once'}.`;

/** No news since EC2 refused: what was said then still holds. */
const lastLaunchFinding = ({ parent }: Observed): Finding => {
  const { reason, message } = conditionOf(parent.status?.conditions, 'Launched') ?? {
    reason: 'NoCapacity',
    message: 'EC2 had no capacity for this launch.',
  };
  return fails(reason, message);
};

const CPU_STEP_MILLICORES = 100;
const MEMORY_STEP_MIB = 256;

/**
 * What the Node has to give, rounded down to steps: another machine of the same type differs by a little, and must not change
 * the pod template that is made from it.
 */
const allocatableOf = (node: ClusterNode | undefined): NodeStatus['allocatable'] => {
  const { cpu, memory } = node?.status?.allocatable ?? {};
  if (cpu === undefined || memory === undefined) return undefined;
  const millicores = Math.floor(parseMillicores(cpu) / CPU_STEP_MILLICORES) * CPU_STEP_MILLICORES;
  const mebibytes = Math.floor(floorMiB(memory) / MEMORY_STEP_MIB) * MEMORY_STEP_MIB;
  return { cpu: canonicalMillicores(millicores), memory: canonicalMiB(mebibytes) };
};

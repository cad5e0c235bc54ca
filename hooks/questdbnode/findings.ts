import { fails, holds, type Finding } from '../api/conditions.ts';
import type { Fence, LaunchIntent, Replaced, Shortage } from './memory.ts';
import { startTaints, isNodeReady, type ClusterNode } from './cluster-node.ts';
import { isJustLaunched, type Observed } from './observe.ts';
import type { Instance } from './ports.ts';
import type { Progress } from './progress.ts';
import type { JoinStep } from './steps.ts';
import { NO_FREE_ADDRESS } from './subnets.ts';

/** Whether the instance is there, whether it is a Node, and whether a human must act. */
export type Parts = { launched: Finding; joined: Finding; stalled: Finding };

const HEALTHY = fails('NotStalled', 'Nothing waits for a human.');
const NOT_LAUNCHED = fails('WaitingForLaunch', 'There is no instance yet that could join.');

type Stories = {
  [Step in Progress['step']]: (progress: Extract<Progress, { step: Step }>, observed: Observed) => Parts;
};

/** A step that is not here does not compile: each says what it waits for. */
const STORIES: Stories = {
  Decide: ({ launch }) =>
    launching('LaunchDecided', `The launch of ${describe(launch)} is written down; EC2 is asked next.`),
  Relaunch: ({ replaced, launch }) => launching('LaunchDecided', relaunching(replaced, launch)),
  Launched: ({ instanceId }) => joining(instanceId, 'NodeNotJoined'),
  AwaitVisible: ({ instanceId }, observed) => unseen(instanceId, observed),
  AwaitToken: () =>
    launching(
      'InstanceNotVisible',
      'EC2 has used the client token of this launch; waiting for it to show the instance.',
    ),
  NextSubnet: ({ full, launch }) =>
    launching(
      NO_FREE_ADDRESS,
      `Subnet ${full} has no free address. The launch of ${describe(launch)} is written down; EC2 is asked next.`,
    ),
  NoCapacity: ({ shortage }, observed) => short(observed, shortage),
  AwaitCapacity: ({ shortage }, observed) => short(observed, shortage),
  Adopt: ({ instance }) => joining(instance.instanceId, 'NodeNotJoined'),
  AwaitJoin: ({ instance, waitsFor }, { node }) => joining(instance.instanceId, waitsFor, node),
  Serve: ({ instance }, observed) => serving(observed, instance),
  Started: ({ instanceId }) =>
    there(instanceId, 'InstanceStarting', `Instance ${instanceId} was stopped and is being started.`),
  StandDown: ({ instanceId, reason }) =>
    launching(
      reason,
      instanceId === undefined
        ? 'Nothing is launched, since the database is being deleted.'
        : `Instance ${instanceId} does not run. Nothing takes its place, since the database is being deleted.`,
    ),
  Refuse: (progress) => refused(progress),
  Fence: ({ fence }) =>
    fence.reason === 'InstanceNotFound'
      ? hidden(fence.instanceId)
      : there(fence.instanceId, fence.reason, fencing(fence)),
  Stop: ({ fence }) => there(fence.instanceId, fence.reason, fencing(fence)),
  HoldBack: ({ instanceId, fleet: { notReady, total } }) =>
    there(
      instanceId,
      'ManyNodesUnreachable',
      `The Node of instance ${instanceId} is not Ready, like ${notReady} of ${total} in the fleet: no machine is stopped while it is so many. Check the way from the machines to the API server.`,
    ),
  Unfence: ({ instance }) => back(instance),
  PutIntoService: ({ instance }) => back(instance),
  AwaitStopped: ({ instance, fence }) =>
    fence === undefined ? ending(instance) : there(fence.instanceId, fence.reason, fencing(fence)),
  TakeOutOfService: ({ reason }) =>
    launching(
      reason,
      'The instance does not run. Its Node is taken out of service, so that the volume is let go at once.',
    ),
};

/** What the conditions are to say of a pass. */
export const partsOf = (observed: Observed, progress: Progress): Parts =>
  (STORIES[progress.step] as (of: Progress, seen: Observed) => Parts)(progress, observed);

const hidden = (instanceId: string): Parts =>
  launching('InstanceNotVisible', `Instance ${instanceId} was launched; waiting for EC2 to show it.`);

const unseen = (instanceId: string, observed: Observed): Parts => {
  if (isNodeReady(observed.node)) {
    return launching(
      'InstanceNotVisible',
      `EC2 does not show instance ${instanceId}, and its Node is Ready: nothing is done. Check the region and the account of the operator.`,
    );
  }
  return isJustLaunched(observed) ? joining(instanceId, 'NodeNotJoined') : hidden(instanceId);
};

const back = ({ instanceId }: Instance): Parts =>
  there(instanceId, 'NodeNotReady', `Instance ${instanceId} is back; waiting for its Node.`);

const LOSSES: Readonly<Record<string, string>> = {
  InstanceImpaired: "fails EC2's status checks and its Node is not Ready",
  NodeUnreachable: 'runs and its Node is not Ready',
};

const fencing = ({ instanceId, reason, since }: Fence): string =>
  `Instance ${instanceId} ${LOSSES[reason] ?? 'is lost'}; since ${since} it is taken for lost. Waiting for EC2 to stop it, then another one takes its place.`;

const ending = ({ instanceId, state }: Instance): Parts =>
  state === 'stopping'
    ? there(
        instanceId,
        'InstanceStopping',
        `Instance ${instanceId} is being stopped by somebody; it is started again when it has stopped.`,
      )
    : there(
        instanceId,
        'InstanceTerminating',
        `Instance ${instanceId} is being terminated; another one takes its place when it is.`,
      );

const relaunching = ({ instanceId, reason }: Replaced, launch: LaunchIntent): string =>
  `Instance ${instanceId} is lost (${reason}). Attempt ${launch.attempt}, ${describe(launch)}, is written down; EC2 is asked next.`;

const launching = (reason: string, message: string): Parts => ({
  launched: fails(reason, message),
  joined: NOT_LAUNCHED,
  stalled: HEALTHY,
});

/** The instance is there, and its Node is not as it should be. */
const there = (instanceId: string, reason: string, message: string): Parts => ({
  launched: holds('Launched', `Instance ${instanceId} was launched.`),
  joined: fails(reason, message),
  stalled: HEALTHY,
});

const joining = (instanceId: string, waitsFor: JoinStep, node?: ClusterNode): Parts => {
  const taints = node === undefined ? '' : startTaints(node).join(', ');
  const sentence =
    waitsFor === 'NodeTainted'
      ? `Waiting for the taints of its start to be taken off the Node: ${taints}`
      : WAITS_FOR[waitsFor];
  return there(instanceId, waitsFor, `${sentence} (instance ${instanceId}).`);
};

const WAITS_FOR: Readonly<Record<Exclude<JoinStep, 'NodeTainted'>, string>> = {
  NodeNotJoined: 'Waiting for the instance to boot and join the cluster as a Node that is Ready',
  NodeNotReady: 'Waiting for the Node to become Ready',
  DriverNotRegistered: 'Waiting for the EBS CSI driver (ebs.csi.aws.com) to register on the Node',
};

const serving = ({ node }: Observed, { instanceId }: Instance): Parts => ({
  launched: holds('Launched', `Instance ${instanceId} was launched.`),
  joined: holds('Joined', `Node ${node?.metadata.name ?? ''} is Ready and its EBS CSI driver is registered.`),
  stalled: HEALTHY,
});

const short = ({ parent }: Observed, { reason, message, since, nextTry }: Shortage): Parts => {
  const { instanceId } = parent.status ?? {};
  const what =
    instanceId === undefined
      ? `launch one ${parent.spec.instanceType} in ${parent.spec.zone}`
      : `start instance ${instanceId}`;
  const sentence = `EC2 cannot ${what} since ${since}: ${message} It is asked again at ${nextTry}.`;
  return instanceId === undefined ? launching(reason, sentence) : there(instanceId, reason, sentence);
};

const refused = ({ refusal, instance }: Extract<Progress, { step: 'Refuse' }>): Parts => {
  const finding = fails(refusal.reason, refusal.message);
  const stalled = holds(refusal.reason, refusal.message);
  return refusal.reason === 'JoinTimeout' && instance !== undefined
    ? { launched: holds('Launched', `Instance ${instance.instanceId} was launched.`), joined: finding, stalled }
    : { launched: finding, joined: fails(refusal.reason, 'There is no instance that could join.'), stalled };
};

const describe = ({ instanceType, subnetId }: LaunchIntent): string => `one ${instanceType} in ${subnetId}`;

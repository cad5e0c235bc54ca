import { conditionOf, rfc3339 } from '../api/conditions.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { namespaceOf } from '../api/kinds.ts';
import { EBS_DRIVER } from '../api/zones.ts';
import { assertCurrent, assertLiving } from '../metacontroller/live-parent.ts';
import type { SyncRequest, SyncResponse } from '../metacontroller/contract.ts';
import { refusable } from '../metacontroller/refusable.ts';
import { nodeClassIn, nodeOf, nodesIn, ownedInstances, type Observed } from './observe.ts';
import { isSameLaunch } from './intent.ts';
import { planDecision, planNext } from './plan.ts';
import type { Instance, LaunchIntent, NodePorts } from './ports.ts';
import type { Progress } from './progress.ts';
import { statusOf, type NodeStatus } from './status.ts';

/** Brings one instance closer to its QuestDBNode: launched at most once, joined, reported. */
export const syncNode =
  (ports: NodePorts) =>
  async (request: SyncRequest<QuestDBNode>): Promise<SyncResponse<NodeStatus>> => {
    const { metadata } = request.parent;
    const live = await ports.cluster.readParent(namespaceOf(request.parent), metadata.name);
    const parent = assertLiving(assertCurrent(request.parent, live));
    return refusable(parent, ports.now, async () => {
      const observed = await gather(ports, request, parent);
      const progress = await carryOut(ports, observed);
      return { status: statusOf(observed, progress), children: [], ...lookAgain(ports, progress) };
    });
  };

/** The facts a request does not have: EC2's view, and the CSI driver until the Node has been Ready once. */
const gather = async (ports: NodePorts, request: SyncRequest<QuestDBNode>, parent: QuestDBNode): Promise<Observed> => {
  const fleet = await ports.compute.fleet(notBefore(parent));
  const nodes = nodesIn(request);
  const instance = await instanceOf(ports, parent, fleet, nodes.length > 0);
  const node = nodeOf(nodes, instance);
  const owned = ownedInstances(parent, fleet);
  const mayLaunch = parent.status?.instanceId === undefined && owned.length === 0;
  return {
    parent,
    nodeClass: nodeClassIn(request),
    node,
    instance,
    owned,
    driverRegistered: node !== undefined && (await hasDriver(ports, parent, node.metadata.name)),
    offeredTypes: mayLaunch ? await ports.compute.offeredTypes(parent.spec.zone) : [],
    now: ports.now(),
  };
};

/** A reading from before the launch was decided could miss the instance that it made. */
const notBefore = ({ status }: QuestDBNode): Date | undefined =>
  status?.instanceId === undefined && status?.launch !== undefined ? new Date(status.launch.requestedAt) : undefined;

/** The shared reading lags; an instance that has joined already is asked for by id, so that the last step is not waited for. */
const instanceOf = async (
  { compute }: NodePorts,
  { status }: QuestDBNode,
  fleet: readonly Instance[],
  hasNode: boolean,
): Promise<Instance | undefined> => {
  const instanceId = status?.instanceId;
  if (instanceId === undefined) return undefined;
  const known = fleet.find((instance) => instance.instanceId === instanceId);
  const lags = known === undefined || (known.state === 'pending' && hasNode);
  return lags ? ((await compute.describe(instanceId)) ?? known) : known;
};

const hasDriver = async ({ cluster }: NodePorts, { status }: QuestDBNode, nodeName: string): Promise<boolean> =>
  conditionOf(status?.conditions, 'Joined')?.status === 'True' ||
  (await cluster.csiDriversOf(nodeName)).includes(EBS_DRIVER);

/** Does the one thing the plan asks for, and says what came of it. */
const carryOut = async (ports: NodePorts, observed: Observed): Promise<Progress> => {
  const plan = planNext(observed, ports);
  return plan.step === 'Launch' ? launch(ports, observed, plan.launch) : plan;
};

const launch = async (ports: NodePorts, observed: Observed, intent: LaunchIntent): Promise<Progress> => {
  const result = await ports.compute.launch(intent);
  switch (result.outcome) {
    case 'Launched':
      await ports.cluster.record(observed.parent, 'Normal', 'InstanceLaunched', launched(result.instanceId, intent));
      return { step: 'Launched', launch: intent, instanceId: result.instanceId };
    case 'NoCapacity': {
      const until = new Date(observed.now.getTime() + ports.timing.capacityRetrySeconds * 1000);
      const { code, message } = result;
      return { step: 'NoCapacity', launch: { ...intent, notBefore: rfc3339(until) }, code, message };
    }
    case 'TokenMismatch':
      return afterMismatch(ports, observed, intent);
    case 'TokenSpent':
      return decideAgain(ports, observed, intent);
    case 'Refused':
      return afterRefusal(ports, observed, intent, `${result.code}: ${result.message}`);
  }
};

/**
 * The intent is frozen; once the class has been mended, it is decided anew from it. It keeps its token: should an earlier call whose answer
 * was lost have made an instance, EC2 says so (TokenMismatch) instead of making another.
 */
const afterRefusal = (ports: NodePorts, observed: Observed, intent: LaunchIntent, said: string): Progress => {
  const same = planDecision(observed, ports, intent.attempt);
  const isMended = same.step === 'Decide' && !isSameLaunch(same.launch, intent);
  if (isMended) return same;
  const message = `EC2 refused the launch (${said}) Mend the QuestDBNodeClass or the IAM policy of the operator; it is tried again each minute.`;
  return { step: 'Refuse', refusal: { reason: 'LaunchRefused', message } };
};

/** Another call used the token, perhaps one whose answer was lost: its instance is this object's. */
const afterMismatch = async (ports: NodePorts, observed: Observed, intent: LaunchIntent): Promise<Progress> => {
  const fleet = await ports.compute.fleet(observed.now);
  const instance = fleet.find(({ clientToken, state }) => clientToken === intent.token && state !== 'terminated');
  if (instance !== undefined) return { step: 'Adopt', instance };
  const waited = (observed.now.getTime() - Date.parse(intent.requestedAt)) / 1000;
  return waited < ports.timing.visibilitySeconds
    ? { step: 'AwaitToken', launch: intent }
    : decideAgain(ports, observed, intent);
};

const decideAgain = (ports: NodePorts, observed: Observed, { attempt }: LaunchIntent): Progress =>
  planDecision(observed, ports, attempt + 1);

const launched = (instanceId: string, { instanceType, subnetId, attempt }: LaunchIntent): string =>
  `Launched instance ${instanceId} (${instanceType} in ${subnetId}, attempt ${attempt}).`;

const AT_ONCE_SECONDS = 1;

/** Status writes cause no call (`ignoreStatusChanges`), and EC2 sends none: whoever waits for EC2 must ask to be asked again. */
const lookAgain = ({ timing }: NodePorts, { step }: Progress): { resyncAfterSeconds?: number } => {
  if (step === 'Serve' || step === 'Refuse') return {};
  return { resyncAfterSeconds: step === 'Decide' || step === 'Adopt' ? AT_ONCE_SECONDS : timing.pollSeconds };
};

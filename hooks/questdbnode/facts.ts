import { conditionOf } from '../api/conditions.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { EBS_DRIVER } from '../api/zones.ts';
import type { SyncRequest } from '../metacontroller/contract.ts';
import { isNodeReady, nodeOf, type ClusterNode } from './cluster-node.ts';
import { factsForLaunch, factsForStatus, ifSaid } from './launch-facts.ts';
import { isStartTainted, nodeClassIn, nodesIn, ownedInstances, returnedInstance, type Observed } from './observe.ts';
import type { Instance, NodePorts } from './ports.ts';

/** The facts a request does not have: EC2's view, and the CSI driver until the Node has been Ready once. */
export const gather = async (
  ports: NodePorts,
  request: SyncRequest<QuestDBNode>,
  parent: QuestDBNode,
): Promise<Observed> => {
  const fleet = await ports.compute.fleet(notBefore(parent));
  const nodes = nodesIn(request);
  const instance = await instanceOf(ports, parent, fleet, nodes);
  return compile(ports, { request, parent, fleet, nodes, instance });
};

/**
 * The same, with all that lags read anew: the instance by its id and the Nodes from the API server. What is done to a machine is decided on
 * these alone; a request may be stale, or forged.
 */
export const gatherLive = async (
  ports: NodePorts,
  request: SyncRequest<QuestDBNode>,
  parent: QuestDBNode,
): Promise<Observed> => {
  const fleet = await ports.compute.fleet(ports.now());
  const nodes = await ports.cluster.nodesOf(parent);
  const instanceId = parent.status?.instanceId;
  const instance = instanceId === undefined ? undefined : await ports.compute.describe(instanceId);
  return compile(ports, { request, parent, fleet, nodes, instance });
};

type Readings = {
  request: SyncRequest<QuestDBNode>;
  parent: QuestDBNode;
  fleet: readonly Instance[];
  nodes: readonly ClusterNode[];
  instance: Instance | undefined;
};

const compile = async (ports: NodePorts, readings: Readings): Promise<Observed> => {
  const { request, parent, fleet, nodes, instance } = readings;
  const nodeClass = nodeClassIn(request);
  const node = nodeOf(nodes, parent.status?.instanceId);
  const owned = ownedInstances(parent, fleet);
  return {
    parent,
    nodeClass,
    node,
    instance,
    impairedSince: await impairedSince(ports, instance),
    owned,
    returned: returnedInstance(parent, fleet),
    driverRegistered: node !== undefined && (await hasDriver(ports, parent, node)),
    ...(mayLaunch(parent, owned, instance)
      ? await factsForLaunch(ports, parent, nodeClass)
      : await factsForStatus(ports, { parent, nodeClass, node })),
    now: ports.now(),
  };
};

/** Nothing runs for this object, so something may have to be launched. */
const mayLaunch = ({ status }: QuestDBNode, owned: readonly Instance[], instance: Instance | undefined): boolean =>
  status?.instanceId === undefined
    ? owned.length === 0
    : !(instance?.state === 'running' || instance?.state === 'pending');

/** A reading from before the launch was decided could miss the instance that it made. */
const notBefore = ({ status }: QuestDBNode): Date | undefined =>
  status?.instanceId === undefined && status?.launch !== undefined ? new Date(status.launch.requestedAt) : undefined;

/** The shared reading lags; an instance that has joined already is asked for by id, so that the last step is not waited for. */
const instanceOf = async (
  { compute }: NodePorts,
  { status }: QuestDBNode,
  fleet: readonly Instance[],
  nodes: readonly ClusterNode[],
): Promise<Instance | undefined> => {
  const instanceId = status?.instanceId;
  if (instanceId === undefined) return undefined;
  const known = fleet.find((instance) => instance.instanceId === instanceId);
  const lags = known === undefined || (known.state === 'pending' && nodeOf(nodes, instanceId) !== undefined);
  return lags ? ((await compute.describe(instanceId)) ?? known) : known;
};

const impairedSince = async ({ compute }: NodePorts, instance: Instance | undefined): Promise<Date | undefined> => {
  if (instance?.state !== 'running') return undefined;
  // Without that reading a loss is still found, by the Node.
  const impaired = await ifSaid(() => compute.impaired());
  const since = impaired?.get(instance.instanceId);
  return since === undefined ? undefined : new Date(since);
};

/** It is the last thing that is missing, and asked for where nothing else is. */
const hasDriver = async ({ cluster }: NodePorts, parent: QuestDBNode, node: ClusterNode): Promise<boolean> => {
  if (conditionOf(parent.status?.conditions, 'Joined')?.status === 'True') return true;
  if (!isNodeReady(node) || isStartTainted(parent, node)) return false;
  return (await cluster.csiDriversOf(node.metadata.name)).includes(EBS_DRIVER);
};

import { fails, transition } from '../api/conditions.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { generationOf, namespaceOf } from '../api/kinds.ts';
import { OWNER_UID } from '../api/labels.ts';
import { Refusal } from '../metacontroller/errors.ts';
import { assertCurrent, assertDying } from '../metacontroller/live-parent.ts';
import type { FinalizeResponse, SyncRequest } from '../metacontroller/contract.ts';
import type { NodeStatus } from './memory.ts';
import { nodeOf, type ClusterNode } from './cluster-node.ts';
import { nodeClassIn } from './observe.ts';
import type { Instance, NodePorts } from './ports.ts';
import type { RetireStep } from './retire.ts';
import { retireStory } from './retire-story.ts';
import { retireOne } from './retiring.ts';

/** Retires every instance of a QuestDBNode, once no data volume is attached to it, and removes its Nodes. */
export const finalizeNode =
  (ports: NodePorts) =>
  async (request: SyncRequest<QuestDBNode>): Promise<FinalizeResponse<NodeStatus>> => {
    const live = await ports.cluster.readParent(namespaceOf(request.parent), request.parent.metadata.name);
    const parent = assertDying(assertCurrent(request.parent, live));
    const step = await farewell(ports, request, parent).catch(asRefused);
    const finalized = step.step === 'Done';
    return {
      status: retiringStatus(parent, step, ports.now()),
      children: [],
      finalized,
      ...(finalized ? {} : { resyncAfterSeconds: waitsForOthers(step) ? ports.timing.pollSeconds : AT_ONCE_SECONDS }),
    };
  };

/** Where a deletion stands; what EC2 or the API server refuses is told, and tried again. */
type Farewell = RetireStep | { step: 'Refused'; message: string };

const asRefused = (error: unknown): Farewell => {
  if (error instanceof Refusal) return { step: 'Refused', message: error.message };
  throw error;
};

const AT_ONCE_SECONDS = 1;

const waitsForOthers = ({ step }: Farewell): boolean =>
  step.startsWith('Await') || step === 'Terminate' || step === 'Stop' || step === 'Refused';

/** Each instance goes one step; what is answered is the first that is not over. */
const farewell = async (
  ports: NodePorts,
  request: SyncRequest<QuestDBNode>,
  parent: QuestDBNode,
): Promise<RetireStep> => {
  const deletedAt = parent.metadata.deletionTimestamp ?? ports.now().toISOString();
  const fleet = await ports.compute.fleet(new Date(deletedAt));
  const nodes = await ports.cluster.nodesOf(parent);
  const nodeClass = nodeClassIn(request);
  const ids = instanceIdsOf(parent, fleet);
  const steps = await Promise.all(
    ids.map((instanceId) =>
      retireOne(ports, parent, { instanceId, since: deletedAt, nodes, nodeClass, isReplaced: false }),
    ),
  );
  const unfinished = steps.find(({ step }) => step === 'Fence') ?? steps.find(({ step }) => step !== 'Done');
  if (unfinished !== undefined) return unfinished;
  const hidden = awaitLaunch(ports, parent, fleet, deletedAt);
  if (hidden !== undefined) return hidden;
  await removeNodes(
    ports,
    nodes.filter((node) => ids.every((id) => nodeOf([node], id) === undefined)),
  );
  await reportStranger(ports, parent, fleet);
  return { step: 'Done' };
};

/** Those that carry the object's uid, and those status knows of, whatever EC2 shows of them; sorted. */
const instanceIdsOf = ({ metadata, status }: QuestDBNode, fleet: readonly Instance[]): string[] => {
  const owned = fleet.filter(({ tags }) => tags[OWNER_UID] === metadata.uid).map(({ instanceId }) => instanceId);
  const known = [status?.instanceId, ...(status?.retiring ?? []).map(({ instanceId }) => instanceId)];
  return [...new Set([...owned, ...known.filter((id) => id !== undefined)])].sort();
};

/** A launch may have been under way when the deletion came; EC2 may not show its instance yet. */
const awaitLaunch = (
  { timing, now }: NodePorts,
  { status }: QuestDBNode,
  fleet: readonly Instance[],
  deletedAt: string,
): RetireStep | undefined => {
  const { instanceId, launch } = status ?? {};
  const isKnown = instanceId !== undefined || fleet.some(({ clientToken }) => clientToken === launch?.token);
  if (launch === undefined || isKnown) return undefined;
  const until = new Date(Date.parse(deletedAt) + timing.visibilitySeconds * 1000);
  return now() < until ? { step: 'AwaitVisible', until } : undefined;
};

const removeNodes = async ({ cluster }: NodePorts, nodes: readonly ClusterNode[]): Promise<void> => {
  for (const node of nodes) await cluster.deleteNode(node);
};

/** Somebody took the tag off an instance of this object: it is not terminated, and that is said. */
const reportStranger = async (
  { cluster, compute }: NodePorts,
  parent: QuestDBNode,
  fleet: readonly Instance[],
): Promise<void> => {
  const instanceId = parent.status?.instanceId;
  if (instanceId === undefined) return;
  const instance = fleet.find((one) => one.instanceId === instanceId) ?? (await compute.describe(instanceId));
  if (instance === undefined || instance.state === 'terminated' || instance.tags[OWNER_UID] === parent.metadata.uid)
    return;
  const message = `Instance ${instanceId} does not carry this object's uid in tag ${OWNER_UID} any more. It is ${instance.state} and left alone: terminate it by hand.`;
  await cluster.record(parent, 'Warning', 'InstanceLeft', message);
};

const retiringStatus = (parent: QuestDBNode, step: Farewell, now: Date): NodeStatus => {
  const { conditions: previous, ...kept } = parent.status ?? {};
  const [reason, message] = step.step === 'Refused' ? ['CallRefused', step.message] : retireStory(step);
  const fence = step.step === 'Fence' ? step.fence : undefined;
  return {
    ...kept,
    ...(fence === undefined ? {} : { fence }),
    conditions: transition({ Ready: fails(reason, message) }, { previous, generation: generationOf(parent), now }),
  };
};

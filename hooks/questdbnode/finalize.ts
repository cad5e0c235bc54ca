import { fails, transition } from '../api/conditions.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { generationOf, namespaceOf } from '../api/kinds.ts';
import { OWNER_UID } from '../api/labels.ts';
import { assertCurrent, assertDying } from '../metacontroller/live-parent.ts';
import type { FinalizeResponse, SyncRequest } from '../metacontroller/contract.ts';
import { nodesIn, ownedInstances } from './observe.ts';
import type { Instance, NodePorts } from './ports.ts';
import type { NodeStatus } from './status.ts';

/** The next step of retiring an instance. */
export type Retirement =
  | { step: 'Terminate'; instance: Instance }
  | { step: 'AwaitDetach'; instance: Instance }
  | { step: 'AwaitTerminated'; instances: readonly Instance[] }
  /** A launch may have been under way when the deletion came; EC2 may not show its instance yet. */
  | { step: 'AwaitVisible'; until: Date }
  | { step: 'Done' };

/** Retires every instance of a QuestDBNode, once no data volume is attached to it, and removes its Node. */
export const finalizeNode =
  (ports: NodePorts) =>
  async (request: SyncRequest<QuestDBNode>): Promise<FinalizeResponse<NodeStatus>> => {
    const live = await ports.cluster.readParent(namespaceOf(request.parent), request.parent.metadata.name);
    const parent = assertDying(assertCurrent(request.parent, live));
    const retirement = await planRetirement(ports, parent);
    await carryOut(ports, request, retirement);
    return {
      status: retiringStatus(parent, retirement, ports.now()),
      children: [],
      finalized: retirement.step === 'Done',
      ...(retirement.step === 'Done' ? {} : { resyncAfterSeconds: ports.timing.pollSeconds }),
    };
  };

const planRetirement = async (ports: NodePorts, parent: QuestDBNode): Promise<Retirement> => {
  const deletedAt = new Date(parent.metadata.deletionTimestamp ?? ports.now());
  const fleet = await ports.compute.fleet(deletedAt);
  const instances = await freshly(ports, parent, fleet);
  const living = instances.filter(({ state }) => state !== 'terminated' && state !== 'shutting-down');
  const attached = living.find(({ dataVolumeIds }) => dataVolumeIds.length > 0);
  if (attached !== undefined) return { step: 'AwaitDetach', instance: attached };
  const [next] = living;
  if (next !== undefined) return { step: 'Terminate', instance: next };
  const ending = instances.filter(({ state }) => state !== 'terminated');
  if (ending.length > 0) return { step: 'AwaitTerminated', instances: ending };
  return instances.length > 0 || parent.status?.launch === undefined
    ? { step: 'Done' }
    : awaitVisible(ports, deletedAt);
};

const awaitVisible = ({ timing, now }: NodePorts, deletedAt: Date): Retirement => {
  const until = new Date(deletedAt.getTime() + timing.visibilitySeconds * 1000);
  return now() < until ? { step: 'AwaitVisible', until } : { step: 'Done' };
};

/**
 * What is to be terminated is read anew: a volume may have been attached since the shared reading. An instance that does not carry this
 * object's uid is not its to terminate, whatever the status says.
 */
const freshly = async (
  { compute }: NodePorts,
  parent: QuestDBNode,
  fleet: readonly Instance[],
): Promise<Instance[]> => {
  const instanceId = parent.status?.instanceId;
  const owned = ownedInstances(parent, fleet).map((instance) => instance.instanceId);
  const ids = [...new Set([...owned, ...(instanceId === undefined ? [] : [instanceId])])].sort();
  const read = await Promise.all(
    ids.map(async (id) => (await compute.describe(id)) ?? fleet.find((instance) => instance.instanceId === id)),
  );
  return read
    .filter((instance) => instance !== undefined)
    .filter(({ tags }) => tags[OWNER_UID] === parent.metadata.uid);
};

const carryOut = async (
  { compute, cluster }: NodePorts,
  request: SyncRequest<QuestDBNode>,
  retirement: Retirement,
): Promise<void> => {
  if (retirement.step === 'Terminate') {
    await cluster.record(
      request.parent,
      'Normal',
      'InstanceTerminating',
      `Terminating instance ${retirement.instance.instanceId}.`,
    );
    await compute.terminate(retirement.instance.instanceId);
  }
  if (retirement.step === 'Done') {
    for (const { metadata } of nodesIn(request)) await cluster.deleteNodeOf(request.parent, metadata.name);
  }
};

const retiringStatus = (parent: QuestDBNode, retirement: Retirement, now: Date): NodeStatus => {
  const { conditions: previous, ...kept } = parent.status ?? {};
  const [reason, message] = storyOf(retirement);
  return {
    ...kept,
    conditions: transition({ Ready: fails(reason, message) }, { previous, generation: generationOf(parent), now }),
  };
};

const storyOf = (retirement: Retirement): [reason: string, message: string] => {
  switch (retirement.step) {
    case 'Terminate':
      return ['Retiring', `Instance ${retirement.instance.instanceId} is being terminated.`];
    case 'AwaitTerminated':
      return [
        'Retiring',
        `Waiting for EC2 to terminate ${retirement.instances.map(({ instanceId }) => instanceId).join(', ')}.`,
      ];
    case 'AwaitDetach':
      return ['WaitingForVolume', attachedStory(retirement.instance)];
    case 'AwaitVisible':
      return [
        'WaitingForLaunch',
        `A launch may have been under way; waiting until ${retirement.until.toISOString()} for EC2 to show its instance.`,
      ];
    case 'Done':
      return ['Retired', 'No instance is left.'];
  }
};

const attachedStory = ({ instanceId, dataVolumeIds }: Instance): string =>
  `Instance ${instanceId} is not terminated while a data volume is attached to it: ${dataVolumeIds.join(', ')}. Waiting for it to be detached.`;

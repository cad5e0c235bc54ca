import { OWNER_UID } from '../api/labels.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../api/generated/questdbnodeclass.ts';
import { fenceOf, unreachableMilliseconds } from './loss.ts';
import type { Fence, Replaced } from './memory.ts';
import { nodeOf, type ClusterNode } from './cluster-node.ts';
import type { Observed } from './observe.ts';
import type { NodePorts } from './ports.ts';
import { planRetirement, type RetireStep, type Retiree } from './retire.ts';

/** What is left to retire, and what has to be written down before it can go on. */
export type Retiring = { left: readonly Replaced[]; fence: Fence | undefined };

/** Brings each instance that was replaced one step closer to its end, but for one that was taken back. */
export const retireReplaced = async (
  ports: NodePorts,
  { parent, nodeClass }: Observed,
  adopted: string | undefined,
): Promise<Retiring> => {
  const retiring = (parent.status?.retiring ?? []).filter(({ instanceId }) => instanceId !== adopted);
  if (retiring.length === 0) return { left: [], fence: undefined };
  const nodes = await ports.cluster.nodesOf(parent);
  const steps = await Promise.all(
    retiring.map((replaced) => retireOne(ports, parent, { ...replaced, nodes, nodeClass, isReplaced: true })),
  );
  return { left: retiring.filter((_, index) => steps[index]?.step !== 'Done'), fence: fenceIn(steps) };
};

export const fenceIn = (steps: readonly RetireStep[]): Fence | undefined =>
  steps.find((step) => step.step === 'Fence')?.fence;

type ToRetire = {
  instanceId: string;
  /** Since when it is to go; RFC 3339. */
  since: string;
  /** The Nodes of the object, read now. */
  nodes: readonly ClusterNode[];
  nodeClass: QuestDBNodeClass | undefined;
  /** Another one has taken its place. */
  isReplaced: boolean;
};

/** Looks at one instance anew, decides its next step and carries it out. */
export const retireOne = async (ports: NodePorts, parent: QuestDBNode, target: ToRetire): Promise<RetireStep> => {
  const step = await planOne(ports, parent, target);
  await carryOut(ports, parent, step);
  if (step.step === 'RemoveNode') return { step: 'Done' };
  if (step.step !== 'Cordon') return step;
  // Nothing new can be scheduled there: what is seen now is what counts.
  const next = await planOne(ports, parent, { ...target, nodes: await ports.cluster.nodesOf(parent) });
  await carryOut(ports, parent, next);
  return next;
};

const planOne = async (ports: NodePorts, parent: QuestDBNode, target: ToRetire): Promise<RetireStep> =>
  planRetirement(await lookAt(ports, parent, target), {
    now: ports.now(),
    visibilitySeconds: ports.timing.visibilitySeconds,
    unreachableMilliseconds: unreachableMilliseconds(target.nodeClass),
    forceStopSeconds: ports.timing.forceStopSeconds,
  });

const lookAt = async (
  { compute, cluster }: NodePorts,
  parent: QuestDBNode,
  { instanceId, since, nodes, isReplaced }: ToRetire,
): Promise<Retiree> => {
  const node = nodeOf(nodes, instanceId);
  const volumePods = node === undefined ? [] : await cluster.volumePodsOn(node.metadata.name);
  // Last: what it shows is as new as can be when the instance is terminated.
  const shown = await compute.describe(instanceId);
  // An instance that does not carry this object's uid is not its to end, whatever the status says.
  const instance = shown?.tags[OWNER_UID] === parent.metadata.uid ? shown : undefined;
  return {
    instanceId,
    instance,
    node,
    volumePods,
    since: new Date(since),
    fence: fenceOf(parent, instanceId),
    isReplaced,
  };
};

const carryOut = async ({ compute, cluster }: NodePorts, parent: QuestDBNode, step: RetireStep): Promise<void> => {
  switch (step.step) {
    case 'Cordon':
      return cluster.cordon(step.node);
    case 'Stop':
      return compute.stop(step.instance.instanceId, { force: step.force });
    case 'Evict':
      return cluster.taintRetiring(step.node);
    case 'TakeOutOfService':
      return cluster.taintOutOfService(step.node);
    case 'PutIntoService':
      return cluster.untaintOutOfService(step.node);
    case 'Terminate': {
      const { instanceId } = step.instance;
      await cluster.record(parent, 'Normal', 'InstanceTerminating', `Terminating instance ${instanceId}.`);
      return compute.terminate(instanceId);
    }
    case 'RemoveNode':
      return cluster.deleteNode(step.node);
    case 'AwaitDetach':
    case 'AwaitRelease':
    case 'AwaitTerminated':
    case 'AwaitVisible':
    case 'Fence':
    case 'Done':
      return;
  }
};

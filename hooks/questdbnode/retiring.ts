import { OWNER_UID } from '../api/labels.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../api/generated/questdbnodeclass.ts';
import { fenceOf, unreachableMilliseconds } from './loss.ts';
import type { Fence, Replaced } from './memory.ts';
import { nodeOf, type ClusterNode } from './cluster-node.ts';
import { isEnding, type Observed } from './observe.ts';
import type { NodePorts } from './ports.ts';
import { Refusal, RetryLater } from '../metacontroller/errors.ts';
import { retireStory, type Story } from './retire-story.ts';
import { planRetirement, type RetireStep, type Retiree } from './retire.ts';

/** What is left to retire, what it waits for, and what has to be written down before it can go on. */
export type Retiring = {
  left: readonly Replaced[];
  fence: Fence | undefined;
  /** The reason and the sentence of the first that is left. */
  story: Story | undefined;
  /** EC2 or the API server refused what was asked for it. */
  isRefused: boolean;
};

/** Nothing retires. */
export const NOTHING_RETIRES: Retiring = { left: [], fence: undefined, story: undefined, isRefused: false };

/** Brings each instance that was replaced one step closer to its end, but for one that was taken back. */
export const retireReplaced = async (
  ports: NodePorts,
  { parent, nodeClass }: Observed,
  adopted: string | undefined,
): Promise<Retiring> => {
  const retiring = (parent.status?.retiring ?? []).filter(({ instanceId }) => instanceId !== adopted);
  if (retiring.length === 0) return NOTHING_RETIRES;
  const nodes = await ports.cluster.nodesOf(parent);
  const ends = await Promise.all(
    retiring.map((replaced) =>
      endOf(() => retireOne(ports, parent, { ...replaced, nodes, nodeClass, isReplaced: true })),
    ),
  );
  const steps = ends.filter((end) => typeof end === 'object');
  const refusal = ends.find((end) => typeof end === 'string');
  const unfinished = steps.find(({ step }) => step !== 'Done');
  return {
    left: retiring.filter((_, index) => !isDone(ends[index])),
    fence: fenceIn(steps),
    story: refusal === undefined ? storyOf(unfinished) : ['CallRefused', refusal],
    isRefused: refusal !== undefined,
  };
};

const isDone = (end: End): boolean => typeof end === 'object' && end.step === 'Done';

const storyOf = (step: RetireStep | undefined): Story | undefined =>
  step === undefined ? undefined : retireStory(step);

/** Where an instance stands after its step; a sentence where that was refused, undefined where it is tried again. */
type End = RetireStep | string | undefined;

/** The end of an old machine holds nothing up: what took its place must be written down, whatever becomes of this. */
const endOf = async (retire: () => Promise<RetireStep>): Promise<End> => {
  try {
    return await retire();
  } catch (error) {
    if (error instanceof RetryLater) return undefined;
    if (error instanceof Refusal) return error.message;
    throw error;
  }
};

const fenceIn = (steps: readonly RetireStep[]): Fence | undefined => steps.find((step) => step.step === 'Fence')?.fence;

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

const planOne = async (ports: NodePorts, parent: QuestDBNode, target: ToRetire): Promise<RetireStep> => {
  const retiree = await lookAt(ports, parent, target);
  if (isForeign(retiree, parent)) return { step: 'Done' };
  return planRetirement(retiree, {
    now: ports.now(),
    visibilitySeconds: ports.timing.visibilitySeconds,
    unreachableMilliseconds: unreachableMilliseconds(target.nodeClass),
    forceStopSeconds: ports.timing.forceStopSeconds,
  });
};

const lookAt = async (
  { compute, cluster }: NodePorts,
  parent: QuestDBNode,
  { instanceId, since, nodes, isReplaced }: ToRetire,
): Promise<Retiree> => {
  const node = nodeOf(nodes, instanceId);
  const volumePods = node === undefined ? [] : await cluster.volumePodsOn(node.metadata.name);
  // Last: what it shows is as new as can be when the instance is terminated.
  const instance = await compute.describe(instanceId);
  const fenced = parent.status?.fence;
  return {
    instanceId,
    instance,
    node,
    volumePods,
    since: new Date(since),
    fence: fenceOf(parent, instanceId),
    mayFence: fenced === undefined || fenced.instanceId === instanceId || !isKnown(parent, fenced.instanceId),
    isReplaced,
  };
};

/** Whether the object still has to do with that machine. */
const isKnown = ({ status }: QuestDBNode, instanceId: string): boolean =>
  status?.instanceId === instanceId || (status?.retiring ?? []).some((replaced) => replaced.instanceId === instanceId);

/** An instance that does not carry this object's uid is not its to end, whatever the status says. */
const isForeign = ({ instance }: Retiree, { metadata }: QuestDBNode): boolean =>
  instance !== undefined && !isEnding(instance.state) && instance.tags[OWNER_UID] !== metadata.uid;

const carryOut = async ({ compute, cluster }: NodePorts, parent: QuestDBNode, step: RetireStep): Promise<void> => {
  switch (step.step) {
    case 'Cordon':
      return cluster.cordon(step.node);
    case 'Stop': {
      const { instanceId } = step.instance;
      await compute.stop(instanceId, { force: step.force });
      const message = `Instance ${instanceId} is ${step.force ? 'forced to stop' : 'stopped'}, so that its data volume is let go.`;
      return cluster.record(parent, 'Warning', 'InstanceStopped', message);
    }
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

import { conditionOf } from '../api/conditions.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { podName, type NodeNeed } from '../api/names.ts';
import { fitsInto } from '../api/quantity.ts';
import { hasSpoken, isReady, type Observed } from './observe.ts';
import { isSettled, placementOf } from './statefulset.ts';
import { stopStory } from './pod.ts';
import type { Placement, PodSources } from './pod-input.ts';
import { requestsFrom } from './requests.ts';
import { refuse, type DatabasePlan } from './steps.ts';
import { asWanted, newNode, noNodeClass, rightNode, type Wish } from './wish.ts';
import { isStopped } from './whereabouts.ts';
import { zonesStory, zonesOf, type WantedInstance } from './zones.ts';

/**
 * The way to an instance that is right. Nothing but what is observed says how far it has come, so a wish that changes on the way, or goes back,
 * is followed from wherever that finds things.
 */
export const planReplacement = (
  observed: Observed,
  wish: Wish,
  { replacement }: WantedInstance,
  sources: PodSources,
): DatabasePlan => {
  const node = rightNode(observed, wish);
  const placement = node === undefined ? undefined : placementOn(observed, node);
  if (node !== undefined && placement !== undefined) {
    return { step: 'Serve', target: asWanted(node), placement, ...sources };
  }
  const makeRoom =
    replacement === 'Recreate' ? (unmakeable(observed, wish, node) ?? planRoom(observed, wish, node)) : undefined;
  return makeRoom ?? awaitNode(observed, wish, node);
};

/**
 * Where the pod goes. Once it is on the wanted node it stays there, Ready or not: there is no better place. Before that the node must be Ready,
 * so that nothing moves too early.
 */
const placementOn = (observed: Observed, node: QuestDBNode): Placement | undefined => {
  const allocatable = node.status?.allocatable;
  const current = placementThere(observed, node);
  if (current !== undefined)
    return isForAnotherSize(observed, current, allocatable) ? placed(node, allocatable) : current;
  return isReady(node) ? placed(node, allocatable) : undefined;
};

type OwnNode = Extract<Placement, { on: 'OwnNode' }>;
type Allocatable = NonNullable<QuestDBNode['status']>['allocatable'];

const placed = ({ metadata }: QuestDBNode, allocatable: Allocatable): OwnNode | undefined =>
  allocatable === undefined ? undefined : { on: 'OwnNode', nodeUid: metadata.uid, requests: requestsFrom(allocatable) };

const placementThere = ({ statefulSet }: Observed, { metadata }: QuestDBNode): OwnNode | undefined => {
  const current = statefulSet === undefined ? undefined : placementOf(statefulSet);
  return current?.on === 'OwnNode' && current.nodeUid === metadata.uid ? current : undefined;
};

/** A pod that does not run, and asks for more than its Node says it has, would wait for ever. One that runs is let alone. */
const isForAnotherSize = ({ statefulSet }: Observed, { requests }: OwnNode, allocatable: Allocatable): boolean =>
  allocatable !== undefined && statefulSet !== undefined && !isSettled(statefulSet) && !fitsInto(requests, allocatable);

/** Recreate gives the old instance up first: not for one of which it is known that it cannot be made. */
const unmakeable = (observed: Observed, { need }: Wish, node: QuestDBNode | undefined): DatabasePlan | undefined => {
  const { statefulSet, nodeClass } = observed;
  if (node !== undefined || statefulSet === undefined) return undefined;
  if (nodeClass === undefined) return noNodeClass(need.className);
  const zones = zonesOf(observed);
  return zones.includes(need.zone)
    ? undefined
    : refuse(
        'ZoneNotInNodeClass',
        `QuestDBNodeClass "${need.className}" has no subnet in ${need.zone}, where the database's volume is. It has: ${zones.join(', ')}. The database stays where it is.`,
      );
};

/** Recreate: what must be gone before the node is made, or gets the capacity it waits for. A database that never ran has nothing to stop. */
const planRoom = (observed: Observed, { need }: Wish, node: QuestDBNode | undefined): DatabasePlan | undefined => {
  const { statefulSet, pod, nodes, dyingNodes, identity } = observed;
  if (statefulSet === undefined) return undefined;
  const target = node === undefined ? undefined : asWanted(node);
  if (!isStopped(statefulSet) || pod !== undefined) {
    const message = stopStory(podName(identity.database), pod);
    return { step: 'StopPod', target, need, reason: 'PodStopping', message };
  }
  const others = [...nodes, ...dyingNodes].filter((other) => other !== node);
  return others.length === 0
    ? undefined
    : { step: 'RetireNodes', target, need, reason: 'NodeRetiring', message: retireStory(others) };
};

/** What a stopped database waits for whose instances are given up. */
export const retireStory = (nodes: readonly QuestDBNode[]): string => {
  const names = nodes.map(({ metadata }) => `"${metadata.name}"`).join(', ');
  const said = nodes
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
    .map(({ status }) => conditionOf(status?.conditions, 'Ready'))
    // Until its hook has seen the deletion it still says what it said before.
    .find((ready) => ready?.status === 'False')?.message;
  return `The database is stopped. Waiting for QuestDBNode ${names} to be gone${said === undefined ? '.' : `: ${said}`}`;
};

const awaitNode = (observed: Observed, wish: Wish, node: QuestDBNode | undefined): DatabasePlan => {
  const { reason, message } = node === undefined ? creation(observed, wish) : storyOf(node);
  const target = node === undefined ? newNode(observed, wish) : asWanted(node);
  return { step: 'AwaitNode', target, reason, message: `${message}${zonesStory(observed)}` };
};

type Story = { reason: string; message: string };

const creation = (observed: Observed, wish: Wish): Story => {
  const { name, need } = newNode(observed, wish);
  return creationOf(name, need);
};

const creationOf = (name: string, { instanceType, zone }: Pick<NodeNeed, 'instanceType' | 'zone'>): Story => ({
  reason: 'NodeCreating',
  message: `QuestDBNode "${name}" is made: one ${instanceType} in ${zone}.`,
});

/** That the first launch is about to be asked for is no news: the story is the same from the QuestDBNode's creation to its instance. */
const storyOf = (node: QuestDBNode): Story => {
  const { metadata, spec, status } = node;
  const said = conditionOf(status?.conditions, 'Ready');
  if (said === undefined || (said.reason === 'LaunchDecided' && status?.launch?.attempt === 1)) {
    return creationOf(metadata.name, spec);
  }
  return hasSpoken(node)
    ? { reason: said.reason, message: said.message }
    : { reason: 'NodeCreating', message: `Waiting for QuestDBNode "${metadata.name}" to be looked at.` };
};

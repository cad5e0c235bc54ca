import { conditionOf, fails, holds, type Finding } from '../api/conditions.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { NodeNeed } from '../api/names.ts';
import type { Observed } from './observe.ts';
import { isSettled, replicasOf } from './statefulset.ts';
import { isServedAsPlanned } from './served.ts';
import type { DatabasePlan, ServePlan } from './steps.ts';
import { flawOf, wishOf, type Flaw } from './wish.ts';
import { placedNode } from './whereabouts.ts';

/** A database that runs, or ran, on its way to another instance. */
type Move = {
  /** The step it waits for. */
  reason: 'WaitingForNode' | 'PodStopping' | 'NodeRetiring' | 'PodMoving';
  need: NodeNeed;
  name: string | undefined;
};

/**
 * Whether the database is on its way to another instance. `ready` is why it is not Ready; while nothing can be decided it is also what the way
 * waits for.
 */
export const replacingFinding = (observed: Observed, plan: DatabasePlan, ready: Finding): Finding => {
  if (plan.step === 'AwaitVolume' || plan.step === 'Refuse') {
    return wasReplacing(observed) ? holds(ready.reason, ready.message) : NOT_REPLACING;
  }
  const move = moveOf(observed, plan);
  if (move === undefined) return NOT_REPLACING;
  const meanwhile = move.reason === 'WaitingForNode' ? meanwhileOf(observed) : '';
  return holds(move.reason, `${storyOf(observed, move)} ${ready.message}${meanwhile}`);
};

const meanwhileOf = ({ statefulSet }: Observed): string => {
  if (statefulSet === undefined) return '';
  if (replicasOf(statefulSet) === 0) return ' It is stopped meanwhile.';
  return isSettled(statefulSet) ? ' It is served from the old one meanwhile.' : '';
};

const NOT_REPLACING = fails('NotReplacing', 'The database is not on its way to another instance.');

export const wasReplacing = ({ database }: Observed): boolean =>
  conditionOf(database.status?.conditions, 'Replacing')?.status === 'True';

/** What is under way, without what it waits for: the same from its first to its last step, as far as that can be seen. */
export const replacementStory = (observed: Observed, plan: DatabasePlan): string | undefined => {
  const move = moveOf(observed, plan);
  return move === undefined ? undefined : storyOf(observed, move);
};

/** Only what runs can move: the first instance of a database replaces none. */
const moveOf = (observed: Observed, plan: DatabasePlan): Move | undefined => {
  const { statefulSet, database } = observed;
  if (statefulSet === undefined || database.spec.node === undefined) return undefined;
  // A database that is started after it was suspended comes from no instance.
  if (replicasOf(statefulSet) === 0 && placedNode(observed) === undefined && !wasReplacing(observed)) return undefined;
  switch (plan.step) {
    case 'AwaitVolume':
    case 'Refuse':
    case 'Suspend':
      return undefined;
    case 'AwaitNode':
      return { reason: 'WaitingForNode', need: plan.target.need, name: plan.target.name };
    case 'StopPod':
    case 'RetireNodes':
      return { reason: plan.reason, need: plan.need, name: plan.target?.name };
    case 'Serve':
      return plan.target !== undefined && isMoving(observed, plan)
        ? { reason: 'PodMoving', need: plan.target.need, name: plan.target.name }
        : undefined;
  }
};

/** The template is changed at once; after that only status remembers that the pod comes from elsewhere, until it is ready. */
const isMoving = (observed: Observed, plan: ServePlan): boolean =>
  placedNode(observed)?.metadata.name !== plan.target?.name ||
  (wasReplacing(observed) && !isServedAsPlanned(observed, plan));

const storyOf = (observed: Observed, { need, name }: Move): string => {
  const from = originOf(observed, name);
  const to = describe(need, name);
  return from === undefined
    ? `The database is on its way to ${to}.`
    : `The database moves from ${describeNode(from)} to ${to}: ${whyOf(observed, from)}.`;
};

/** Where it comes from: the node the pod is placed on; once that is the target, the oldest other one. */
const originOf = (observed: Observed, target: string | undefined): QuestDBNode | undefined => {
  const placed = placedNode(observed);
  const isOther = ({ metadata }: QuestDBNode): boolean => metadata.name !== target;
  return placed !== undefined && isOther(placed) ? placed : [...observed.nodes, ...observed.dyingNodes].find(isOther);
};

export const describeNode = ({ metadata, spec, status }: QuestDBNode): string =>
  describe(spec, metadata.name, status?.instanceId);

const describe = ({ instanceType, zone }: NodeNeed, name: string | undefined, instanceId?: string): string => {
  const what = [`${instanceType} in ${zone}`, ...(instanceId === undefined ? [] : [instanceId])].join(', ');
  return name === undefined ? `one ${what}` : `QuestDBNode "${name}" (${what})`;
};

const WHY: Readonly<Record<Exclude<Flaw, 'Disrupted'>, string>> = {
  Need: 'spec.node asks for another instance',
  Token: 'the annotation questdb-fleet.dev/replace-node asks for a fresh machine',
  Deleted: 'its QuestDBNode is being deleted',
};

const whyOf = (observed: Observed, node: QuestDBNode): string => {
  const { node: wanted } = observed.database.spec;
  const wish = wanted === undefined ? undefined : wishOf(observed, wanted);
  const flaw = wish === undefined || 'step' in wish ? undefined : flawOf(node, wish);
  if (flaw === 'Disrupted') return disruptionOf(node);
  return flaw === undefined ? 'it is not the one that is wanted any more' : WHY[flaw];
};

const DISRUPTIONS: Readonly<Record<string, string>> = {
  Cordoned: 'its Node is cordoned',
  InstanceImpaired: 'its instance is impaired',
  NodeDeleting: 'its Node is being deleted',
};

const disruptionOf = ({ status }: QuestDBNode): string => {
  const reason = conditionOf(status?.conditions, 'DisruptionTarget')?.reason ?? '';
  return DISRUPTIONS[reason] ?? `it asks to be left (${reason})`;
};

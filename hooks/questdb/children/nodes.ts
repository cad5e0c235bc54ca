import type { QuestDBNode } from '../../api/generated/questdbnode.ts';
import type { Observed } from '../observe.ts';
import { isServedAsPlanned } from '../served.ts';
import type { DatabasePlan, WantedNode } from '../steps.ts';
import { asWanted } from '../wish.ts';
import { placedNode } from '../whereabouts.ts';

/**
 * The nodes that the plan names. A node that is not named is retired: so whoever waits or refuses names all there are, and a third one, from a
 * wish that was given up, is named by nobody.
 */
export const nodesFor = (observed: Observed, plan: DatabasePlan): WantedNode[] => {
  switch (plan.step) {
    case 'AwaitVolume':
    case 'Refuse':
      return observed.nodes.map(asWanted);
    case 'RetireNodes':
      return listed(plan.target);
    case 'Suspend':
      return plan.reason === 'PodStopping' ? observed.nodes.map(asWanted) : [];
    case 'Serve':
      return isServedAsPlanned(observed, plan) ? listed(plan.target) : onTheWay(observed, plan.target);
    case 'AwaitNode':
    case 'StopPod':
      return onTheWay(observed, plan.target);
  }
};

/** The nodes that are there, not being deleted, and not named by the plan. */
export const leftOut = (observed: Observed, plan: DatabasePlan): QuestDBNode[] => {
  const named = new Set(nodesFor(observed, plan).map(({ name }) => name));
  return observed.nodes.filter(({ metadata }) => !named.has(metadata.name));
};

/**
 * The target and the one the pod is placed on. Once that is the target, the one it comes from is kept until the pod is ready: of those that
 * are left it is the oldest, for what was given up on the way was made later.
 */
const onTheWay = (observed: Observed, target: WantedNode | undefined): WantedNode[] => {
  const { nodes } = observed;
  const placed = nodes.find((node) => node === placedNode(observed));
  const isAtTarget = placed !== undefined && placed.metadata.name === target?.name;
  const from = isAtTarget ? nodes.find((node) => node !== placed) : placed;
  return [...(from === undefined ? [] : [asWanted(from)]), ...listed(target)];
};

const listed = (node: WantedNode | undefined): WantedNode[] => (node === undefined ? [] : [node]);

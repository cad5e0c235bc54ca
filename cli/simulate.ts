import { isDeepStrictEqual } from 'node:util';
import type { DesiredObject } from '../hooks/metacontroller/contract.ts';
import { childrenOf } from '../hooks/questdb/children/children.ts';
import { observe, type Facts } from '../hooks/questdb/observe.ts';
import { planNext } from '../hooks/questdb/plan.ts';
import type { DatabasePlan } from '../hooks/questdb/steps.ts';
import { settle, type Assumptions } from './settle.ts';
import { requestOf, type World } from './world.ts';

/** Where a database comes to rest: its children then, and what the hook has left to say. */
export type Outcome = { children: DesiredObject[]; plan: DatabasePlan; world: World };

/** From a change of everything to rest it takes fewer; one that takes more would never come to rest. */
const MOST_PASSES = 20;

/** Calls the hook's own core again and again, as Metacontroller does, in a world where everything succeeds. Nothing is read or written. */
export const simulate = (start: World, facts: Facts, assumptions: Assumptions): Outcome => {
  let world = start;
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const observed = observe(requestOf(world), facts);
    const plan = planNext(observed);
    const children = childrenOf(observed, plan);
    const next = settle(world, children, assumptions);
    if (isDeepStrictEqual(next.children, world.children)) return { children, plan, world };
    world = next;
  }
  throw new Error('this database does not come to rest; please report the manifest');
};

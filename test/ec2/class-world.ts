import { expect } from 'vitest';
import { conditionOf } from '../../hooks/api/conditions.ts';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../../hooks/api/generated/questdbnodeclass.ts';
import type { Instance } from '../../local/ec2/model.ts';
import { nodeClass, nodeSpec } from './objects.ts';
import { openWorld, type World } from './world.ts';

export const NAME = 'orders';

export type ClassSpec = Partial<QuestDBNodeClass['spec']>;

export const object = (world: World): QuestDBNode => world.api.get(NAME);
export const said = (world: World, type: string) => conditionOf(object(world).status?.conditions, type);
export const reason = (world: World, type = 'Ready'): string => said(world, type)?.reason ?? 'none';
export const launches = (world: World): number => world.simulation.calls.RunInstances ?? 0;

export const instanceOf = (world: World): Instance => {
  const [instance, another] = world.instancesOf(object(world).metadata.uid);
  if (instance === undefined || another !== undefined) throw new Error('not one instance');
  return instance;
};

/** A world with that class and one QuestDBNode, at which nobody has looked yet. */
export const opened = (spec: ClassSpec, node: Partial<QuestDBNode['spec']> = {}, seed = 7): World => {
  const world = openWorld(seed);
  world.api.nodeClass = nodeClass(spec);
  world.api.create(NAME, nodeSpec(node));
  return world;
};

export const served = async (spec: ClassSpec = {}, node: Partial<QuestDBNode['spec']> = {}): Promise<World> => {
  const world = opened(spec, node);
  await world.settle();
  expect(world.violations()).toEqual([]);
  return world;
};

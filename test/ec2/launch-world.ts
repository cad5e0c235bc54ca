import { expect } from 'vitest';
import { conditionOf } from '../../hooks/api/conditions.ts';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import { openWorld, type World } from './world.ts';

export const NAME = 'orders';

export const object = (world: World): QuestDBNode => world.api.get(NAME);

export const readiness = (world: World): string => {
  const ready = conditionOf(object(world).status?.conditions, 'Ready');
  return `${ready?.status ?? 'none'} ${ready?.reason ?? ''}`;
};

export const launches = (world: World): number =>
  world.simulation.journal.entries.filter(({ effects }) => effects.some(({ effect }) => effect === 'instance-launched'))
    .length;

/** A world in which the launch is written down and EC2 is asked next. */
export const decided = async (...options: Parameters<typeof openWorld>): Promise<World> => {
  const world = openWorld(...options);
  world.api.create(NAME);
  await world.metacontroller.pass(NAME);
  expect(object(world).status).toMatchObject({ launch: { attempt: 1 } });
  expect(launches(world)).toBe(0);
  return world;
};

/** Goes on undisturbed, and holds what came of it against what must be. */
export const expectOneInstance = async (world: World): Promise<void> => {
  await world.settle();
  expect(launches(world)).toBe(1);
  expect(world.instancesOf(object(world).metadata.uid)).toHaveLength(1);
  expect(world.violations()).toEqual([]);
};

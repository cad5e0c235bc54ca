import { expect } from 'vitest';
import { conditionOf } from '../../hooks/api/conditions.ts';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import { openWorld, type World } from './world.ts';

export const NAME = 'orders';

export type Served = { world: World; uid: string; instanceId: string };

export const object = ({ world }: Served): QuestDBNode => world.api.get(NAME);
export const reason = (served: Served, type = 'Ready'): string | undefined =>
  conditionOf(object(served).status?.conditions, type)?.reason;
export const stateOf = ({ world }: Served, instanceId: string): string | undefined => {
  world.simulation.present(() => undefined);
  return world.simulation.account.instances[instanceId]?.state;
};
export const calls = ({ world }: Served, action: string): number => world.simulation.calls[action] ?? 0;

/** A world with a Ready QuestDBNode. */
export const served = async (...options: Parameters<typeof openWorld>): Promise<Served> => {
  const world = openWorld(...options);
  const { uid } = world.api.create(NAME).metadata;
  await world.settle();
  return { world, uid, instanceId: world.instancesOf(uid)[0]?.id ?? '' };
};

/** Goes on undisturbed until another instance serves, and nothing else is left. */
export const expectReplaced = async (before: Served): Promise<void> => {
  const { world, uid, instanceId } = before;
  await world.settle();
  const [instance, ...others] = world.instancesOf(uid);
  expect(others).toEqual([]);
  expect(instance?.id).not.toBe(instanceId);
  expect(object(before).status).toMatchObject({ instanceId: instance?.id, launch: { attempt: 2 } });
  await world.settle(() => object(before).status?.retiring === undefined);
  expect(object(before).status?.fence).toBeUndefined();
  expect(stateOf(before, instanceId)).toMatch(/terminated|undefined/);
  expect([...world.api.nodes.values()].map(({ spec }) => spec?.providerID)).toEqual([
    expect.stringContaining(instance?.id ?? '?'),
  ]);
  expect(world.violations()).toEqual([]);
};

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionOf } from '../../hooks/api/conditions.ts';
import { REPLACE_NODE, REPLACEMENT } from '../../hooks/api/labels.ts';
import { shortHash } from '../../hooks/api/names.ts';
import { replicasOf } from '../../hooks/questdb/statefulset.ts';
import { comeToRest, play, schedules } from './replacement-schedule.ts';
import { nodesOf, openWorld, placeOf, statefulSetOf, type World } from './replacement-world.ts';

/** MOVES_SEED=<number> plays the same schedules again. */
const SEED = Number(process.env.MOVES_SEED ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = 200;

const storyOf = ({ parent, violations }: World): string =>
  [
    ...violations,
    ...(parent.status?.conditions ?? []).map(
      ({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`,
    ),
  ].join('\n');

/** All is as it is wanted, and nothing is left of what was wanted before. */
const expectOneRightNode = (world: World): void => {
  const { parent, pod, cordoned } = world;
  const [node, ...others] = nodesOf(world);
  if (node === undefined) return expect.fail(storyOf(world));
  const asked = parent.metadata.annotations?.[REPLACE_NODE];
  expect(others, storyOf(world)).toEqual([]);
  expect(node.spec.instanceType).toBe(parent.spec.node?.instanceType);
  expect(cordoned.has(node.metadata.uid)).toBe(false);
  if (asked !== undefined) expect(node.metadata.annotations?.[REPLACEMENT]).toBe(shortHash([asked]));
  const set = statefulSetOf(world);
  expect(set === undefined ? 0 : replicasOf(set)).toBe(1);
  expect([placeOf(set), placeOf(pod)]).toEqual([node.metadata.uid, node.metadata.uid]);
  expect(parent.status?.node?.name).toBe(node.metadata.name);
  const said = ['Ready', 'Replacing', 'Stalled'].map((type) => conditionOf(parent.status?.conditions, type)?.status);
  expect(said, storyOf(world)).toEqual(['True', 'False', 'False']);
};

describe(`a database on its way between instances (MOVES_SEED=${SEED})`, () => {
  it('never loses the node its pod is on, and comes to rest on the one that is right', () =>
    fc.assert(
      fc.asyncProperty(schedules(), async (schedule) => {
        const world = openWorld();
        await play(world, schedule);
        expect(await comeToRest(world), storyOf(world)).toBe(true);
        expect(world.violations).toEqual([]);
        expectOneRightNode(world);
      }),
      { numRuns: RUNS, seed: SEED },
    ));
});

import fc from 'fast-check';
import { expect } from 'vitest';
import { schedulesOf } from './schedule-steps.ts';
import { violationsOf } from './schedule.ts';

const BATCHES = 4;
const SCHEDULES_IN_A_BATCH = 250;

/** The environment variable SEED plays the batch of that seed again; each test says its own in its name. */
const replayed = process.env.SEED;

/** Seeds of the batches of one file. */
export const seeds: number[] =
  replayed === undefined
    ? Array.from({ length: BATCHES }, () => Math.floor(Math.random() * 2 ** 31))
    : [Number(replayed)];

/** Runs a batch of random schedules; a failure shows the smallest one that fails. */
export const expectSchedulesToHold = (names: readonly [string, ...string[]], seed: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(schedulesOf(names), async (schedule) => {
      expect(await violationsOf(schedule)).toEqual([]);
    }),
    { numRuns: SCHEDULES_IN_A_BATCH, seed },
  );

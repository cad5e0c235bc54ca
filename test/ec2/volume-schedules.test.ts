import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenBy } from './volume-schedule.ts';
import { volumeSchedules } from './volume-steps.ts';

const BATCHES = 4;
const SCHEDULES_IN_A_BATCH = 600;

/** The environment variable VOLUMES_SEED plays the batch of that seed again; each test says its own in its name. */
const replayed = process.env.VOLUMES_SEED;

const seeds: number[] =
  replayed === undefined
    ? Array.from({ length: BATCHES }, () => Math.floor(Math.random() * 2 ** 31))
    : [Number(replayed)];

describe('two databases and their volumes, whatever happens', () => {
  it.each(seeds)(
    'no data is lost, none is made twice, and each has what it asks for in the end (VOLUMES_SEED=%d)',
    (seed) =>
      fc.assert(
        fc.asyncProperty(volumeSchedules, async (schedule) => {
          expect(await brokenBy(schedule)).toEqual([]);
        }),
        { numRuns: SCHEDULES_IN_A_BATCH, seed },
      ),
  );
});

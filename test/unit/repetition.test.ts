import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { repeat } from '../../hooks/repetition.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

/** A repetition each 100 s, what it did, and the end of each run where it is not over at once. */
const begin = (random: () => number, work: (signal: AbortSignal) => Promise<void> = () => Promise.resolve()) => {
  const runs: AbortSignal[] = [];
  const errors: unknown[] = [];
  const end = repeat({
    everySeconds: 100,
    work: (signal) => {
      runs.push(signal);
      return work(signal);
    },
    onError: (error) => errors.push(error),
    random,
  });
  return { runs, errors, end };
};

describe('a repetition', () => {
  it.each([
    [0.25, 25, 90],
    [0.5, 50, 100],
    [0.75, 75, 110],
  ])('with %d by chance runs first after %d s, then each %d s', async (chance, first, then) => {
    const { runs, end } = begin(() => chance);
    await pass(first - 0.001);
    expect(runs).toHaveLength(0);
    await pass(0.001);
    expect(runs).toHaveLength(1);
    await pass(then - 0.001);
    expect(runs).toHaveLength(1);
    await pass(0.001);
    expect(runs).toHaveLength(2);
    await pass(then * 3);
    expect(runs).toHaveLength(5);
    end();
  });

  it('waits for a run that takes longer than the time, and counts from its end', async () => {
    let finish: () => void = () => undefined;
    const { runs, end } = begin(
      () => 0.5,
      () => new Promise<void>((resolve) => (finish = resolve)),
    );
    await pass(500);
    expect(runs).toHaveLength(1);
    finish();
    await pass(99.999);
    expect(runs).toHaveLength(1);
    await pass(0.001);
    expect(runs).toHaveLength(2);
    end();
  });

  it('tells of a failure and goes on', async () => {
    const { runs, errors, end } = begin(
      () => 0.5,
      () => Promise.reject(new Error('no')),
    );
    await pass(260);
    expect(runs).toHaveLength(3);
    expect(errors).toEqual([new Error('no'), new Error('no'), new Error('no')]);
    end();
  });

  it('that is ended while it waits runs no more, and leaves no timer', async () => {
    const { runs, end } = begin(() => 0.5);
    await pass(60);
    end();
    expect(vi.getTimerCount()).toBe(0);
    await pass(1000);
    expect(runs).toHaveLength(1);
  });

  it('that is ended while it runs says so to the run, and does not begin another', async () => {
    let finish: () => void = () => undefined;
    const { runs, end } = begin(
      () => 0.5,
      () => new Promise<void>((resolve) => (finish = resolve)),
    );
    await pass(50);
    expect(runs[0]?.aborted).toBe(false);
    end();
    expect(runs[0]?.aborted).toBe(true);
    finish();
    await pass(1000);
    expect(runs).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes its chances from 0 to 1 when it is given none', async () => {
    const runs: number[] = [];
    const end = repeat({
      everySeconds: 100,
      work: () => Promise.resolve(void runs.push(Date.now())),
      onError: () => undefined,
    });
    await pass(100);
    expect(runs.length).toBeGreaterThanOrEqual(1);
    await pass(900);
    expect(runs.length).toBeGreaterThanOrEqual(8);
    expect(runs.length).toBeLessThanOrEqual(13);
    end();
  });
});

import { setTimeout as sleep } from 'node:timers/promises';

const INTERVAL_MS = 250;

/** Repeats an assertion until it holds; after the deadline it fails with what it said last. */
export const eventually = async <T>(assertion: () => T | Promise<T>, seconds = 60): Promise<T> => {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(INTERVAL_MS);
    }
  }
};

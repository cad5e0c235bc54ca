import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 20_000;

/** Repeats an assertion until it holds; fails with what it said last. */
export const eventually = async <T>(assertion: () => T | Promise<T>, patienceMs = PATIENCE_MS): Promise<T> => {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
};

import { setTimeout as delay } from 'node:timers/promises';

/** Waits, and ends early, without a throw, when `signal` aborts. */
export const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
};

/** Whether `signal` has aborted by now: asked again after each await, which the type checker would not expect. */
export const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** Runs `work` now and then again and again, `every` ms after it ended, until `signal` aborts. A failure is told and does not end it. */
export const repeat = async (
  every: number,
  signal: AbortSignal,
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
): Promise<void> => {
  while (!isAborted(signal)) {
    try {
      await work();
    } catch (error) {
      if (!isAborted(signal)) onError(error);
    }
    await pause(every, signal);
  }
};

/**
 * Calls `attempt` until it succeeds, `every` ms apart; undefined when `signal` aborts first. Each failure is told.
 */
export const insist = async <T>(
  every: number,
  signal: AbortSignal,
  attempt: () => Promise<T>,
  onError: (error: unknown) => void,
): Promise<T | undefined> => {
  while (!isAborted(signal)) {
    try {
      return await attempt();
    } catch (error) {
      if (isAborted(signal)) return undefined;
      onError(error);
    }
    await pause(every, signal);
  }
  return undefined;
};

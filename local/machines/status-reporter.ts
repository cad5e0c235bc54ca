import { pause } from './repeat.ts';

/** Sends something that changes often: the newest value, one at a time, again after a failure. */
export type Reporter = {
  /** There is something new to send. */
  changed: () => void;
  /** Resolves when all that was new is sent, or reporting has ended. */
  flush: () => Promise<void>;
};

const RETRY_MS = 1000;

/** A reporter that calls `send` after changes, until `signal` aborts; failures are told and tried again. */
export const reporter = (
  send: () => Promise<void>,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Reporter => {
  let isDirty = false;
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (isDirty && !signal.aborted) {
      isDirty = false;
      try {
        await send();
      } catch (error) {
        onError(error);
        isDirty = true;
        await pause(RETRY_MS, signal);
      }
    }
    running = undefined;
  };
  const changed = (): void => {
    isDirty = true;
    // Changes that come together are sent together.
    running ??= Promise.resolve().then(run);
  };
  return {
    changed,
    flush: async () => {
      while (running !== undefined) await running;
    },
  };
};

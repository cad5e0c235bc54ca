import { createBackOff, type BackOff } from './back-off.ts';

/** Keys to work on. A key is worked on by one worker at a time, and what is added meanwhile is one more turn. */
export type Workqueue = {
  /** Starts to work; what was added before waits for it. */
  open: () => void;
  add: (key: string) => void;
  /** After a time; of two waits for one key the sooner holds. */
  addAfter: (key: string, milliseconds: number) => void;
  addRateLimited: (key: string) => void;
  forget: (key: string) => void;
  /** Ends: nothing more is taken; resolves when what is being worked on is done. */
  close: () => Promise<void>;
};

/** Longer than a timer of Node can be (24.8 days) is not asked for, but would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Adds keys later; of two waits for one key the sooner holds. */
const createWaits = (add: (key: string) => void) => {
  const waiting = new Map<string, { due: number; timer: NodeJS.Timeout }>();
  let cleared = false;
  const addAfter = (key: string, milliseconds: number): void => {
    if (cleared) return;
    if (!(milliseconds > 0)) {
      add(key);
      return;
    }
    const due = Date.now() + milliseconds;
    const earlier = waiting.get(key);
    if (earlier !== undefined && earlier.due <= due) return;
    clearTimeout(earlier?.timer);
    const end = (): void => {
      waiting.delete(key);
      add(key);
    };
    waiting.set(key, { due, timer: setTimeout(end, Math.min(milliseconds, LONGEST_TIMER_MS)) });
  };
  const clear = (): void => {
    cleared = true;
    for (const { timer } of waiting.values()) clearTimeout(timer);
    waiting.clear();
  };
  return { addAfter, clear };
};

/** A queue for `workers` workers that call `work` for each key, once it is open; `work` settles its own errors. */
export const createWorkqueue = (
  workers: number,
  work: (key: string) => Promise<void>,
  backOff: BackOff = createBackOff(),
): Workqueue => {
  const ready = new Set<string>();
  const active = new Map<string, Promise<void>>();
  let open = false;
  let closed = false;

  const next = (): string | undefined => {
    for (const key of ready) if (!active.has(key)) return key;
    return undefined;
  };
  const pump = (): void => {
    while (open && !closed && active.size < workers) {
      const key = next();
      if (key === undefined) return;
      ready.delete(key);
      active.set(
        key,
        work(key).finally(() => {
          active.delete(key);
          pump();
        }),
      );
    }
  };
  const add = (key: string): void => {
    if (closed) return;
    ready.add(key);
    pump();
  };
  const waits = createWaits(add);

  return {
    open: () => {
      open = true;
      pump();
    },
    add,
    addAfter: waits.addAfter,
    addRateLimited: (key) => waits.addAfter(key, backOff.next(key)),
    forget: (key) => backOff.forget(key),
    close: async () => {
      closed = true;
      waits.clear();
      await Promise.allSettled(active.values());
    },
  };
};

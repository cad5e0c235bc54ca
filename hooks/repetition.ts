/** Work that is done again and again, beside the calls. */
export type Repetition = {
  /** From the end of one run to the beginning of the next, on average. */
  everySeconds: number;
  /** `signal` aborts when no more is to be begun. */
  work: (signal: AbortSignal) => Promise<void>;
  /** Told of each run that failed; the next one comes in its time. */
  onError: (error: unknown) => void;
  /** From 0 to 1. */
  random?: () => number;
};

/** How far a wait is from the average at most, as a part of it. */
const JITTER = 0.2;

/**
 * Begins a repetition; what it returns ends it. Runs never overlap. The first one comes after a random part of the time, and each wait
 * differs, so that processes that start together do not go on together.
 */
export const repeat = ({ everySeconds, work, onError, random = Math.random }: Repetition): (() => void) => {
  const ending = new AbortController();
  const { signal } = ending;
  let timer: NodeJS.Timeout;

  const run = async (): Promise<void> => {
    try {
      await work(signal);
    } catch (error) {
      onError(error);
    }
    runAfter(1 + JITTER * (2 * random() - 1));
  };
  const runAfter = (part: number): void => {
    if (!signal.aborted) timer = setTimeout(() => void run(), everySeconds * part * 1000);
  };

  runAfter(random());
  return () => {
    ending.abort();
    clearTimeout(timer);
  };
};

/** How long a key that failed waits: Kubernetes' default rate limiter of controllers. */
export type BackOff = {
  /** The next wait in milliseconds, counting this call as one more failure. */
  next: (key: string) => number;
  forget: (key: string) => void;
};

const FIRST_MS = 5;
const LONGEST_MS = 1_000_000;
/** All keys together: 10 a second, and 100 at once. */
const RATE = { perSecond: 10, burst: 100 };

export const createBackOff = (now: () => number = Date.now): BackOff => {
  const failures = new Map<string, number>();
  let tokens: number = RATE.burst;
  let filledAt = now();

  const waitForToken = (): number => {
    const at = now();
    tokens = Math.min(RATE.burst, tokens + ((at - filledAt) / 1000) * RATE.perSecond) - 1;
    filledAt = at;
    return tokens >= 0 ? 0 : (-tokens / RATE.perSecond) * 1000;
  };

  return {
    next: (key) => {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      return Math.max(Math.min(FIRST_MS * 2 ** count, LONGEST_MS), waitForToken());
    },
    forget: (key) => failures.delete(key),
  };
};

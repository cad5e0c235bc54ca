/** One value read for all: how, and how old it may be. */
export type SharedReadingOptions<T> = {
  read: () => Promise<T>;
  maxAgeSeconds: number;
  now: () => Date;
};

export type SharedReading<T> = (notBefore?: Date) => Promise<T>;

/** A reading that takes longer may hang, and the calls that would wait for it have little time. */
const PATIENCE_MS = 1_000;

/**
 * A reading that all hooks share, so that its cost does not grow with the number of databases. It is at most `maxAgeSeconds` old;
 * with `notBefore` it began at that time or later. Callers that come while a reading that will do for them is under way wait for that one; those it
 * will not do for share the one after it, so that a hundred new databases are not a hundred calls; but nobody waits long for a reading that hangs.
 */
export const sharedReading = <T>({ read, maxAgeSeconds, now }: SharedReadingOptions<T>): SharedReading<T> => {
  type Reading = { startedAt: number; value: Promise<T>; isUnderWay: boolean };
  let latest: Reading | undefined;
  let next: Promise<T> | undefined;

  const start = (): Promise<T> => {
    const reading = { startedAt: now().getTime(), value: read(), isUnderWay: true };
    latest = reading;
    reading.value
      .catch(() => {
        if (latest === reading) latest = undefined;
      })
      .finally(() => {
        reading.isUnderWay = false;
      });
    return reading.value;
  };

  const startAfter = async ({ value }: Reading): Promise<T> => {
    await value.catch(() => undefined);
    next = undefined;
    return start();
  };

  return (notBefore) => {
    const oldest = Math.max(now().getTime() - maxAgeSeconds * 1000, notBefore?.getTime() ?? 0);
    // A time in the future (clocks differ) can never be met: one new reading is the best there is.
    if (latest !== undefined && latest.startedAt >= Math.min(oldest, now().getTime())) return latest.value;
    const isWorthWaiting = latest?.isUnderWay === true && now().getTime() - latest.startedAt < PATIENCE_MS;
    if (latest === undefined || !isWorthWaiting) return start();
    next ??= startAfter(latest);
    return next;
  };
};

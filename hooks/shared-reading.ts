/** One value read for all: how, and how old it may be. */
export type SharedReadingOptions<T> = {
  read: () => Promise<T>;
  maxAgeSeconds: number;
  now: () => Date;
};

export type SharedReading<T> = (notBefore?: Date) => Promise<T>;

/**
 * A reading that all hooks share, so that its cost does not grow with the number of databases. It is at most `maxAgeSeconds` old;
 * with `notBefore` it began at that time or later. Callers that come while a reading that will do for them is under way wait for that one.
 */
export const sharedReading = <T>({ read, maxAgeSeconds, now }: SharedReadingOptions<T>): SharedReading<T> => {
  type Reading = { startedAt: number; value: Promise<T> };
  let latest: Reading | undefined;

  const start = (): Reading => {
    const reading = { startedAt: now().getTime(), value: read() };
    latest = reading;
    reading.value.catch(() => {
      if (latest === reading) latest = undefined;
    });
    return reading;
  };

  return (notBefore) => {
    const oldest = Math.max(now().getTime() - maxAgeSeconds * 1000, notBefore?.getTime() ?? 0);
    // A time in the future (clocks differ) can never be met: one new reading is the best there is.
    const reading = latest !== undefined && latest.startedAt >= Math.min(oldest, now().getTime()) ? latest : start();
    return reading.value;
  };
};

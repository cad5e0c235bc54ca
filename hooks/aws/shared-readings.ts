import { sharedReading, type SharedReading } from '../shared-reading.ts';

/** Values read for all, each by its key: how, and how old they may be. */
export type SharedReadingsOptions<Key, T> = {
  read: (key: Key) => Promise<T>;
  maxAgeSeconds: number;
  now: () => Date;
};

/** A shared reading for each key that is asked for; keys that look the same as JSON are the same. */
export const sharedReadings = <Key, T>({
  read,
  maxAgeSeconds,
  now,
}: SharedReadingsOptions<Key, T>): ((key: Key) => Promise<T>) => {
  const readings = new Map<string, SharedReading<T>>();
  return (key) => {
    const name = JSON.stringify(key);
    const reading = readings.get(name) ?? sharedReading({ read: () => read(key), maxAgeSeconds, now });
    readings.set(name, reading);
    return reading();
  };
};

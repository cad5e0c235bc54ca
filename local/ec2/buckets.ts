/** EC2's token buckets, per account and region: how many calls at once, and how many a second after that. */
const BUCKETS = {
  describe: { size: 100, refill: 20 },
  describeUnfiltered: { size: 50, refill: 10 },
  run: { size: 5, refill: 2 },
  start: { size: 5, refill: 2 },
  stop: { size: 1000, refill: 20 },
  mutate: { size: 50, refill: 5 },
  terminate: { size: 100, refill: 5 },
  tags: { size: 100, refill: 10 },
} as const;

export type BucketClass = keyof typeof BUCKETS;

export type Buckets = {
  /** Takes a token at this virtual time; false when the bucket is empty. */
  take(name: BucketClass, now: number): boolean;
  refill(): void;
};

export const createBuckets = (): Buckets => {
  const levels = new Map<BucketClass, { level: number; at: number }>();
  return {
    take: (name, now) => {
      const { size, refill } = BUCKETS[name];
      const last = levels.get(name) ?? { level: size, at: now };
      const level = Math.min(size, last.level + (Math.max(0, now - last.at) / 1000) * refill);
      levels.set(name, { level: level < 1 ? level : level - 1, at: now });
      return level >= 1;
    },
    refill: () => levels.clear(),
  };
};

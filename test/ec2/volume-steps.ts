import fc from 'fast-check';
import type { VolumePass } from './volume-world.ts';

export const NAMES = ['orders', 'quotes'] as const;
export type Name = (typeof NAMES)[number];

const ACTIONS = ['*', 'CreateTags', 'DescribeVolumes', 'DescribeVolumesModifications', 'ModifyVolume', 'ModifyVolume'];

/** What a user, EC2 or chance does between two passes. */
export type Event =
  | { do: 'create'; name: Name; from: 'nothing' | 'the claim of the other' | 'the volume of the other' }
  | { do: 'delete'; name: Name; data: 'kept' | 'kept, and confirmed' | 'unconfirmed' | 'confirmed' }
  | { do: 'wish'; name: Name; size: string; iops: number | undefined; throughput: number | undefined }
  | {
      do: 'delete by hand';
      name: Name;
      what: 'claim' | 'volume' | 'volume by force' | 'all that is left' | 'questdbvolume';
    }
  | { do: 'take tags off'; name: Name }
  | { do: 'pod'; name: Name; runs: boolean }
  | { do: 'fault'; action: string; when: 'before' | 'after'; code: string; times: number }
  | { do: 'fail modification'; name: Name }
  | { do: 'advance'; seconds: number }
  | { do: 'round' }
  | { do: 'restart' };

export type VolumeStep = Event | ({ do: 'pass'; name: Name } & VolumePass);

export type VolumeSchedule = {
  seed: number;
  modificationVisibilityDelaySeconds: number;
  /** A database that is served; or one that is gone, and of its data only the EBS volume is left. */
  beginning: 'served' | 'left';
  steps: VolumeStep[];
};

const one = fc.constant;
const name = fc.constantFrom(...NAMES, 'orders' as const);

const faultsOf = (when: 'before' | 'after', ...codes: string[]): fc.Arbitrary<Event> =>
  fc.record({
    do: one('fault' as const),
    action: fc.constantFrom(...ACTIONS),
    when: one(when),
    code: fc.constantFrom(...codes),
    times: fc.constantFrom(1, 1, 2),
  });

const step: fc.Arbitrary<VolumeStep> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: one('create' as const),
      name,
      from: fc.constantFrom(
        'nothing' as const,
        'nothing' as const,
        'the claim of the other' as const,
        'the volume of the other' as const,
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: one('delete' as const),
      name,
      data: fc.constantFrom<Extract<Event, { do: 'delete' }>['data']>(
        'kept',
        'kept, and confirmed',
        'unconfirmed',
        'confirmed',
      ),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: one('wish' as const),
      name,
      size: fc.constantFrom('10Gi', '20Gi', '30Gi', '40Gi'),
      iops: fc.constantFrom(undefined, 3000, 4000),
      throughput: fc.constantFrom(undefined, 125, 250),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: one('delete by hand' as const),
      name,
      what: fc.constantFrom<'claim' | 'volume' | 'volume by force' | 'all that is left' | 'questdbvolume'>(
        'claim',
        'volume',
        'volume by force',
        'all that is left',
        'all that is left',
        'all that is left',
        'questdbvolume',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: one('take tags off' as const), name }) },
  { weight: 3, arbitrary: fc.record({ do: one('pod' as const), name, runs: fc.constantFrom(true, true, false) }) },
  {
    weight: 2,
    arbitrary: faultsOf('before', 'RequestLimitExceeded', 'InternalError', 'ConnectionReset', 'UnauthorizedOperation'),
  },
  { weight: 2, arbitrary: faultsOf('after', 'InternalError', 'ConnectionReset') },
  { weight: 1, arbitrary: fc.record({ do: one('fail modification' as const), name }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: one('advance' as const), seconds: fc.constantFrom(1, 5, 15, 60, 400, 3600) }),
  },
  { weight: 8, arbitrary: one({ do: 'round' as const }) },
  { weight: 1, arbitrary: one({ do: 'restart' as const }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: one('pass' as const),
      name,
      behind: fc.constantFrom(0, 0, 0, 0, 1, 2),
      losesAnswer: fc.constantFrom(false, false, false, true),
      crash: fc.oneof(
        { weight: 3, arbitrary: one(undefined) },
        {
          weight: 1,
          arbitrary: fc.record({
            at: fc.integer({ min: 0, max: 14 }),
            when: fc.constantFrom('before' as const, 'after' as const),
          }),
        },
      ),
    }),
  },
);

/** Schedules over two databases, one of which was served at the beginning. */
export const volumeSchedules: fc.Arbitrary<VolumeSchedule> = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  modificationVisibilityDelaySeconds: fc.constantFrom(0, 0, 8),
  beginning: fc.constantFrom('served' as const, 'served' as const, 'left' as const),
  steps: fc.array(step, { minLength: 6, maxLength: 40 }),
});

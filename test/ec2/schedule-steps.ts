import fc from 'fast-check';
import { ZONE } from './objects.ts';
import { TROUBLES, type Trouble } from './troubles.ts';

/** Launches are what goes wrong most expensively. */
const ACTIONS = [
  '*',
  'CreateTags',
  'DescribeImages',
  'DescribeInstances',
  'DescribeInstanceTypeOfferings',
  'DescribeInstanceTypes',
  'ModifyInstanceAttribute',
  'RunInstances',
  'RunInstances',
  'RunInstances',
  'StartInstances',
  'StopInstances',
  'TerminateInstances',
] as const;

const BEFORE = ['RequestLimitExceeded', 'InternalError', 'ConnectionReset', 'UnauthorizedOperation'] as const;
const AFTER = ['RequestLimitExceeded', 'InternalError', 'ConnectionReset'] as const;

/** One subnet, or two of the same zone. */
export const SUBNETS = [
  { zone: ZONE, id: 'subnet-local-a' },
  { zone: ZONE, id: 'subnet-local-a2' },
] as const;

/** Something between two passes of Metacontroller. */
export type Event =
  | { do: 'create'; name: string }
  | { do: 'delete'; name: string }
  | { do: 'advance'; seconds: number }
  | { do: 'fault'; action: (typeof ACTIONS)[number]; when: 'before' | 'after'; code: string; times: number }
  | { do: 'shortage'; available: number }
  | { do: 'addresses'; free: number }
  | { do: 'tags'; name: string; customer: string }
  | { do: 'class'; revision: number }
  | { do: 'restart' }
  | { do: 'trouble'; name: string; what: Trouble }
  | { do: 'relaunch'; name: string; relaunch: 'Allowed' | 'Never' }
  | { do: 'attach'; name: string }
  | { do: 'detach' };

/** One pass, disturbed or not. */
export type PassStep = {
  do: 'pass';
  name: string;
  behind: number;
  losesAnswer: boolean;
  /** An edge of the call at which it crashes, or is held up while other things happen. */
  at: number;
  disturbance: 'none' | 'crash' | 'hold' | 'late';
  meanwhile: (Event | PlainPass)[];
};
type PlainPass = { do: 'plain pass'; name: string };
/** Metacontroller sends a request again that it sent before, and uses the answer. */
type Repeat = { do: 'repeat'; back: number };

export type Step = Event | PassStep | PlainPass | Repeat;

/**
 * What there is when the disturbances begin: an object that is new, or served, or has a data volume; or one of the situations that are
 * hard to come by: a launch whose answer was lost, or a status that speaks of another launch than the one that was made.
 */
type Beginning = 'new' | 'served' | 'in use' | 'unanswered' | 'forked';

/** What a schedule begins with, and what happens then. */
export type Schedule = {
  seed: number;
  visibilityDelaySeconds: number;
  throttling: boolean;
  first: string;
  beginning: Beginning;
  steps: Step[];
};

const one = fc.constant;

const faults = (when: 'before' | 'after', codes: readonly string[]): fc.Arbitrary<Event> =>
  fc.record({
    do: one('fault' as const),
    action: fc.constantFrom(...ACTIONS),
    when: one(when),
    code: fc.constantFrom(...codes),
    times: fc.constantFrom(1, 1, 2, 3),
  });

const events = (name: fc.Arbitrary<string>): fc.Arbitrary<Event> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: one('create' as const), name }) },
    { weight: 2, arbitrary: fc.record({ do: one('delete' as const), name }) },
    { weight: 5, arbitrary: fc.record({ do: one('advance' as const), seconds: fc.constantFrom(1, 5, 15, 40, 400) }) },
    { weight: 3, arbitrary: faults('before', BEFORE) },
    { weight: 3, arbitrary: faults('after', AFTER) },
    { weight: 1, arbitrary: fc.record({ do: one('shortage' as const), available: fc.constantFrom(0, 1) }) },
    { weight: 2, arbitrary: fc.record({ do: one('addresses' as const), free: fc.constantFrom(0, 0, 1) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: one('tags' as const), name, customer: fc.constantFrom('acme', 'globex') }),
    },
    { weight: 3, arbitrary: fc.record({ do: one('class' as const), revision: fc.integer({ min: 0, max: 2 }) }) },
    { weight: 1, arbitrary: fc.record({ do: one('restart' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: one('attach' as const), name }) },
    { weight: 5, arbitrary: fc.record({ do: one('trouble' as const), name, what: fc.constantFrom(...TROUBLES) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: one('relaunch' as const),
        name,
        relaunch: fc.constantFrom('Allowed' as const, 'Allowed' as const, 'Never' as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: one('detach' as const) }) },
  );

const steps = (name: fc.Arbitrary<string>): fc.Arbitrary<Step> => {
  const event = events(name);
  const plainPass: fc.Arbitrary<PlainPass> = fc.record({ do: one('plain pass' as const), name });
  const passStep: fc.Arbitrary<PassStep> = fc.record({
    do: one('pass' as const),
    name,
    behind: fc.constantFrom(0, 0, 0, 1, 2),
    losesAnswer: fc.constantFrom(false, false, false, true),
    at: fc.integer({ min: 0, max: 17 }),
    disturbance: fc.constantFrom('none', 'crash', 'hold', 'late'),
    meanwhile: fc.array(fc.oneof(event, plainPass, plainPass), { maxLength: 3 }),
  });
  const repeat: fc.Arbitrary<Repeat> = fc.record({ do: one('repeat' as const), back: fc.integer({ min: 1, max: 4 }) });
  return fc.oneof(
    { weight: 4, arbitrary: event },
    { weight: 4, arbitrary: plainPass },
    { weight: 4, arbitrary: passStep },
    { weight: 1, arbitrary: repeat },
  );
};

/** Schedules of up to 20 steps over one account and objects of these names, the first of which is there from the beginning. */
export const schedulesOf = (names: readonly [string, ...string[]]): fc.Arbitrary<Schedule> =>
  fc.record({
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    visibilityDelaySeconds: fc.constantFrom(0, 3, 30, 200),
    throttling: fc.boolean(),
    first: one(names[0]),
    beginning: fc.constantFrom<Beginning>('new', 'new', 'served', 'in use', 'unanswered', 'forked'),
    steps: fc.array(steps(fc.constantFrom(...names)), { minLength: 4, maxLength: 20 }),
  });

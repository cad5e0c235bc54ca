import * as fc from 'fast-check';
import type { Condition } from '../../hooks/api/conditions.ts';

/** A name the CRD takes: a Service's, of at most 52 characters. */
export const databaseName = (): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.stringMatching(/^[a-z]([-a-z0-9]{0,12}[a-z0-9])?$/) },
    { weight: 1, arbitrary: fc.stringMatching(/^[a-z][-a-z0-9]{50}[a-z0-9]$/) },
  );

/** What users and their tools write on an object; each key and value can be found again. */
export const MARK = 'marked-by-the-user';
export const userMetadata = (): fc.Arbitrary<{
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}> =>
  fc.record(
    {
      labels: fc.constant({ team: MARK, [`${MARK}/label`]: 'x' }),
      annotations: fc.constant({ note: MARK, 'argocd.argoproj.io/tracking-id': MARK }),
    },
    { requiredKeys: [] },
  );

/** A size the CRD takes. */
export const size = (): fc.Arbitrary<string | number> =>
  fc.oneof(
    fc.constantFrom('1Gi', '1024Mi', '100Gi', '5G', '64Ti', '100000Mi'),
    fc.integer({ min: 1, max: 65536 }).map((gib) => `${gib}Gi`),
    fc.integer({ min: 1073741824, max: 10737418240 }),
  );

/** A condition as a child's own hook may have left it. */
const condition = (type: string, usual: Condition['status'] = 'True'): fc.Arbitrary<Condition> =>
  fc.record({
    type: fc.constant(type),
    status: mostly<Condition['status']>(usual, 'True', 'False', 'Unknown'),
    observedGeneration: mostly(1, 0),
    lastTransitionTime: fc.constantFrom('2026-02-01T08:00:00Z', '2026-02-28T23:59:59Z'),
    reason: fc.constantFrom(
      'Bound',
      'NodeNotJoined',
      'JoinTimeout',
      'LaunchDecided',
      'WaitingForBinding',
      'WaitingForFirstConsumer',
    ),
    message: fc.constantFrom('It is so.', 'It waits.'),
  });

/** Some of these conditions, nearly always as they are when all is well. */
export const conditions = (...types: string[]): fc.Arbitrary<Condition[]> =>
  fc
    .tuple(
      ...types.map((type) =>
        fc.option(condition(type, type === 'Stalled' ? 'False' : 'True'), { nil: undefined, freq: 8 }),
      ),
    )
    .map((some) => some.filter((one) => one !== undefined));

/** Nearly always the usual, so that the later steps are come to as well. */
export const mostly = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(usual, ...others) });

/** The value, or none. */
export const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

/** The times of a check: enough to find what is there, few enough for a run of seconds. */
export const RUNS = { numRuns: 300 };

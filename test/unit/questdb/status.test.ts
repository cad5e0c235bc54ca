import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../hooks/api/conditions.ts';
import type { Facts } from '../../../hooks/questdb/observe.ts';
import { statusOf } from '../../../hooks/questdb/status.ts';
import type { DatabasePlan } from '../../../hooks/questdb/steps.ts';
import { madeAt, stampAfter } from '../../fixtures/clock.ts';
import { condition, LONG_AGO } from '../../fixtures/conditions.ts';
import {
  aDatabase,
  aNode,
  ANSWERED,
  aStatefulSet,
  aVolume,
  observing,
  ON_NODE_INPUT,
  OWN_NODE,
  POD_INPUT,
  SETTLED,
  CONFIG_RUNS,
} from '../../fixtures/questdb.ts';
import { podWith, readyPod, unschedulable } from '../../fixtures/pod.ts';

const SERVE: DatabasePlan = { step: 'Serve', target: undefined, ...POD_INPUT };
const target = { name: 'trades-abcdef01', need: OWN_NODE, token: undefined };
const SERVE_ON_NODE: DatabasePlan = { step: 'Serve', target, ...ON_NODE_INPUT };
const onNode = aDatabase({ spec: { node: OWN_NODE } });
const READY = { status: 'True', reason: 'Ready', message: 'The database answers SQL and accepts writes.' };

type Observed = Parameters<typeof statusOf>[0];
const conditionIn = (observed: Observed, plan: DatabasePlan, type: string): Partial<Condition> => {
  const { status, reason, message } =
    statusOf(observed, plan).conditions?.find((candidate) => candidate.type === type) ?? ({} as Partial<Condition>);
  return { status, reason, message } as Partial<Condition>;
};
/** A database on any node whose StatefulSet is settled. */
const serving = (facts: Partial<Facts> = {}, before: Condition[] = [], volume = aVolume()): Observed => {
  const database = aDatabase({ status: { conditions: before } });
  return observing(database, [volume, aStatefulSet(database)], { probe: ANSWERED, ...facts });
};
const readyOf = (observed: Observed, plan: DatabasePlan = SERVE) => conditionIn(observed, plan, 'Ready');

describe('Ready', () => {
  it('is True when the database answers and every part is right', () => {
    expect(readyOf(serving())).toEqual(READY);
  });

  it.each<DatabasePlan>([
    { step: 'AwaitVolume', reason: 'VolumeUnknown', message: 'Why.' },
    { step: 'AwaitNode', target, reason: 'NodeCreating', message: 'Why.' },
    { step: 'Refuse', reason: 'ZoneMismatch', message: 'Why.' },
  ])('is False with the reason of the plan: $step', (plan) => {
    const { reason } = plan as { reason: string };
    expect(readyOf(serving(), plan)).toEqual({ status: 'False', reason, message: 'Why.' });
  });

  it('is False while the node is not Ready', () => {
    const lost = aNode({ status: { conditions: [condition('Ready', 'False', { reason: 'NodeNotReady' })] } });
    const observed = observing(onNode, [aVolume(), lost, aStatefulSet(onNode, ON_NODE_INPUT)], { probe: ANSWERED });
    expect(readyOf(observed, SERVE_ON_NODE)).toMatchObject({ status: 'False', reason: 'NodeNotReady' });
  });

  /** A database that has been on its way for long. */
  const late = aDatabase({ status: { conditions: [condition('Ready', 'False')] } });
  const NOW_STARTED = stampAfter(-29);
  const LONG_STARTED = stampAfter(-30);

  it.each([
    ['no pod', late, undefined, 'PodNotCreated'],
    ['no pod yet', aDatabase(), undefined, 'PodStarting'],
    ['a pod that finds no node', late, madeAt(LONG_STARTED, unschedulable('0/1 nodes.')), 'Unschedulable'],
    ['a pod that finds no node yet', late, madeAt(NOW_STARTED, unschedulable('0/1 nodes.')), 'PodStarting'],
    [
      'a pod that crashes',
      late,
      madeAt(NOW_STARTED, podWith({ waiting: { reason: 'CrashLoopBackOff' } })),
      'CrashLoopBackOff',
    ],
    ['the old pod', late, madeAt(LONG_AGO, readyPod()), 'PodUpdating'],
    ['the old pod still', aDatabase(), madeAt(LONG_AGO, readyPod()), 'PodStarting'],
  ])('is False while the template is not rolled out: %s', (_name, database, pod, reason) => {
    const set = madeAt(LONG_AGO, aStatefulSet(database, POD_INPUT, { ...SETTLED, readyReplicas: 0 }));
    const observed = observing(database, [aVolume(), set], { probe: ANSWERED, pod });
    expect(readyOf(observed)).toMatchObject({ status: 'False', reason });
  });

  it.each([
    [late, 'PodUpdating'],
    [aDatabase(), 'PodStarting'],
  ])('does not say that there is no pod when the pod of the old template was not looked at: %#', (database, reason) => {
    const set = madeAt(LONG_AGO, aStatefulSet(database, { ...POD_INPUT, claimName: 'old-data' }));
    const observed = observing(database, [aVolume(), set], { probe: ANSWERED, pod: undefined });
    expect(readyOf(observed)).toMatchObject({ status: 'False', reason });
  });

  it('is False while the volume is not Ready, although the database answers', () => {
    const conditions = [condition('Ready', 'False', { reason: 'WaitingForBinding', message: 'Binding.' })];
    const volume = aVolume({ status: { claimName: 'trades-data', conditions } });
    expect(readyOf(serving({}, [], volume))).toEqual({
      status: 'False',
      reason: 'WaitingForBinding',
      message: 'Binding.',
    });
  });

  it('is False until the database has answered once', () => {
    expect(readyOf(serving({ probe: { result: undefined, isFresh: false } }))).toEqual({
      status: 'False',
      reason: 'WaitingForAnswer',
      message: 'Waiting for the database to answer SQL.',
    });
  });

  it('is carried over without news, for this generation alone', () => {
    const probe = { result: undefined, isFresh: false };
    const healthy = condition('WriteHealthy', 'True', { reason: 'NoTableSuspended' });
    expect(readyOf(serving({ probe }, [condition('Ready', 'True'), healthy]))).toEqual(READY);
    const old = condition('Ready', 'True', { observedGeneration: 0 });
    expect(readyOf(serving({ probe }, [old, healthy]))).toMatchObject({ reason: 'WaitingForAnswer' });
    expect(readyOf(serving({ probe }, [condition('Ready', 'False'), healthy]))).toMatchObject({
      reason: 'WaitingForAnswer',
    });
  });

  it('is False with what the database said, although it was Ready before', () => {
    const probe = { result: { answered: false as const, askedWith: undefined, message: 'HTTP 503' }, isFresh: true };
    expect(readyOf(serving({ probe }, [condition('Ready', 'True')]))).toEqual({
      status: 'False',
      reason: 'NotAnswering',
      message: 'The database does not answer SQL: HTTP 503',
    });
  });

  it('is False while a table refuses writes', () => {
    const result = {
      answered: true as const,
      askedWith: undefined,
      version: '9.3.4',
      suspendedTables: ['a'],
      config: CONFIG_RUNS,
    };
    expect(readyOf(serving({ probe: { result, isFresh: true } }))).toMatchObject({
      status: 'False',
      reason: 'TablesSuspended',
    });
  });
});

describe('WriteHealthy', () => {
  const writesOf = (observed: Observed) => conditionIn(observed, SERVE, 'WriteHealthy');
  const suspended = (suspendedTables: string[]) =>
    writesOf(
      serving({
        probe: {
          result: { answered: true, askedWith: undefined, version: '9.3.4', suspendedTables, config: CONFIG_RUNS },
          isFresh: true,
        },
      }),
    );
  const HINT = 'Find the cause with select * from wal_tables(), then ALTER TABLE ... RESUME WAL.';

  it.each([
    [['a'], `Tables that refuse writes: a. ${HINT}`],
    [['a', 'b', 'c', 'd', 'e'], `Tables that refuse writes: a, b, c, d, e. ${HINT}`],
    [['a', 'b', 'c', 'd', 'e', 'f', 'g'], `Tables that refuse writes: a, b, c, d, e and 2 more. ${HINT}`],
  ])('names the tables %j', (tables, message) => {
    expect(suspended(tables)).toEqual({ status: 'False', reason: 'TablesSuspended', message });
  });

  it('is True without such a table', () => {
    expect(suspended([])).toEqual({ status: 'True', reason: 'NoTableSuspended', message: 'No table refuses writes.' });
  });

  const unknown = { status: 'Unknown', reason: 'NotAsked', message: 'The database has not been asked yet.' };
  const silent = { result: { answered: false as const, askedWith: undefined, message: 'HTTP 503' }, isFresh: true };
  it.each([
    ['nothing was said before', { result: undefined, isFresh: false }, [], unknown],
    ['the last was of an older spec', silent, [condition('WriteHealthy', 'True', { observedGeneration: 0 })], unknown],
    [
      'it was healthy',
      silent,
      [condition('WriteHealthy', 'True', { reason: 'NoTableSuspended', message: 'Fine.' })],
      { status: 'True', reason: 'NoTableSuspended', message: 'Fine.' },
    ],
    [
      'it was not healthy',
      { result: undefined, isFresh: false },
      [condition('WriteHealthy', 'False')],
      { status: 'False', reason: 'Tested', message: 'As the test says.' },
    ],
  ])('is what it was when there is no answer: %s', (_name, probe, before, finding) => {
    expect(writesOf(serving({ probe }, before))).toEqual(finding);
  });
});

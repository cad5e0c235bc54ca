import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../hooks/questdb/ports.ts';
import { rolloutFinding } from '../../../hooks/questdb/rollout.ts';
import type { StatefulSet } from '../../../hooks/questdb/statefulset.ts';
import { asWanted } from '../../../hooks/questdb/wish.ts';
import { after, madeAt, STAMP, stampAfter } from '../../fixtures/clock.ts';
import { condition, LONG_AGO } from '../../fixtures/conditions.ts';
import { aPod, podWith, readyPod, unschedulable } from '../../fixtures/pod.ts';
import { aDatabase, aNode, aStatefulSet, aVolume, observing, POD_INPUT, SETTLED } from '../../fixtures/questdb.ts';

const ON_TIME = {
  status: 'False',
  reason: 'PodStarting',
  message: 'Waiting for the pod to run as planned, on its Node and with its volume.',
};
const UPDATING = 'Waiting for the StatefulSet controller to finish with the new pod template.';

const ROLLING = { ...SETTLED, readyReplicas: 0 };
const oldSet = madeAt(LONG_AGO, aStatefulSet(aDatabase(), POD_INPUT, ROLLING));

const SERVE = { step: 'Serve', target: undefined, ...POD_INPUT } as const;

type Facts = { pod?: Pod; set?: StatefulSet | undefined; ready?: ReturnType<typeof condition> };

/** So many seconds after the time of the tests; the database was not Ready long before, unless it is said otherwise. */
const told = (seconds: number, facts: Facts) => {
  const { pod, ready = condition('Ready', 'False') } = facts;
  const set = 'set' in facts ? facts.set : oldSet;
  const database = aDatabase({ status: { conditions: [ready] } });
  const children = [aVolume(), ...(set === undefined ? [] : [set])];
  return rolloutFinding(observing(database, children, { now: after(seconds), pod }), SERVE);
};

const ends = (pod: Pod, deletionTimestamp: string): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, deletionTimestamp },
});

describe('the steps of a pod', () => {
  const rows: [reason: string, facts: Facts, message: string][] = [
    [
      'PodPending',
      { pod: madeAt(STAMP, aPod({ conditions: [{ type: 'PodScheduled', status: 'False' }] })) },
      'Waiting for the pod to be scheduled.',
    ],
    ['Unschedulable', { pod: madeAt(STAMP, unschedulable('0/3 nodes.')) }, 'No node can take the pod: 0/3 nodes.'],
    [
      'PodStarting',
      { pod: madeAt(STAMP, podWith({ waiting: { reason: 'ContainerCreating' } })) },
      'Waiting for the volume to be attached and the container to start.',
    ],
    [
      'DatabaseStarting',
      { pod: madeAt(STAMP, podWith({ running: {} })) },
      'The database has started; waiting for it to answer /status.',
    ],
    ['PodTerminating', { pod: madeAt(LONG_AGO, ends(readyPod(), STAMP)) }, 'Waiting for pod "trades-0" to stop.'],
    ['PodNotCreated', { set: madeAt(STAMP, oldSet) }, 'Waiting for the StatefulSet controller to make the pod.'],
    [
      'PodUpdating',
      { pod: madeAt(LONG_AGO, readyPod()), ready: condition('Ready', 'False', { lastTransitionTime: STAMP }) },
      UPDATING,
    ],
  ];

  it.each(rows)('are told as one for half a minute, then one by one: %s', (reason, facts, message) => {
    expect([0, 29.9].map((seconds) => told(seconds, facts))).toEqual([ON_TIME, ON_TIME]);
    const late = { status: 'False', reason, message };
    expect([30, 3600].map((seconds) => told(seconds, facts))).toEqual([late, late]);
  });

  it.each(['ErrImagePull', 'ImagePullBackOff', 'CrashLoopBackOff', 'CreateContainerConfigError'])(
    'are no excuse for what goes wrong, which is told at once: %s',
    (reason) => {
      const pod = madeAt(STAMP, podWith({ waiting: { reason, message: 'Why.' } }));
      expect(told(0, { pod })).toEqual({ status: 'False', reason, message: 'Why.' });
    },
  );

  it.each<[string, Pod]>([
    ['ContainerTerminated', podWith({ terminated: { exitCode: 1 } })],
    [
      'LayoutMismatch',
      aPod({
        conditions: [{ type: 'PodScheduled', status: 'True' }],
        initContainerStatuses: [
          { name: 'check-layout', ready: false, state: { terminated: { exitCode: 1, message: 'Set it.' } } },
        ],
      }),
    ],
  ])('are no excuse for what has ended either: %s', (reason, pod) => {
    expect(told(0, { pod: madeAt(STAMP, pod) })).toMatchObject({ status: 'False', reason });
  });
});

describe('the half minute of a rollout', () => {
  it('of a pod that has run for long is over: a process that starts again in it is told at once', () => {
    const pod = madeAt(LONG_AGO, podWith({ running: {} }));
    const ready = condition('Ready', 'True');
    expect(told(0, { pod, ready })).toMatchObject({ reason: 'DatabaseStarting' });
  });

  it('of a pod that ends begins when it was told to, however old it is', () => {
    const { metadata, ...pod } = madeAt(LONG_AGO, ends(readyPod(), stampAfter(120)));
    const ending = { ...pod, metadata: { ...metadata, deletionGracePeriodSeconds: 120 } };
    expect(told(29.9, { pod: ending })).toEqual(ON_TIME);
    expect(told(30, { pod: ending })).toMatchObject({ reason: 'PodTerminating' });
  });

  const rows: [when: string, made: string | undefined, ready: string | undefined, begins: number][] = [
    ['the StatefulSet was made, when that is later', STAMP, stampAfter(-600), 0],
    ['Ready turned False, when that is later', stampAfter(-600), STAMP, 0],
    ['both, when they are the same', STAMP, STAMP, 0],
    ['both were long ago', stampAfter(-31), stampAfter(-30), -30],
  ];
  it.each(rows)('without a new pod begins when %s', (_when, made, turned, begins) => {
    const facts: Facts = {
      set: made === undefined ? undefined : madeAt(made, oldSet),
      ...(turned === undefined ? {} : { ready: condition('Ready', 'False', { lastTransitionTime: turned }) }),
    };
    expect(told(begins + 29.9, facts)).toEqual(ON_TIME);
    expect(told(begins + 30, facts)).toMatchObject({ reason: 'PodNotCreated' });
  });

  it('has not begun while the database is said to be Ready, or is to be started in this pass', () => {
    expect(told(3600, { ready: condition('Ready', 'True') })).toEqual(ON_TIME);
    expect(told(3600, { ready: condition('Stalled', 'False') })).toEqual(ON_TIME);
    expect(told(3600, { ready: condition('Ready', 'Unknown') })).toEqual(ON_TIME);
    const stopped = { ...oldSet, spec: { ...oldSet.spec, replicas: 0 } } as StatefulSet;
    expect(told(3600, { set: stopped })).toEqual(ON_TIME);
  });

  it('of a StatefulSet that cannot be made ends too', () => {
    const ready = condition('Ready', 'False', { lastTransitionTime: STAMP });
    expect(told(29.9, { set: undefined, ready })).toEqual(ON_TIME);
    expect(told(30, { set: undefined, ready })).toMatchObject({ reason: 'PodNotCreated' });
  });

  it('begins when the instance is Ready that was waited for', () => {
    const node = aNode({ status: { conditions: [condition('Ready', 'True', { lastTransitionTime: STAMP })] } });
    const database = aDatabase({ status: { conditions: [condition('Ready', 'False')] } });
    const plan = { ...SERVE, target: asWanted(node) };
    const reasonAt = (seconds: number): string =>
      rolloutFinding(observing(database, [aVolume(), oldSet, node], { now: after(seconds) }), plan).reason;
    expect([29.9, 30].map(reasonAt)).toEqual(['PodStarting', 'PodNotCreated']);
  });

  it('of a template that waits for its turn is not that of the old pod', () => {
    const pod = madeAt(LONG_AGO, readyPod());
    const set = madeAt(LONG_AGO, aStatefulSet(aDatabase(), { ...POD_INPUT, claimName: 'old-data' }));
    const ready = condition('Ready', 'False', { lastTransitionTime: STAMP });
    expect(told(29.9, { pod, set, ready })).toEqual(ON_TIME);
    expect(told(30, { pod, set, ready })).toEqual({ status: 'False', reason: 'PodUpdating', message: UPDATING });
  });
});

describe('the template that is not rolled out', () => {
  it('is what is waited for while the old pod was not looked at, or has nothing to complain of', () => {
    const set = madeAt(LONG_AGO, aStatefulSet());
    const late = { status: 'False', reason: 'PodUpdating', message: UPDATING };
    expect(told(0, { set })).toEqual(late);
    expect(told(0, { set, pod: madeAt(LONG_AGO, podWith({ waiting: { reason: 'CrashLoopBackOff' } })) })).toEqual(late);
    expect(told(0, { pod: madeAt(LONG_AGO, readyPod()) })).toEqual(late);
  });

  it('waits for the old pod when that ends, although the StatefulSet looks settled', () => {
    const pod = madeAt(LONG_AGO, ends(readyPod(), stampAfter(-30)));
    expect(told(0, { set: madeAt(LONG_AGO, aStatefulSet()), pod })).toMatchObject({ reason: 'PodTerminating' });
  });
});

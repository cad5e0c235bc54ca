import { describe, expect, it } from 'vitest';
import type { PodInput } from '../../../hooks/questdb/pod-input.ts';
import { isServedAsPlanned, servingSet } from '../../../hooks/questdb/served.ts';
import type { DatabasePlan } from '../../../hooks/questdb/steps.ts';
import { aPod, podFor, readyPod } from '../../fixtures/pod.ts';
import {
  A_SECRET,
  aDatabase,
  aStatefulSet,
  NODE_UID,
  observing,
  ON_NODE_INPUT,
  OWN_NODE,
  SETTLED,
} from '../../fixtures/questdb.ts';

const database = aDatabase({ spec: { node: OWN_NODE } });
const target = { name: 'trades-abcdef01', need: OWN_NODE, token: undefined };

const serve = (input: PodInput = ON_NODE_INPUT): DatabasePlan => ({ step: 'Serve', target, ...input });
const awaitVolume: DatabasePlan = { step: 'AwaitVolume', reason: 'VolumeUnknown', message: '' };
const awaitNode: DatabasePlan = { step: 'AwaitNode', target, reason: 'NodeCreating', message: '' };
const refuse: DatabasePlan = { step: 'Refuse', reason: 'ZoneMismatch', message: '' };

describe('the StatefulSet that serves', () => {
  const plan = { step: 'Serve', target, ...ON_NODE_INPUT } as const;

  it('is rendered once for a plan in a pass, and anew for another one', () => {
    const observed = observing(database, [aStatefulSet(database, ON_NODE_INPUT)]);
    const set = servingSet(observed, plan);
    expect(servingSet(observed, plan)).toBe(set);
    const version = { version: '9.3.5', image: 'questdb/questdb:9.3.5' };
    expect(servingSet(observed, { ...plan, engine: version })).not.toEqual(set);
    const urgent = aDatabase({ spec: { node: OWN_NODE, pod: { priorityClassName: 'high' } } });
    expect(servingSet(observing(urgent), plan)).not.toEqual(set);
    expect(servingSet(observed, plan)).toEqual(set);
  });
});

describe('a database is served as planned', () => {
  const served = (plan: DatabasePlan, set = aStatefulSet(database, ON_NODE_INPUT)) =>
    isServedAsPlanned(observing(database, [set]), plan);

  it('when its one pod runs the wanted template', () => {
    expect(served(serve())).toBe(true);
    const defaulted = aStatefulSet(database, ON_NODE_INPUT);
    expect(
      served(serve(), { ...defaulted, spec: { ...defaulted.spec, podManagementPolicy: 'OrderedReady' } } as never),
    ).toBe(true);
  });

  it.each([awaitVolume, awaitNode, refuse])('never while a plan waits or refuses: $step', (plan) => {
    expect(served(plan)).toBe(false);
  });

  it('never without a StatefulSet', () => {
    expect(isServedAsPlanned(observing(database), serve())).toBe(false);
  });

  it.each([
    ['claim', { claimName: 'other' }],
    ['credentials', { credentials: { ...A_SECRET, revision: 'other' } }],
    ['configuration', { configRevision: 'other' }],
    ['version', { engine: { version: '9.3.5', image: 'questdb/questdb:9.3.5' } }],
    ['place', { placement: { on: 'AnyNode' } as const }],
  ])('not when the template has another %s', (_name, change) => {
    expect(served(serve({ ...ON_NODE_INPUT, ...change }))).toBe(false);
  });

  it.each([
    ['the controller has not seen this generation', { observedGeneration: 0 }],
    ['the pod is of an older revision', { currentRevision: 'trades-0' }],
    ['there is no pod', { replicas: 0 }],
    ['there are two', { replicas: 2 }],
    ['the pod is not ready', { readyReplicas: 0 }],
  ])('not when %s', (_name, status) => {
    expect(served(serve(), aStatefulSet(database, ON_NODE_INPUT, { ...SETTLED, ...status }))).toBe(false);
  });

  it('not when it is to have no pod, whatever the status still says', () => {
    expect(served(serve(), aStatefulSet(database, ON_NODE_INPUT, SETTLED, 0))).toBe(false);
  });

  it.each([
    ['is ready', podFor(NODE_UID), true],
    ['does not say for which node it was made', readyPod(), true],
    ['ends', podFor(NODE_UID, aPod({}, { deletionTimestamp: '2026-03-01T12:00:00Z' })), false],
    ['is still the one of another node', podFor('another'), false],
  ])('when its pod %s: %s', (_name, pod, is) => {
    const observed = observing(database, [aStatefulSet(database, ON_NODE_INPUT)], { pod });
    expect(isServedAsPlanned(observed, serve())).toBe(is);
  });

  it('not while the StatefulSet has no status', () => {
    expect(served(serve(), aStatefulSet(database, ON_NODE_INPUT, {}))).toBe(false);
  });
});

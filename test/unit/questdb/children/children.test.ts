import { describe, expect, it } from 'vitest';
import { childrenOf, isServedAsPlanned } from '../../../../hooks/questdb/children/children.ts';
import type { PodInput } from '../../../../hooks/questdb/children/pod-template.ts';
import { statefulSet } from '../../../../hooks/questdb/children/statefulset.ts';
import type { DatabasePlan } from '../../../../hooks/questdb/plan.ts';
import {
  aDatabase,
  aNode,
  aStatefulSet,
  aVolume,
  observing,
  ON_NODE_INPUT,
  OWN_NODE,
  POD_INPUT,
  SETTLED,
} from '../../../fixtures/questdb.ts';

const database = aDatabase({ spec: { node: OWN_NODE } });
const target = { name: 'trades-abcdef01', need: OWN_NODE };
const other = aNode({ metadata: { name: 'trades-00000000', uid: 'other' }, spec: { instanceType: 'm6i.large' } });

const serve = (input: PodInput = ON_NODE_INPUT): DatabasePlan => ({ step: 'Serve', target, ...input });
const awaitVolume: DatabasePlan = { step: 'AwaitVolume', reason: 'VolumeUnknown', message: '' };
const awaitNode: DatabasePlan = { step: 'AwaitNode', target, reason: 'NodeCreating', message: '' };
const refuse: DatabasePlan = { step: 'Refuse', reason: 'ZoneMismatch', message: '' };

const named = (observed: Parameters<typeof childrenOf>[0], plan: DatabasePlan): string[] =>
  childrenOf(observed, plan).map(({ kind, metadata }) => `${kind}/${metadata.name}`);

const ALWAYS = ['ConfigMap/trades-config', 'QuestDBVolume/trades', 'Service/trades', 'Service/trades-pods'];

describe('the children of a database', () => {
  it.each([awaitVolume, refuse])('are those without a pod at first: $step', (plan) => {
    expect(named(observing(database), plan)).toEqual(ALWAYS);
  });

  it('have the node that is to be made', () => {
    expect(named(observing(database), awaitNode)).toEqual([...ALWAYS, 'QuestDBNode/trades-abcdef01']);
  });

  it('have the StatefulSet as soon as there is a place for it', () => {
    expect(named(observing(database, [aVolume(), aNode()]), serve())).toEqual([
      ...ALWAYS,
      'QuestDBNode/trades-abcdef01',
      'StatefulSet/trades',
    ]);
    const children = childrenOf(observing(database), serve());
    expect(children.at(-1)).toEqual(statefulSet(database, ON_NODE_INPUT));
  });

  it.each([awaitVolume, awaitNode, refuse])('keep what runs while a plan waits or refuses: $step', (plan) => {
    const set = aStatefulSet(database, ON_NODE_INPUT);
    const children = childrenOf(observing(database, [set, aNode(), other]), plan);
    expect(children.at(-1)).toEqual(statefulSet(database, ON_NODE_INPUT));
    expect(children.slice(4, -1).map(({ metadata }) => metadata.name)).toEqual(['trades-00000000', 'trades-abcdef01']);
  });

  it('keep a StatefulSet whose template has lost everything by which it could be made again', () => {
    const set = aStatefulSet(database, ON_NODE_INPUT);
    const bare = { ...set, spec: { ...set.spec, template: { spec: { containers: [] } } } } as unknown as typeof set;
    const kept = childrenOf(observing(database, [bare]), refuse).at(-1);
    const lost = { placement: { on: 'AnyNode' }, claimName: '', credentialsUid: '' } as const;
    expect(kept).toEqual(statefulSet(database, lost));
  });

  it('name each node once, sorted, as it is', () => {
    const nodes = childrenOf(observing(database, [aNode(), other]), awaitNode).slice(4);
    expect(nodes.map(({ metadata }) => metadata.name)).toEqual(['trades-00000000', 'trades-abcdef01']);
    expect(nodes[0]).toMatchObject({ spec: { ...OWN_NODE, instanceType: 'm6i.large', databaseName: 'trades' } });
  });

  it('leave another node out only when the database is served from the wanted one', () => {
    const settled = aStatefulSet(database, ON_NODE_INPUT);
    expect(named(observing(database, [settled, aNode(), other]), serve())).not.toContain('QuestDBNode/trades-00000000');
    const unsettled = aStatefulSet(database, ON_NODE_INPUT, { ...SETTLED, readyReplicas: 0 });
    expect(named(observing(database, [unsettled, aNode(), other]), serve())).toContain('QuestDBNode/trades-00000000');
    const elsewhere = aStatefulSet(database, POD_INPUT);
    expect(named(observing(database, [elsewhere, aNode(), other]), serve())).toContain('QuestDBNode/trades-00000000');
  });

  it('take nothing from the labels and annotations of the QuestDB', () => {
    const labels = { team: 'a', 'argocd.argoproj.io/instance': 'fleet' };
    const marked = aDatabase({ metadata: { labels, annotations: { note: 'mine' } }, spec: { node: OWN_NODE } });
    expect(childrenOf(observing(marked, [aNode()]), serve())).toEqual(
      childrenOf(observing(database, [aNode()]), serve()),
    );
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
    ['credentials', { credentialsUid: 'other' }],
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

  it('not while the StatefulSet has no status', () => {
    expect(served(serve(), aStatefulSet(database, ON_NODE_INPUT, {}))).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { childrenOf } from '../../../../hooks/questdb/children/children.ts';
import type { PodInput } from '../../../../hooks/questdb/pod-input.ts';
import { statefulSet } from '../../../../hooks/questdb/children/statefulset.ts';
import type { DatabasePlan } from '../../../../hooks/questdb/steps.ts';
import {
  aDatabase,
  aNode,
  aStatefulSet,
  aVolume,
  observing,
  ON_NODE_INPUT,
  OWN_NODE,
  SETTLED,
} from '../../../fixtures/questdb.ts';

const database = aDatabase({ spec: { node: OWN_NODE } });
const target = { name: 'trades-abcdef01', need: OWN_NODE, token: undefined };
const other = aNode({ metadata: { name: 'trades-00000000', uid: 'other' }, spec: { instanceType: 'm6i.large' } });

const serve = (input: PodInput = ON_NODE_INPUT): DatabasePlan => ({ step: 'Serve', target, ...input });
const awaitVolume: DatabasePlan = { step: 'AwaitVolume', reason: 'VolumeUnknown', message: '' };
const awaitNode: DatabasePlan = { step: 'AwaitNode', target, reason: 'NodeCreating', message: '' };
const refuse: DatabasePlan = { step: 'Refuse', reason: 'ZoneMismatch', message: '' };

const named = (observed: Parameters<typeof childrenOf>[0], plan: DatabasePlan): string[] =>
  childrenOf(observed, plan).map(({ kind, metadata }) => `${kind}/${metadata.name}`);

const ANYWHERE = [
  'ConfigMap/trades-config',
  'QuestDBVolume/trades',
  'Service/trades',
  'Service/trades-pods',
  'NetworkPolicy/trades',
];
const ALWAYS = [...ANYWHERE, 'PodDisruptionBudget/trades'];

describe('the children of a database', () => {
  it.each([awaitVolume, refuse])('are those without a pod at first: $step', (plan) => {
    expect(named(observing(database), plan)).toEqual(ALWAYS);
  });

  it('have no PodDisruptionBudget where the database may run anywhere', () => {
    expect(named(observing(aDatabase()), awaitVolume)).toEqual(ANYWHERE);
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

  it.each([awaitVolume, refuse])('keep what runs while a plan can decide nothing: $step', (plan) => {
    const set = aStatefulSet(database, ON_NODE_INPUT);
    const children = childrenOf(observing(database, [set, aNode(), other]), plan);
    expect(children.at(-1)).toEqual(statefulSet(database, ON_NODE_INPUT));
    expect(children.slice(ALWAYS.length, -1).map(({ metadata }) => metadata.name)).toEqual([
      'trades-00000000',
      'trades-abcdef01',
    ]);
  });

  it('keep a StatefulSet whose template has lost everything by which it could be made again', () => {
    const set = aStatefulSet(database, ON_NODE_INPUT);
    const bare = { ...set, spec: { ...set.spec, template: { spec: { containers: [] } } } } as unknown as typeof set;
    const kept = childrenOf(observing(database, [bare]), refuse).at(-1);
    expect(kept).toMatchObject({ kind: 'StatefulSet', spec: { template: bare.spec?.template } });
  });

  it('name each node once, sorted, as it is', () => {
    const asked = aNode({ metadata: { ...other.metadata, annotations: { 'questdb-fleet.dev/replacement': '0a1b' } } });
    const nodes = childrenOf(observing(database, [aNode(), { ...other, metadata: asked.metadata }]), refuse).slice(
      ALWAYS.length,
    );
    expect(nodes.map(({ metadata }) => metadata.name)).toEqual(['trades-00000000', 'trades-abcdef01']);
    expect(nodes[0]).toMatchObject({
      metadata: { annotations: { 'questdb-fleet.dev/replacement': '0a1b' } },
      spec: { ...OWN_NODE, instanceType: 'm6i.large', databaseName: 'trades' },
    });
    expect(nodes[1]?.metadata).not.toHaveProperty('annotations');
  });

  it('have nodes that are left out and in use all the same', () => {
    const observed = observing(database, [aStatefulSet(database, ON_NODE_INPUT), aNode(), other]);
    const nodes = (inUse: (typeof other)[]) =>
      childrenOf(observed, serve(), inUse).flatMap(({ kind, metadata }) =>
        kind === 'QuestDBNode' ? [metadata.name] : [],
      );
    expect(nodes([])).toEqual(['trades-abcdef01']);
    expect(nodes([other])).toEqual(['trades-00000000', 'trades-abcdef01']);
  });

  describe.each([0, 1])('with a StatefulSet of %i', (replicas) => {
    const dying = aNode({ metadata: { deletionTimestamp: '2026-03-01T11:00:00Z' } });
    const elsewhere = { ...target, name: 'trades-00000000' };
    const awaitElsewhere: DatabasePlan = { step: 'AwaitNode', target: elsewhere, reason: 'X', message: '' };
    const replicasIn = (plan: DatabasePlan, node = aNode()) => {
      const set = aStatefulSet(database, ON_NODE_INPUT, SETTLED, replicas);
      return childrenOf(observing(database, [set, node, other]), plan).at(-1);
    };
    const need = OWN_NODE;

    it.each<[string, DatabasePlan, number]>([
      ['one when it serves', serve(), 1],
      [
        'none when it is to be stopped',
        { step: 'StopPod', target: undefined, need, reason: 'PodStopping', message: '' },
        0,
      ],
      ['none while nodes go', { step: 'RetireNodes', target: undefined, need, reason: 'NodeRetiring', message: '' }, 0],
      ['one while another node is waited for', awaitElsewhere, 1],
      ['what it has while the volume is waited for', awaitVolume, replicas],
      ['what it has while something is refused', refuse, replicas],
    ])('want %s', (_name, plan, wanted) => {
      expect(replicasIn(plan)).toEqual(statefulSet(database, ON_NODE_INPUT, { replicas: wanted }));
    });

    it('want what it has while a node is waited for and the one it is on goes', () => {
      expect(replicasIn(awaitElsewhere, dying)).toEqual(statefulSet(database, ON_NODE_INPUT, { replicas }));
    });
  });

  it('take nothing from the labels and annotations of the QuestDB', () => {
    const labels = { team: 'a', 'argocd.argoproj.io/instance': 'fleet' };
    const marked = aDatabase({ metadata: { labels, annotations: { note: 'mine' } }, spec: { node: OWN_NODE } });
    expect(childrenOf(observing(marked, [aNode()]), serve())).toEqual(
      childrenOf(observing(database, [aNode()]), serve()),
    );
  });
});

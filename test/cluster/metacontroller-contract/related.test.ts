import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../harness/eventually.ts';
import { configMap, startWorld, wanting, type World } from './world.ts';

const related =
  (...relatedResources: object[]) =>
  () => ({ body: { relatedResources } });
const marked = (name: string, value = '1') => configMap(name, {}, { labels: { marked: value } });

describe('related objects', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  it('asks customize with controller and parent alone, once a generation', async () => {
    const { objects } = world;
    const { namespace, parent, calls } = await world.controller('cached', {
      hooks: {
        sync: wanting(),
        customize: related({ apiVersion: 'v1', resource: 'configmaps', namespace: 'cached', names: ['a'] }),
      },
    });
    await parent('one');
    await eventually(() => expect(calls('sync').length).toBeGreaterThan(0));
    expect(Object.keys(calls('customize')[0]?.request ?? {}).sort()).toEqual(['controller', 'parent']);
    for (const value of ['1', '2', '3']) {
      await objects.patch('Thing', namespace, 'one', { metadata: { annotations: { value } } });
      await eventually(() =>
        expect(calls('sync').at(-1)?.request.parent.metadata).toMatchObject({ annotations: { value } }),
      );
    }
    expect(calls('customize').length).toBe(1);
    await objects.patch('Thing', namespace, 'one', { spec: { changed: true } });
    await eventually(() => expect(calls('customize').length).toBe(2));
  });

  it('shows cluster-scoped objects to a namespaced parent, keyed by name', async () => {
    const { objects } = world;
    const priority = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', value: 1 };
    await objects.create({ ...priority, metadata: { name: 'wanted', labels: { pick: 'me' } } });
    await objects.create({ ...priority, metadata: { name: 'other' } });
    const { parent, calls } = await world.controller('scope', {
      hooks: {
        sync: wanting(),
        customize: related({
          apiVersion: 'scheduling.k8s.io/v1',
          resource: 'priorityclasses',
          labelSelector: { matchLabels: { pick: 'me' } },
        }),
      },
    });
    await parent('one');
    await eventually(() => {
      const seen = calls('sync').at(-1)?.request.related ?? {};
      expect(Object.keys(seen)).toEqual(['PriorityClass.scheduling.k8s.io/v1']);
      expect(Object.keys(seen['PriorityClass.scheduling.k8s.io/v1'] ?? {})).toEqual(['wanted']);
    });
  });

  it('without namespace reaches all namespaces, with names too; with one only that; an empty kind has its key', async () => {
    const { objects } = world;
    await objects.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'elsewhere', labels: { far: 'yes' } },
    });
    const rule = { apiVersion: 'v1', resource: 'configmaps' };
    const cases = {
      everywhere: { ...rule, labelSelector: { matchLabels: { marked: 'reach' } } },
      named: { ...rule, names: ['reached'] },
      here: { ...rule, namespace: 'here', labelSelector: { matchLabels: { marked: 'reach' } } },
      'named-here': { ...rule, namespace: 'named-here', names: ['reached'] },
      selected: {
        ...rule,
        namespaceSelector: { matchLabels: { far: 'yes' } },
        labelSelector: { matchLabels: { marked: 'reach' } },
      },
      expression: {
        ...rule,
        labelSelector: { matchExpressions: [{ key: 'marked', operator: 'In', values: ['reach'] }] },
      },
      nothing: { ...rule, namespace: 'nothing', names: ['absent'] },
    };
    const benches = await Promise.all(
      Object.entries(cases).map(([name, relatedRule]) =>
        world.controller(name, { hooks: { sync: wanting(), customize: related(relatedRule) } }),
      ),
    );
    for (const namespace of ['elsewhere', ...Object.keys(cases)])
      await objects.create(marked('reached', 'reach'), namespace);
    await Promise.all(benches.map(({ parent }) => parent('one')));
    const all = ['elsewhere', ...Object.keys(cases)].map((namespace) => `${namespace}/reached`).sort();
    const seen = () =>
      Object.fromEntries(
        benches.map(({ namespace, calls }) => [
          namespace,
          Object.keys(calls('sync').at(-1)?.request.related['ConfigMap.v1'] ?? { unseen: 1 }).sort(),
        ]),
      );
    await eventually(() =>
      expect(seen()).toEqual({
        everywhere: all,
        named: all,
        here: ['here/reached'],
        'named-here': ['named-here/reached'],
        selected: ['elsewhere/reached'],
        expression: all,
        nothing: [],
      }),
    );
  });

  it('asks sync when a related object comes, changes, leaves the selection or goes, whoever owns it', async () => {
    const { objects } = world;
    const { namespace, parent, calls } = await world.controller('events', {
      hooks: {
        sync: wanting(),
        customize: related({
          apiVersion: 'v1',
          resource: 'configmaps',
          namespace: 'events',
          labelSelector: { matchLabels: { marked: '1' } },
        }),
      },
    });
    await parent('one');
    await eventually(() => expect(calls('sync').length).toBeGreaterThan(0));
    const seen = () => calls('sync').at(-1)?.request.related['ConfigMap.v1'] ?? {};
    await objects.create(marked('watched'), namespace);
    await eventually(() => expect(seen()).toHaveProperty('events/watched'));
    await objects.patch('ConfigMap', namespace, 'watched', { data: { changed: 'yes' } });
    await eventually(() => expect(seen()['events/watched']).toMatchObject({ data: { changed: 'yes' } }));
    await objects.patch('ConfigMap', namespace, 'watched', { metadata: { labels: { marked: '2' } } });
    await eventually(() => expect(seen()).toEqual({}));
    await objects.patch('ConfigMap', namespace, 'watched', { metadata: { labels: { marked: '1' } } });
    await eventually(() => expect(seen()).toHaveProperty('events/watched'));
    await objects.remove('ConfigMap', namespace, 'watched');
    await eventually(() => expect(seen()).toEqual({}));
  });

  it('loses the event of a related object when customize fails at that moment', async () => {
    const { objects } = world;
    const rule = { apiVersion: 'v1', resource: 'configmaps', namespace: 'lost', names: ['watched'] };
    const { namespace, parent, calls, answer } = await world.controller('lost', {
      hooks: { sync: wanting(), customize: related(rule) },
    });
    await parent('one');
    await eventually(() => expect(calls('sync').length).toBeGreaterThan(0));
    answer('customize', () => ({ status: 429, headers: { 'retry-after': '3600' } }));
    await objects.patch('Thing', namespace, 'one', { spec: { changed: true } });
    await eventually(() => expect(calls('customize').length).toBe(2));
    await objects.create(configMap('watched'), namespace);
    await eventually(() => expect(calls('customize').length).toBe(3));
    const before = calls('sync').length;
    answer('customize', related(rule));
    const sentinel = await world.controller('lost-sentinel', { hooks: { sync: wanting(), customize: related(rule) } });
    await sentinel.parent('two');
    await eventually(() =>
      expect(sentinel.calls('sync').at(-1)?.request.related['ConfigMap.v1']).toHaveProperty('lost/watched'),
    );
    expect(calls('sync').length).toBe(before);
    await objects.patch('ConfigMap', namespace, 'watched', { data: { changed: 'yes' } });
    await eventually(() =>
      expect(calls('sync').at(-1)?.request.related['ConfigMap.v1']).toMatchObject({
        'lost/watched': { data: { changed: 'yes' } },
      }),
    );
  });

  it.each([
    ['names-and-labels', { names: ['a'], labelSelector: {} }, /cannot have both names and labelSelector/],
    ['two-namespaces', { namespace: 'a', namespaceSelector: {} }, /cannot have both namespace and namespaceSelector/],
    ['unknown-resource', { resource: 'nonsenses' }, /can't find resource nonsenses/],
    ['unknown-field', { surplus: 1 }, /strict validation.*surplus/],
  ])('fails the pass for a rule with %s', async (name, fields, sentence) => {
    const { parent, calls, warnings } = await world.controller(name, {
      hooks: {
        sync: wanting(),
        customize: related({ apiVersion: 'v1', resource: 'configmaps', ...fields }),
      },
    });
    await parent('one');
    await eventually(async () => expect((await warnings()).join()).toMatch(sentence));
    expect(calls('sync')).toEqual([]);
  });
});

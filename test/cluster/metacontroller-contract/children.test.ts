import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../harness/eventually.ts';
import { CHILD_KINDS, configMap, startWorld, wanting, type World } from './world.ts';

const LAST_APPLIED = 'metacontroller.k8s.io/last-applied-configuration';
const THING = 'test.questdb-fleet.dev/v1';

describe('children', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  it('creates what the hook names, in the namespace, with label, owner and annotation, and writes status', async () => {
    const { objects } = world;
    const { namespace, parent } = await world.controller('create', {
      hooks: { sync: wanting(configMap('made', { html: '<a & b>', z: '1', a: '2' })) },
    });
    const { uid } = (await parent('one')).metadata;
    const made = await eventually(() => objects.get('ConfigMap', namespace, 'made'));
    expect(made.metadata).toMatchObject({
      labels: { 'controller-uid': uid },
      ownerReferences: [
        { apiVersion: THING, kind: 'Thing', name: 'one', uid, controller: true, blockOwnerDeletion: true },
      ],
      annotations: {
        [LAST_APPLIED]:
          '{"apiVersion":"v1","data":{"a":"2","html":"\\u003ca \\u0026 b\\u003e","z":"1"},"kind":"ConfigMap",' +
          `"metadata":{"labels":{"controller-uid":"${uid}"},"name":"made","namespace":"${namespace}"}}`,
      },
    });
    await eventually(async () =>
      expect((await objects.get('Thing', namespace, 'one')).status).toEqual({ phase: 'Up', observedGeneration: 1 }),
    );
  });

  it('sends every kind of childResources, empty or not, children under namespace/name, and nothing else', async () => {
    const { namespace, parent, calls } = await world.controller('request', {
      hooks: { sync: wanting(configMap('made')) },
    });
    await world.objects.create(configMap('stranger'), namespace);
    await parent('one');
    await eventually(() =>
      expect(Object.keys(calls('sync').at(-1)?.request.children['ConfigMap.v1'] ?? {})).toEqual(['request/made']),
    );
    const first = calls('sync')[0]?.request;
    expect(Object.keys(first ?? {}).sort()).toEqual(['children', 'controller', 'finalizing', 'parent', 'related']);
    expect(first).toMatchObject({ children: { 'ConfigMap.v1': {}, 'Service.v1': {} }, related: {}, finalizing: false });
    expect(first?.parent).toMatchObject({ apiVersion: THING, kind: 'Thing', metadata: { name: 'one' } });
    expect(first?.controller.metadata.name).toBe('request');
    expect(calls('sync').at(-1)?.request.children['ConfigMap.v1']?.['request/made']).toMatchObject({
      apiVersion: 'v1',
      kind: 'ConfigMap',
    });
  });

  it('updates in place by a three-way merge: keeps what others set, removes what it set before', async () => {
    const { objects } = world;
    const { namespace, parent, answer } = await world.controller('in-place', {
      hooks: { sync: wanting(configMap('made', { mine: '1', gone: '1' })) },
    });
    await parent('one');
    await eventually(() => objects.get('ConfigMap', namespace, 'made'));
    answer('sync', wanting(configMap('made', { mine: '2' })));
    await objects.patch('ConfigMap', namespace, 'made', { data: { theirs: '1' } });
    await eventually(async () =>
      expect(await objects.get('ConfigMap', namespace, 'made')).toMatchObject({ data: { mine: '2', theirs: '1' } }),
    );
    expect(await objects.get('ConfigMap', namespace, 'made')).not.toHaveProperty('data.gone');
  });

  it('puts back what somebody changed', async () => {
    const { objects } = world;
    const { namespace, parent } = await world.controller('put-back', {
      hooks: { sync: wanting(configMap('made', { mine: '1' })) },
    });
    await parent('one');
    await eventually(() => objects.get('ConfigMap', namespace, 'made'));
    await objects.patch('ConfigMap', namespace, 'made', { data: { mine: 'changed' } });
    await eventually(async () =>
      expect(await objects.get('ConfigMap', namespace, 'made')).toMatchObject({ data: { mine: '1' } }),
    );
  });

  it('never updates with OnDelete, and makes the child anew with Recreate', async () => {
    const { objects } = world;
    const [configMaps, services] = CHILD_KINDS;
    const service = (app: string) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'made' },
      spec: { selector: { app }, ports: [{ port: 80 }] },
    });
    const { namespace, parent } = await world.controller('methods', {
      hooks: {
        sync: ({ parent: { spec } }) => ({
          body: { children: [configMap('made', { value: String(spec?.value) }), service(String(spec?.value))] },
        }),
      },
      spec: {
        childResources: [
          { ...configMaps, updateStrategy: {} },
          { ...services, updateStrategy: { method: 'Recreate' } },
        ],
      },
    });
    await parent('one', { value: 'first' });
    const before = await eventually(() => objects.get('Service', namespace, 'made'));
    await eventually(() => objects.get('ConfigMap', namespace, 'made'));
    await objects.patch('Thing', namespace, 'one', { spec: { value: 'second' } });
    const after = await eventually(async () => {
      const found = await objects.get('Service', namespace, 'made');
      expect(found.spec).toMatchObject({ selector: { app: 'second' } });
      return found;
    });
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
    expect(await objects.get('ConfigMap', namespace, 'made')).toMatchObject({ data: { value: 'first' } });
  });

  it('deletes the children that the hook no longer names, all of them when it names none', async () => {
    const { objects } = world;
    const { namespace, parent } = await world.controller('delete', {
      hooks: {
        sync: ({ parent: { spec } }) => ({
          body: spec?.names === undefined ? {} : { children: (spec.names as string[]).map((name) => configMap(name)) },
        }),
      },
    });
    await parent('one', { names: ['a', 'b'] });
    await eventually(() => Promise.all(['a', 'b'].map((name) => objects.get('ConfigMap', namespace, name))));
    await objects.patch('Thing', namespace, 'one', { spec: { names: ['b'] } });
    await eventually(async () => expect(await objects.find('ConfigMap', namespace, 'a')).toBeUndefined());
    expect(await objects.find('ConfigMap', namespace, 'b')).toBeDefined();
    await objects.patch('Thing', namespace, 'one', { spec: { names: null } });
    await eventually(async () => expect(await objects.find('ConfigMap', namespace, 'b')).toBeUndefined());
  });

  it('swallows that a name is taken: no event, the rest is done, the child stays absent', async () => {
    const { objects } = world;
    const { namespace, parent, calls, warnings } = await world.controller('taken', {
      hooks: { sync: wanting(configMap('taken', { mine: '1' }), configMap('free')) },
    });
    await objects.create(configMap('taken', { theirs: '1' }), namespace);
    await parent('one');
    await eventually(() =>
      expect(Object.keys(calls('sync').at(-1)?.request.children['ConfigMap.v1'] ?? {})).toEqual(['taken/free']),
    );
    await eventually(async () =>
      expect((await objects.get('Thing', namespace, 'one')).status).toMatchObject({ phase: 'Up' }),
    );
    const taken = await objects.get('ConfigMap', namespace, 'taken');
    expect(taken).toMatchObject({ data: { theirs: '1' } });
    expect(taken.metadata).not.toHaveProperty('ownerReferences');
    expect(await warnings()).toEqual([]);
  });

  it('goes on past a child the API server refuses, writes status, tells by an event and tries again', async () => {
    const { objects } = world;
    const good = ['a', 'b', 'c', 'd', 'e', 'f'];
    const wish = [configMap('bad', { 'no key': '' }), ...good.map((name) => configMap(name))];
    const { namespace, parent, calls, warnings } = await world.controller('refused', {
      hooks: {
        // All that is there comes from the first pass: the second is put off.
        sync: (_request, count) =>
          count === 1
            ? { body: { status: { phase: 'Up' }, children: wish } }
            : { status: 429, headers: { 'retry-after': '3600' } },
      },
    });
    await parent('one');
    await eventually(() => Promise.all(good.map((name) => objects.get('ConfigMap', namespace, name))));
    await eventually(() => expect(calls('sync').length).toBeGreaterThan(1));
    expect((await objects.get('Thing', namespace, 'one')).status).toMatchObject({ phase: 'Up' });
    await eventually(async () =>
      expect((await warnings()).join()).toMatch(/SyncError: .*can't reconcile children.*bad/s),
    );
  });

  it('manages nothing when a child cannot be one of this parent, but keeps the answer of the hook to itself', async () => {
    const { objects } = world;
    const { namespace, parent, warnings } = await world.controller('labels', {
      hooks: { sync: wanting(configMap('good'), configMap('bad', {}, { labels: { 'controller-uid': 'other' } })) },
    });
    await parent('one');
    await eventually(async () =>
      expect((await warnings()).join()).toContain("labels on desired child ConfigMap labels/bad don't match parent"),
    );
    expect(await objects.find('ConfigMap', namespace, 'good')).toBeUndefined();
    expect(await objects.get('Thing', namespace, 'one')).not.toHaveProperty('status');
  });

  it('adopts an object without a controller when the label is put on it, and applies the wish', async () => {
    const { objects } = world;
    const { namespace, parent, calls } = await world.controller('adopt', {
      hooks: { sync: wanting(configMap('orphan', { mine: '1' })) },
    });
    await objects.create(configMap('orphan', { theirs: '1' }), namespace);
    const { uid } = (await parent('one')).metadata;
    await eventually(() => expect(calls('sync').length).toBeGreaterThan(0));
    await objects.patch('ConfigMap', namespace, 'orphan', { metadata: { labels: { 'controller-uid': uid } } });
    await eventually(async () =>
      expect(await objects.get('ConfigMap', namespace, 'orphan')).toMatchObject({
        metadata: { ownerReferences: [{ uid, controller: true }] },
        data: { mine: '1', theirs: '1' },
      }),
    );
  });

  it('releases a child whose label is taken off: its owner goes, it stays, and is no child any more', async () => {
    const { objects } = world;
    const { namespace, parent, calls } = await world.controller('release', {
      hooks: { sync: wanting(configMap('made', { mine: '1' })) },
    });
    await parent('one');
    await eventually(() =>
      expect(calls('sync').at(-1)?.request.children['ConfigMap.v1']).toHaveProperty('release/made'),
    );
    await objects.patch('ConfigMap', namespace, 'made', { metadata: { labels: { 'controller-uid': null } } });
    await eventually(async () =>
      expect((await objects.get('ConfigMap', namespace, 'made')).metadata).not.toHaveProperty('ownerReferences'),
    );
    await eventually(() =>
      expect(calls('sync').at(-1)?.request.children['ConfigMap.v1']).not.toHaveProperty('release/made'),
    );
    await objects.remove('Thing', namespace, 'one');
    await eventually(async () => expect(await objects.find('Thing', namespace, 'one')).toBeUndefined());
    expect(await objects.find('ConfigMap', namespace, 'made')).toBeDefined();
  });

  it('never sees children that are cluster-scoped or in another namespace than the parent', async () => {
    const { objects } = world;
    const priority = {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'mine' },
      value: 1,
    };
    const { namespace, parent, calls } = await world.controller('reach', {
      hooks: { sync: wanting(configMap('far', {}, { namespace: 'default' }), priority, configMap('near')) },
      spec: { childResources: [...CHILD_KINDS, { apiVersion: 'scheduling.k8s.io/v1', resource: 'priorityclasses' }] },
    });
    await parent('one');
    await eventually(() => objects.get('PriorityClass', '', 'mine'));
    await objects.patch('Thing', namespace, 'one', { spec: { again: true } });
    await eventually(() => {
      const { children, parent: seen } = calls('sync').at(-1)?.request ?? {};
      expect(seen?.spec).toEqual({ again: true });
      expect(Object.keys(children?.['ConfigMap.v1'] ?? {})).toEqual(['reach/near']);
      expect(children?.['PriorityClass.scheduling.k8s.io/v1']).toEqual({});
    });
    await objects.remove('PriorityClass', '', 'mine');
  });
});

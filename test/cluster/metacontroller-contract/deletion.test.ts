import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../harness/eventually.ts';
import type { Handler } from './hook-server.ts';
import { configMap, startWorld, wanting, type World } from './world.ts';

/** Names its child until the parent's spec lets it go, and is finalized when it is gone. */
const finalizeAfterChildren: Handler = ({ parent, children }) => ({
  body: {
    status: { phase: 'Going' },
    children: parent.spec?.letGo === true ? [] : [configMap('made')],
    finalized: parent.spec?.letGo === true && Object.keys(children['ConfigMap.v1'] ?? {}).length === 0,
  },
});

describe('deletion', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    await world.collectsGarbage();
  });
  afterAll(() => world.close());

  const isGone = (kind: string, namespace: string, name: string) =>
    eventually(async () => expect(await world.objects.find(kind, namespace, name)).toBeUndefined());

  it('adds its finalizer before the first hook, and keeps the parent and its children until finalized', async () => {
    const { objects } = world;
    const { namespace, parent, calls } = await world.controller('finalize', {
      hooks: { sync: wanting(configMap('made')), finalize: finalizeAfterChildren },
    });
    await parent('one');
    await eventually(() => objects.get('ConfigMap', namespace, 'made'));
    expect(calls('sync')[0]?.request.parent.metadata.finalizers).toEqual([
      'metacontroller.io/compositecontroller-finalize',
    ]);
    await objects.remove('Thing', namespace, 'one');
    await eventually(async () =>
      expect((await objects.get('Thing', namespace, 'one')).status).toMatchObject({ phase: 'Going' }),
    );
    expect(calls('finalize')[0]?.request).toMatchObject({
      finalizing: true,
      children: { 'ConfigMap.v1': { 'finalize/made': {} } },
    });
    expect(await objects.find('ConfigMap', namespace, 'made')).toBeDefined();
    await objects.patch('Thing', namespace, 'one', { spec: { letGo: true } });
    await isGone('Thing', namespace, 'one');
    await isGone('ConfigMap', namespace, 'made');
  });

  it('does not add the finalizer without a finalize hook, and the garbage collector takes the children', async () => {
    const { objects } = world;
    const { namespace, parent, calls } = await world.controller('no-finalize', {
      hooks: { sync: wanting(configMap('made')) },
    });
    await parent('one');
    await eventually(() => objects.get('ConfigMap', namespace, 'made'));
    expect(calls('sync')[0]?.request.parent.metadata).not.toHaveProperty('finalizers');
    await objects.remove('Thing', namespace, 'one');
    await isGone('Thing', namespace, 'one');
    await isGone('ConfigMap', namespace, 'made');
  });

  it('manages no children while foreground deletion takes them, but makes those it still names after it', async () => {
    const { objects } = world;
    const { namespace, parent, calls } = await world.controller('foreground', {
      hooks: {
        sync: wanting(configMap('made')),
        finalize: ({ parent: { spec } }) => ({
          body: spec?.letGo === true ? { finalized: true } : { children: [configMap('made'), configMap('more')] },
        }),
      },
    });
    await parent('one');
    await eventually(() => objects.get('ConfigMap', namespace, 'made'));
    const hold = { finalizers: ['test.questdb-fleet.dev/hold'] };
    const held = await objects.patch('ConfigMap', namespace, 'made', { metadata: hold });
    await world.collectsGarbage();
    await objects.remove('Thing', namespace, 'one', 'Foreground');
    // What is seen after the second change was asked after the pass of the first had ended.
    for (const step of ['first', 'second']) {
      await objects.patch('Thing', namespace, 'one', { spec: { step } });
      await eventually(() => expect(calls('finalize').at(-1)?.request.parent.spec).toMatchObject({ step }));
    }
    expect(calls('finalize').at(-1)?.request.parent.metadata.finalizers).toContain('foregroundDeletion');
    expect(await objects.find('ConfigMap', namespace, 'more')).toBeUndefined();
    await objects.patch('ConfigMap', namespace, 'made', { metadata: { finalizers: null } });
    await eventually(() => objects.get('ConfigMap', namespace, 'more'));
    const again = await eventually(() => objects.get('ConfigMap', namespace, 'made'));
    expect(again.metadata.uid).not.toBe(held.metadata.uid);
    await objects.patch('Thing', namespace, 'one', { spec: { letGo: true } });
    await isGone('Thing', namespace, 'one');
    await isGone('ConfigMap', namespace, 'made');
  });

  it('asks finalize under orphan deletion but manages no children: they stay and lose their owner', async () => {
    const { objects } = world;
    const { namespace, parent } = await world.controller('orphan', {
      hooks: { sync: wanting(configMap('made')), finalize: finalizeAfterChildren },
    });
    await parent('one');
    await eventually(() => objects.get('ConfigMap', namespace, 'made'));
    await world.collectsGarbage();
    await objects.remove('Thing', namespace, 'one', 'Orphan');
    await eventually(async () =>
      expect((await objects.get('ConfigMap', namespace, 'made')).metadata).not.toHaveProperty('ownerReferences'),
    );
    await objects.patch('Thing', namespace, 'one', { spec: { letGo: true } });
    await isGone('Thing', namespace, 'one');
    expect(await objects.find('ConfigMap', namespace, 'made')).toBeDefined();
  });

  it('adopts nothing while the parent is being deleted', async () => {
    const { objects } = world;
    const { namespace, parent, calls } = await world.controller('no-adoption', {
      hooks: { sync: wanting(), finalize: ({ parent: { spec } }) => ({ body: { finalized: spec?.letGo === true } }) },
    });
    const { uid } = (await parent('one')).metadata;
    await eventually(() => expect(calls('sync').length).toBeGreaterThan(0));
    await objects.remove('Thing', namespace, 'one');
    await eventually(() => expect(calls('finalize').length).toBeGreaterThan(0));
    await objects.create(configMap('orphan', {}, { labels: { 'controller-uid': uid } }), namespace);
    await objects.patch('Thing', namespace, 'one', { spec: { again: true } });
    await eventually(() => expect(calls('finalize').at(-1)?.request.parent.spec).toHaveProperty('again'));
    expect(calls('finalize').at(-1)?.request.children['ConfigMap.v1']).toEqual({});
    expect((await objects.get('ConfigMap', namespace, 'orphan')).metadata).not.toHaveProperty('ownerReferences');
    await objects.patch('Thing', namespace, 'one', { spec: { letGo: true } });
    await isGone('Thing', namespace, 'one');
  });

  it('asks finalize for a parent that was deleted before it had the finalizer, but manages no children', async () => {
    const { objects } = world;
    const { namespace, parent, calls, warnings } = await world.controller('too-late', {
      hooks: {
        sync: wanting(),
        finalize: () => ({ body: { status: { phase: 'Going' }, children: [configMap('made')] } }),
      },
    });
    await parent('one', {}, { labels: {}, finalizers: ['test.questdb-fleet.dev/hold'] });
    await objects.remove('Thing', namespace, 'one');
    await objects.patch('Thing', namespace, 'one', { metadata: { labels: { test: namespace } } });
    await eventually(async () =>
      expect((await objects.get('Thing', namespace, 'one')).status).toMatchObject({ phase: 'Going' }),
    );
    expect(calls('finalize')[0]?.request.parent.metadata.finalizers).toEqual(['test.questdb-fleet.dev/hold']);
    expect(await objects.find('ConfigMap', namespace, 'made')).toBeUndefined();
    expect(await warnings()).toEqual([]);
    await objects.patch('Thing', namespace, 'one', { metadata: { finalizers: null } });
    await isGone('Thing', namespace, 'one');
  });

  it('removes its finalizer from a parent when finalize says so, whatever children are left', async () => {
    const { objects } = world;
    const { namespace, parent } = await world.controller('hurried', {
      hooks: {
        sync: wanting(configMap('made')),
        finalize: () => ({ body: { children: [configMap('made')], finalized: true } }),
      },
    });
    await parent('one');
    await eventually(() => objects.get('ConfigMap', namespace, 'made'));
    await objects.remove('Thing', namespace, 'one');
    await isGone('Thing', namespace, 'one');
  });

  it('finalizes a parent whose labels no longer match, and then lets it be', async () => {
    const { objects } = world;
    const { namespace, parent, calls } = await world.controller('unselected', {
      hooks: { sync: wanting(configMap('made')), finalize: finalizeAfterChildren },
    });
    await parent('one');
    await eventually(() => objects.get('ConfigMap', namespace, 'made'));
    await objects.patch('Thing', namespace, 'one', { metadata: { labels: { test: null } }, spec: { letGo: true } });
    await isGone('ConfigMap', namespace, 'made');
    await eventually(async () =>
      expect((await objects.get('Thing', namespace, 'one')).metadata).not.toHaveProperty('finalizers'),
    );
    expect(calls('finalize').at(-1)?.request).toMatchObject({
      finalizing: true,
      parent: { metadata: { name: 'one' } },
    });
    expect((await objects.get('Thing', namespace, 'one')).metadata).not.toHaveProperty('deletionTimestamp');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../harness/eventually.ts';
import { configMap, startWorld, wanting, type World } from './world.ts';

const LAST_APPLIED = 'metacontroller.k8s.io/last-applied-configuration';

describe('--apply-strategy=server-side-apply', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld('server-side-apply');
  });
  afterAll(() => world.close());

  it('creates and updates as field manager metacontroller, without the annotation', async () => {
    const { objects } = world;
    const { namespace, parent, answer } = await world.controller('applied', {
      hooks: { sync: wanting(configMap('made', { mine: '1', gone: '1' })) },
    });
    const { uid } = (await parent('one')).metadata;
    const made = await eventually(() => objects.get('ConfigMap', namespace, 'made'));
    expect(made.metadata).toMatchObject({
      ownerReferences: [{ uid, controller: true }],
      managedFields: [{ manager: 'metacontroller', operation: 'Apply' }],
    });
    expect(made.metadata).not.toHaveProperty(['annotations', LAST_APPLIED]);
    answer('sync', wanting(configMap('made', { mine: '2' })));
    await objects.patch('ConfigMap', namespace, 'made', { data: { theirs: '1' } });
    await eventually(async () =>
      expect(await objects.get('ConfigMap', namespace, 'made')).toMatchObject({ data: { mine: '2', theirs: '1' } }),
    );
    expect(await objects.get('ConfigMap', namespace, 'made')).not.toHaveProperty('data.gone');
  });

  it('takes over an object of that name that has no controller', async () => {
    const { objects } = world;
    const { namespace, parent } = await world.controller('taken-over', {
      hooks: { sync: wanting(configMap('taken', { mine: '1' })) },
    });
    await objects.create(configMap('taken', { mine: '0', theirs: '1' }), namespace);
    const { uid } = (await parent('one')).metadata;
    await eventually(async () =>
      expect(await objects.get('ConfigMap', namespace, 'taken')).toMatchObject({
        metadata: { ownerReferences: [{ uid, controller: true }] },
        data: { mine: '1', theirs: '1' },
      }),
    );
  });

  it('never updates with OnDelete, and makes the child anew with Recreate', async () => {
    const { objects } = world;
    const { namespace, parent, calls } = await world.controller('methods', {
      hooks: {
        sync: ({ parent: { spec } }) => ({
          body: {
            children: [
              configMap('made', { value: String(spec?.value) }),
              {
                apiVersion: 'v1',
                kind: 'Service',
                metadata: { name: 'made' },
                spec: { clusterIP: 'None', selector: { app: String(spec?.value) } },
              },
            ],
          },
        }),
      },
      spec: {
        childResources: [
          { apiVersion: 'v1', resource: 'configmaps' },
          { apiVersion: 'v1', resource: 'services', updateStrategy: { method: 'Recreate' } },
        ],
      },
    });
    await parent('one', { value: 'first' });
    const before = await eventually(() => objects.get('Service', namespace, 'made'));
    await objects.patch('Thing', namespace, 'one', { spec: { other: true } });
    await eventually(() => expect(calls('sync').at(-1)?.request.parent.spec).toHaveProperty('other'));
    await objects.patch('Thing', namespace, 'one', { spec: { value: 'second' } });
    await eventually(async () => {
      const { metadata, spec } = await objects.get('Service', namespace, 'made');
      expect(spec).toMatchObject({ selector: { app: 'second' } });
      expect(metadata.uid).not.toBe(before.metadata.uid);
    });
    expect(await objects.get('ConfigMap', namespace, 'made')).toMatchObject({ data: { value: 'first' } });
  });
});

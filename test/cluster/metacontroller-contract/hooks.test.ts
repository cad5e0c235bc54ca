import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../harness/eventually.ts';
import { configMap, startWorld, wanting, type World } from './world.ts';

const SECRET = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token' } };

describe('hooks', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  it('asks again after Retry-After on 429, applies nothing and records no event', async () => {
    const { objects } = world;
    const { namespace, parent, calls, warnings } = await world.controller('busy', {
      hooks: {
        sync: (_request, count) =>
          count === 1
            ? { status: 429, headers: { 'retry-after': '2' }, body: { children: [configMap('early')] } }
            : { body: { children: [configMap('late')] } },
      },
    });
    await parent('one');
    await eventually(() => objects.get('ConfigMap', namespace, 'late'));
    const [first, second] = calls('sync');
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_900);
    expect(await objects.find('ConfigMap', namespace, 'early')).toBeUndefined();
    expect(await warnings()).toEqual([]);
  });

  it('comes back at once on 429 without Retry-After', async () => {
    const { objects } = world;
    const { namespace, parent, calls, warnings } = await world.controller('hasty', {
      hooks: {
        sync: (_request, count) => (count < 50 ? { status: 429 } : { body: { children: [configMap('late')] } }),
      },
    });
    await parent('one');
    await eventually(() => objects.get('ConfigMap', namespace, 'late'));
    // With a back-off that doubles from 5 ms, fifty calls would take longer than the universe has patience for.
    expect(calls('sync').length).toBeGreaterThanOrEqual(50);
    expect(await warnings()).toEqual([]);
  });

  it('applies nothing on an error, puts its body into a Warning event and tries again with back-off', async () => {
    const { objects } = world;
    const { namespace, parent, calls, warnings, answer } = await world.controller('broken', {
      hooks: { sync: () => ({ status: 503, raw: 'EC2 does not answer.' }) },
    });
    await parent('one');
    await eventually(async () =>
      expect((await warnings()).join()).toContain('unsupported status code: 503 body: EC2 does not answer.'),
    );
    await eventually(() => expect(calls('sync').length).toBeGreaterThan(6));
    const gaps = calls('sync').map(({ at }, index, all) => at - (all[index - 1]?.at ?? at));
    expect(gaps[6]).toBeGreaterThan(gaps[2] ?? Infinity);
    expect(await objects.get('Thing', namespace, 'one')).not.toHaveProperty('status');
    answer('sync', wanting(configMap('made')));
    await eventually(() => objects.get('ConfigMap', namespace, 'made'));
  });

  it.each([
    ['an unknown field', { body: { children: [configMap('made')], surplus: 1 } }, /strict validation.*surplus/],
    ['what is no JSON', { raw: 'children: []' }, /can't unmarshal/],
    ['children that are no list', { body: { children: {} } }, /can't unmarshal/],
    ['a child without kind', { body: { children: [{ apiVersion: 'v1', metadata: { name: 'made' } }] } }, /'Kind'/],
    ['an empty body', { raw: '' }, /can't unmarshal/],
    ['status 204', { status: 204, raw: '' }, /unsupported status code: 204/],
  ])('refuses %s', async (what, response, sentence) => {
    const { objects } = world;
    const name = what.replaceAll(' ', '-').toLowerCase();
    const { namespace, parent, warnings } = await world.controller(name, { hooks: { sync: () => response } });
    await parent('one');
    await eventually(async () => expect((await warnings()).join()).toMatch(sentence));
    expect(await objects.find('ConfigMap', namespace, 'made')).toBeUndefined();
    expect(await objects.get('Thing', namespace, 'one')).not.toHaveProperty('status');
  });

  it('lets unknown fields pass in loose mode, and takes null for empty', async () => {
    const { objects } = world;
    const { namespace, parent } = await world.controller('loose', {
      hooks: { sync: () => ({ body: { status: { phase: 'Up' }, children: null, resyncAfterSeconds: null, more: 1 } }) },
      webhook: { responseUnMarshallMode: 'loose' },
    });
    await parent('one');
    await eventually(async () =>
      expect((await objects.get('Thing', namespace, 'one')).status).toMatchObject({ phase: 'Up' }),
    );
  });

  it('applies nothing when the hook takes longer than its time-out', async () => {
    const { objects } = world;
    const { namespace, parent, warnings } = await world.controller('slow', {
      hooks: {
        sync: async () => {
          await new Promise((resolve) => setTimeout(resolve, 1_500));
          return { body: { children: [configMap('made')] } };
        },
      },
      webhook: { timeout: '500ms' },
    });
    await parent('one');
    await eventually(async () => expect((await warnings()).join()).toMatch(/http error: .*context deadline exceeded/));
    expect(await objects.find('ConfigMap', namespace, 'made')).toBeUndefined();
  });

  it('sends the bearer token that its Secret had when the controller started', async () => {
    const { objects, subject } = world;
    await objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tokens' } });
    await objects.create({ ...SECRET, stringData: { key: 'first\n' } }, 'tokens');
    const { namespace, parent, calls } = await world.controller('bearer', {
      hooks: { sync: wanting(), customize: () => ({ body: {} }) },
      webhook: { authorization: { secretRef: { namespace: 'tokens', name: 'token', key: 'key' } } },
    });
    await parent('one');
    await eventually(() => expect(calls('sync').at(-1)?.authorization).toBe('Bearer first'));
    expect(calls('customize').at(-1)?.authorization).toBe('Bearer first');
    await objects.patch('Secret', 'tokens', 'token', { data: { key: btoa('second') } });
    await objects.patch('Thing', namespace, 'one', { spec: { again: true } });
    await eventually(() => expect(calls('sync').at(-1)?.request.parent.spec).toHaveProperty('again'));
    expect(calls('sync').at(-1)?.authorization).toBe('Bearer first');
    await subject.restart();
    await eventually(() => expect(calls('sync').at(-1)?.authorization).toBe('Bearer second'));
  });

  it('asks again after resyncAfterSeconds, and every resyncPeriodSeconds', async () => {
    const after = await world.controller('resync-after', {
      hooks: {
        sync: (_request, count) => ({ body: { status: { phase: 'Up' }, resyncAfterSeconds: count < 3 ? 0.7 : 0 } }),
      },
    });
    const period = await world.controller('resync-period', {
      hooks: { sync: wanting() },
      spec: { resyncPeriodSeconds: 1 },
    });
    await Promise.all([after.parent('one'), period.parent('one')]);
    await eventually(() => expect(period.calls('sync').length).toBeGreaterThan(4));
    await eventually(() => expect(after.calls('sync').length).toBe(3));
  });

  it('writes status as a whole, on a fresh read: the last writer wins', async () => {
    const { objects, api } = world;
    const path = '/apis/test.questdb-fleet.dev/v1/namespaces/fresh/things/one/status';
    const { namespace, parent } = await world.controller('fresh', {
      hooks: {
        sync: async (_request, count) => {
          if (count === 1)
            await api.call({
              method: 'PATCH',
              path,
              body: { status: { intent: 'newer' } },
              contentType: 'application/merge-patch+json',
            });
          return { body: { status: { phase: 'Up' } } };
        },
      },
    });
    await parent('one');
    await eventually(async () =>
      expect((await objects.get('Thing', namespace, 'one')).status).toEqual({ phase: 'Up', observedGeneration: 1 }),
    );
  });

  it('asks for a status change by others unless ignoreStatusChanges, and always for labels and annotations', async () => {
    const { objects, api } = world;
    const bench = await world.controller('ignore', { hooks: { sync: wanting() } });
    const { namespace, parent, calls } = bench;
    await parent('one');
    await eventually(async () => expect(await objects.get('Thing', namespace, 'one')).toHaveProperty('status'));
    await api.call({
      method: 'PATCH',
      path: `/apis/test.questdb-fleet.dev/v1/namespaces/${namespace}/things/one/status`,
      body: { status: { phase: 'Changed' } },
      contentType: 'application/merge-patch+json',
    });
    await objects.patch('Thing', namespace, 'one', { metadata: { annotations: { sentinel: '1' } } });
    await eventually(() => expect(calls('sync').at(-1)?.request.parent.metadata).toHaveProperty('annotations'));
    // Had the status change been asked for on its own, a call would show it without the annotation.
    const asked = calls('sync').filter(({ request }) => request.parent.status?.phase === 'Changed');
    expect(asked.every(({ request }) => 'annotations' in request.parent.metadata)).toBe(true);
  });

  it('leaves alone a parent kind without status subresource', async () => {
    const { objects } = world;
    const { namespace, calls } = await world.controller('no-status', {
      hooks: { sync: wanting() },
      spec: { parentResource: { apiVersion: 'test.questdb-fleet.dev/v1', resource: 'plainthings' } },
    });
    await objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'plain' } });
    await eventually(async () => {
      const events = (await objects.list('Event', 'default')) as unknown as { message: string }[];
      expect(events.map(({ message }) => message).join()).toContain("does not have subresource 'Status' enabled");
    });
    expect(namespace).toBe('no-status');
    expect(calls('sync')).toEqual([]);
  });

  it('takes up a changed controller, and stops when it is deleted', async () => {
    const { objects } = world;
    const { namespace, parent, calls } = await world.controller('changing', { hooks: { sync: wanting() } });
    await parent('one');
    await eventually(() => expect(calls('sync').length).toBeGreaterThan(0));
    await objects.patch('CompositeController', '', namespace, {
      spec: { childResources: [{ apiVersion: 'v1', resource: 'services' }] },
    });
    await eventually(() => expect(calls('sync').at(-1)?.request.children).toEqual({ 'Service.v1': {} }));
    await objects.remove('CompositeController', '', namespace);
    const sentinel = await world.controller('sentinel', { hooks: { sync: wanting() } });
    await sentinel.parent('two');
    await eventually(() => expect(sentinel.calls('sync').length).toBeGreaterThan(0));
    const before = calls('sync').length;
    await objects.patch('Thing', namespace, 'one', { spec: { again: true } });
    await objects.patch('Thing', sentinel.namespace, 'two', { spec: { again: true } });
    await eventually(() => expect(sentinel.calls('sync').at(-1)?.request.parent.spec).toHaveProperty('again'));
    expect(calls('sync').length).toBe(before);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, type ApiClient, type WatchEvent } from '../../../local/metacontroller/api-client.ts';
import type { ApiObject } from '../../../local/metacontroller/api-object.ts';
import { startInformer, type Informer } from '../../../local/metacontroller/informer.ts';
import { SILENT } from '../../../local/metacontroller/logger.ts';

const RESOURCE = {
  group: '',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  namespaced: true,
  subresources: new Set<string>(),
};
const thing = (name: string, resourceVersion = '1'): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { namespace: 'n', name, uid: name, resourceVersion },
});

/** An API server with one kind, whose watch the test speaks for. */
const fakeApi = (items: ApiObject[]) => {
  const server = {
    items,
    lists: 0,
    watches: 0,
    send: (_event: WatchEvent): void => undefined,
    end: (_error?: Error): void => undefined,
  };
  const api: ApiClient = {
    call: <T>() => {
      server.lists += 1;
      return Promise.resolve({ metadata: { resourceVersion: '1' }, items: server.items } as T);
    },
    watch: (_path, _signal, onEvent) =>
      new Promise((resolve, reject) => {
        server.watches += 1;
        server.send = (event) => {
          try {
            onEvent(event);
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        };
        server.end = (error) => (error === undefined ? resolve() : reject(error));
      }),
    close: () => undefined,
  };
  return { server, api };
};

const record = (informer: Informer): string[] => {
  const seen: string[] = [];
  informer.subscribe({
    added: ({ metadata }) => seen.push(`+${metadata.name}`),
    updated: (old, { metadata }) =>
      seen.push(`${old.metadata.resourceVersion}>${metadata.resourceVersion} ${metadata.name}`),
    deleted: ({ metadata }) => seen.push(`-${metadata.name}`),
  });
  return seen;
};

describe('an informer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const start = async (items: ApiObject[], lagMs = 0) => {
    const { server, api } = fakeApi(items);
    const informer = startInformer({ api, resource: RESOURCE, lagMs, log: SILENT });
    await informer.synced;
    await vi.advanceTimersByTimeAsync(0);
    return { server, informer, seen: record(informer) };
  };

  it('follows the server', async () => {
    const { server, informer, seen } = await start([thing('a')]);
    server.send({ type: 'ADDED', object: thing('b') });
    server.send({ type: 'MODIFIED', object: thing('a', '2') });
    server.send({ type: 'BOOKMARK', object: thing('', '3') });
    server.send({ type: 'DELETED', object: thing('b', '4') });
    expect(seen).toEqual(['1>1 a', '+b', '1>2 a', '-b']);
    expect(informer.store.list().map(({ metadata }) => metadata.name)).toEqual(['a']);
    informer.stop();
  });

  it('is as late as its lag, in store and news alike, and keeps the order', async () => {
    const { server, informer, seen } = await start([], 2_000);
    server.send({ type: 'ADDED', object: thing('a') });
    await vi.advanceTimersByTimeAsync(500);
    server.send({ type: 'MODIFIED', object: thing('a', '2') });
    await vi.advanceTimersByTimeAsync(1_499);
    expect([seen, informer.store.list()]).toEqual([[], []]);
    await vi.advanceTimersByTimeAsync(1);
    expect(seen).toEqual(['+a']);
    await vi.advanceTimersByTimeAsync(500);
    expect(seen).toEqual(['+a', '1>2 a']);
    informer.stop();
  });

  it('lists again when the server has forgotten where it was, and tells what went meanwhile', async () => {
    vi.useRealTimers();
    const { api, server } = fakeApi([thing('a'), thing('b')]);
    const informer = startInformer({ api, resource: RESOURCE, lagMs: 0, log: SILENT });
    await vi.waitFor(() => expect(server.watches).toBe(1));
    const seen = record(informer);
    seen.length = 0;
    server.items = [thing('b', '5'), thing('c')];
    server.send({ type: 'ERROR', object: { code: 410 } });
    await vi.waitFor(() => expect(seen).toEqual(['-a', '1>5 b', '+c']), 5_000);
    await vi.waitFor(() => expect(server.watches).toBe(2));
    server.end(new ApiError(500, '', 'down'));
    await vi.waitFor(() => expect(server.lists).toBe(3), 5_000);
    informer.stop();
  });

  it('goes on from where it was when the server merely ended the watch', async () => {
    const { server, informer } = await start([thing('a')]);
    server.end();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.lists).toBe(1);
    informer.stop();
  });

  it('repeats everything each resync period', async () => {
    const { informer } = await start([thing('a')]);
    const updated = vi.fn();
    const unsubscribe = informer.subscribe({ added: vi.fn(), deleted: vi.fn(), updated }, 60);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(updated).toHaveBeenCalledTimes(3);
    unsubscribe();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(updated).toHaveBeenCalledTimes(3);
    informer.stop();
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type ApiClient, type WatchEvent } from './api-client.ts';
import { keyOf, type ApiObject } from './api-object.ts';
import type { Logger } from './logger.ts';
import { createObjectStore, type ObjectStore } from './object-store.ts';
import { apiVersionOf, pathOf, type Resource } from './resource.ts';
import { messageOf } from './fault.ts';

export type Handlers = {
  added: (object: ApiObject) => void;
  /** Called with the same object twice when nothing changed but it is time to look again. */
  updated: (old: ApiObject, current: ApiObject) => void;
  deleted: (object: ApiObject) => void;
};

/** A view of every object of one kind in the cluster that follows the API server, as late as its lag says. */
export type Informer = {
  resource: Resource;
  store: ObjectStore;
  hasSynced: () => boolean;
  /** Resolves when the first list is in the store; never when stopped before. */
  synced: Promise<void>;
  /** Calls the handlers from now on, first with everything known; `resyncSeconds` repeats that. Answers the way to end it. */
  subscribe: (handlers: Handlers, resyncSeconds?: number) => () => void;
  stop: () => void;
};

type Options = { api: ApiClient; resource: Resource; lagMs: number; log: Logger };
type List = { metadata: { resourceVersion: string }; items: ApiObject[] };

const DEFAULT_RESYNC_SECONDS = 30 * 60;
const RETRY_MS = { first: 200, longest: 5_000 };

const shuffled = <T>(values: readonly T[]): T[] =>
  values
    .map((value) => ({ value, at: Math.random() }))
    .sort((left, right) => left.at - right.at)
    .map(({ value }) => value);

/** Runs what is handed to it in order, each `lagMs` later. */
const delayLine = (lagMs: number): ((run: () => void) => void) => {
  if (lagMs === 0) return (run) => run();
  const waiting: { due: number; run: () => void }[] = [];
  const drain = (): void => {
    while (waiting[0] !== undefined && waiting[0].due <= Date.now()) waiting.shift()?.run();
    if (waiting[0] !== undefined) setTimeout(drain, waiting[0].due - Date.now());
  };
  return (run) => {
    waiting.push({ due: Date.now() + lagMs, run });
    if (waiting.length === 1) setTimeout(drain, lagMs);
  };
};

/** What a store's change means to those who listen. */
const createFeed = () => {
  const store = createObjectStore();
  const listeners = new Set<Handlers>();

  const put = (object: ApiObject): void => {
    const old = store.get(keyOf(object));
    store.put(object);
    for (const listener of listeners) {
      if (old === undefined) listener.added(object);
      else listener.updated(old, object);
    }
  };
  const remove = (object: ApiObject): void => {
    store.remove(keyOf(object));
    for (const listener of listeners) listener.deleted(object);
  };
  const replace = (objects: ApiObject[]): void => {
    const keys = new Set(objects.map(keyOf));
    for (const object of store.list()) if (!keys.has(keyOf(object))) remove(object);
    objects.forEach(put);
  };
  return { store, listeners, put, remove, replace };
};

type Feed = ReturnType<typeof createFeed>;

/** Lists, then follows the changes, and lists again when the server no longer knows where we were. */
const createFollower = ({ api, resource, lagMs, log }: Options, feed: Feed, onFirst: () => void) => {
  const later = delayLine(lagMs);
  const stopped = new AbortController();
  const isStopped = (): boolean => stopped.signal.aborted;
  let isFirst = true;

  const list = async (): Promise<string> => {
    const answer = await api.call<List>({ method: 'GET', path: pathOf(resource), signal: stopped.signal });
    // Items of a list come without their type.
    const type = { apiVersion: apiVersionOf(resource), kind: resource.kind };
    const items = answer.items.map((item) => ({ ...item, ...type }));
    if (isFirst) feed.replace(items);
    else later(() => feed.replace(items));
    isFirst = false;
    onFirst();
    return answer.metadata.resourceVersion;
  };

  const follow = async (from: string): Promise<string> => {
    let resourceVersion = from;
    const seconds = 300 + Math.floor(Math.random() * 300);
    const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${from}&timeoutSeconds=${seconds}`;
    await api.watch(`${pathOf(resource)}?${query}`, stopped.signal, (event: WatchEvent) => {
      if (event.type === 'ERROR') throw new ApiError(410, 'Expired', JSON.stringify(event.object));
      const object = event.object as ApiObject;
      resourceVersion = object.metadata.resourceVersion;
      if (event.type === 'DELETED') later(() => feed.remove(object));
      else if (event.type !== 'BOOKMARK') later(() => feed.put(object));
    });
    return resourceVersion;
  };

  const run = async (): Promise<void> => {
    let position: string | undefined;
    let wait = RETRY_MS.first;
    while (!isStopped()) {
      try {
        position = await follow(position ?? (await list()));
        wait = RETRY_MS.first;
      } catch (error) {
        position = undefined;
        const fault = messageOf(error);
        await sleep(wait, undefined, { signal: stopped.signal }).catch(() => undefined);
        wait = Math.min(wait * 2, RETRY_MS.longest);
        if (!isStopped()) log.warn({ resource: resource.plural, err: fault }, 'watch broke; listing again');
      }
    }
  };
  return { run, stop: () => stopped.abort() };
};

export const startInformer = (options: Options): Informer => {
  const feed = createFeed();
  const { promise: synced, resolve: setSynced } = Promise.withResolvers<undefined>();
  let hasSynced = false;
  const follower = createFollower(options, feed, () => {
    hasSynced = true;
    setSynced(undefined);
  });
  void follower.run();

  return {
    resource: options.resource,
    store: feed.store,
    hasSynced: () => hasSynced,
    synced,
    subscribe: (handlers, resyncSeconds = DEFAULT_RESYNC_SECONDS) => {
      const resync = (): void => shuffled(feed.store.list()).forEach((object) => handlers.updated(object, object));
      feed.listeners.add(handlers);
      resync();
      const timer = setInterval(resync, Math.max(resyncSeconds, 1) * 1000);
      return () => {
        clearInterval(timer);
        feed.listeners.delete(handlers);
      };
    },
    stop: () => {
      follower.stop();
      feed.listeners.clear();
    },
  };
};

import { isDeepStrictEqual } from 'node:util';
import type { ObjectMeta } from '../../hooks/api/object-meta.ts';
import { rfc3339 } from '../../hooks/api/conditions.ts';
import { RetryLater } from '../../hooks/metacontroller/errors.ts';

type Stored = { metadata: ObjectMeta };

/** Objects of one kind in an API server, in memory: uids, resource versions, conflicts, generations, finalizers, and all versions there ever were. */
export type Objects<T extends Stored> = {
  list: () => T[];
  read: (namespace: string | undefined, name: string) => T | undefined;
  create: (object: object) => T;
  /** Changes the object that was read, or whichever it is now when no resource version is given. Undefined: it is gone. */
  change: (read: T, change: (object: T) => T, guarded?: boolean) => T | undefined;
  /** Marks it, or removes it when no finalizer holds it. */
  remove: (object: T) => void;
  /** Oldest first; a cache that lags shows any of them. */
  versions: (namespace: string | undefined, name: string) => readonly T[];
};

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** `counter` is shared by all kinds, as resource versions are. */
export const createObjects = <T extends Stored>(kind: string, now: () => Date, counter: () => number): Objects<T> => {
  const objects = new Map<string, T>();
  const history = new Map<string, T[]>();

  const store = (object: T): T => {
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    const stored = copy({ ...object, metadata: { ...object.metadata, resourceVersion: String(counter()) } });
    objects.set(key, stored);
    history.set(key, [...(history.get(key) ?? []), stored]);
    return stored;
  };
  const sweep = (object: T): void => {
    const { deletionTimestamp, finalizers, namespace, name } = object.metadata;
    if (deletionTimestamp !== undefined && (finalizers ?? []).length === 0) objects.delete(keyOf(namespace, name));
  };

  return {
    list: () => [...objects.values()],
    read: (namespace, name) => objects.get(keyOf(namespace, name)),
    create: (object) => {
      const made = object as T;
      const { namespace, name } = made.metadata;
      if (objects.has(keyOf(namespace, name))) throw new RetryLater(1, `${kind} ${name} exists`);
      const metadata = { uid: `${kind}-${String(counter())}`, generation: 1, creationTimestamp: rfc3339(now()) };
      return store({ ...made, metadata: { ...made.metadata, ...metadata } });
    },
    change: (read, change, guarded = true) => {
      const live = objects.get(keyOf(read.metadata.namespace, read.metadata.name));
      if (live?.metadata.uid !== read.metadata.uid) {
        if (guarded) throw new RetryLater(1, `${kind} ${read.metadata.name} is another one`);
        return undefined;
      }
      if (guarded && live.metadata.resourceVersion !== read.metadata.resourceVersion) {
        throw new RetryLater(1, `${kind} ${read.metadata.name} changed meanwhile`);
      }
      const changed = change(copy(live));
      if (isDeepStrictEqual(copy(changed), live)) return live;
      const stored = store(changed);
      sweep(stored);
      return stored;
    },
    remove: (object) => {
      const live = objects.get(keyOf(object.metadata.namespace, object.metadata.name));
      if (live === undefined || live.metadata.deletionTimestamp !== undefined) return;
      const generation = (live.metadata.generation ?? 1) + 1;
      sweep(store({ ...live, metadata: { ...live.metadata, generation, deletionTimestamp: rfc3339(now()) } }));
    },
    versions: (namespace, name) => history.get(keyOf(namespace, name)) ?? [],
  };
};

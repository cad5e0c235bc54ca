import { controllerOf, keyOf, type ApiObject } from './api-object.ts';

/** One kind's objects as an informer knows them, with the lookups that passes need to be cheap in a large cluster. */
export type ObjectStore = {
  get: (key: string) => ApiObject | undefined;
  /** All, or those of one namespace. */
  list: (namespace?: string) => ApiObject[];
  /** Objects whose controller is `uid`. */
  ownedBy: (uid: string, namespace?: string) => ApiObject[];
  /** Objects without a controller. */
  orphans: (namespace?: string) => ApiObject[];
  put: (object: ApiObject) => void;
  remove: (key: string) => void;
};

type Index = Map<string, Map<string, ApiObject>>;

const addTo = (index: Index, value: string, key: string, object: ApiObject): void => {
  const entries = index.get(value) ?? new Map<string, ApiObject>();
  entries.set(key, object);
  index.set(value, entries);
};

const removeFrom = (index: Index, value: string, key: string): void => {
  const entries = index.get(value);
  entries?.delete(key);
  if (entries?.size === 0) index.delete(value);
};

const NO_OWNER = '';

export const createObjectStore = (): ObjectStore => {
  const objects = new Map<string, ApiObject>();
  const byNamespace: Index = new Map();
  const byOwner: Index = new Map();
  const namespaceOf = (object: ApiObject) => object.metadata.namespace ?? '';
  const ownerOf = (object: ApiObject) => controllerOf(object)?.uid ?? NO_OWNER;

  const remove = (key: string): void => {
    const object = objects.get(key);
    if (object === undefined) return;
    objects.delete(key);
    removeFrom(byNamespace, namespaceOf(object), key);
    removeFrom(byOwner, ownerOf(object), key);
  };
  const withOwner = (uid: string, namespace?: string): ApiObject[] =>
    [...(byOwner.get(uid)?.values() ?? [])].filter(
      (object) => namespace === undefined || namespaceOf(object) === namespace,
    );

  return {
    get: (key) => objects.get(key),
    list: (namespace) => [
      ...(namespace === undefined ? objects : (byNamespace.get(namespace) ?? new Map<string, ApiObject>())).values(),
    ],
    ownedBy: withOwner,
    orphans: (namespace) => withOwner(NO_OWNER, namespace),
    put: (object) => {
      const key = keyOf(object);
      remove(key);
      objects.set(key, object);
      addTo(byNamespace, namespaceOf(object), key, object);
      addTo(byOwner, ownerOf(object), key, object);
    },
    remove,
  };
};

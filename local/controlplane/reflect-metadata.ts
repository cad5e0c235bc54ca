/**
 * The three functions of the Reflect metadata proposal that @peculiar/x509 (through tsyringe) refuses to load without.
 * Import it before anything of @peculiar/x509. Nothing there is injected by type, so a plain store is all it needs.
 */
const store = new WeakMap<object, Map<unknown, unknown>>();

const getMetadata = (key: unknown, target: object): unknown => store.get(target)?.get(key);

const defineMetadata = (key: unknown, value: unknown, target: object): void => {
  const entries = store.get(target) ?? new Map<unknown, unknown>();
  store.set(target, entries.set(key, value));
};

Object.assign(Reflect, { getMetadata, getOwnMetadata: getMetadata, defineMetadata });

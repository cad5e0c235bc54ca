import { isObject, type JsonObject, type JsonValue } from '../api-object.ts';

/** Fields by which a list of objects may be a map, in the order in which they are tried. */
const MERGE_KEYS = ['containerPort', 'port', 'mountPath', 'name', 'uid', 'ip', 'path'];

type Maybe = JsonValue | undefined;

const objectOr = (value: Maybe): JsonObject => (isObject(value) ? value : {});
const arrayOr = (value: Maybe): JsonValue[] => (Array.isArray(value) ? value : []);

/** The field that all items of all lists have in common and that is known to name them; undefined: no list map. */
export const mergeKeyOf = (...lists: JsonValue[][]): string | undefined => {
  const items = lists.flat();
  if (items.length === 0 || !items.every(isObject)) return undefined;
  return MERGE_KEYS.find((key) => items.every((item) => Object.hasOwn(item, key)));
};

const nameOf = (item: JsonValue, key: string): string => {
  const value = objectOr(item)[key];
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const byName = (list: JsonValue[], key: string): JsonObject =>
  Object.fromEntries(list.map((item) => [nameOf(item, key), item]));

const mergeObject = (observed: JsonObject, lastApplied: JsonObject, desired: JsonObject): JsonObject => {
  const kept = Object.entries(observed).filter(
    ([key]) => !Object.hasOwn(lastApplied, key) || Object.hasOwn(desired, key),
  );
  const wanted = Object.entries(desired).map(
    ([key, value]) => [key, mergeValue(observed[key], lastApplied[key], value)] as const,
  );
  return Object.fromEntries([...kept, ...wanted]);
};

const mergeListMap = (key: string, observed: JsonValue[], lastApplied: JsonValue[], desired: JsonValue[]) => {
  const merged = mergeObject(byName(observed, key), byName(lastApplied, key), byName(desired, key));
  const before = observed.map((item) => nameOf(item, key)).filter((name) => Object.hasOwn(merged, name));
  const seen = new Set(before);
  const added = [...new Set(desired.map((item) => nameOf(item, key)))].filter((name) => !seen.has(name));
  // An observed list that has a name twice keeps both places, with the same content.
  return [...before, ...added].map((name) => merged[name] ?? null);
};

const mergeArray = (observed: JsonValue[], lastApplied: JsonValue[], desired: Maybe): JsonValue => {
  const key = mergeKeyOf(observed, lastApplied, arrayOr(desired));
  if (key !== undefined) return mergeListMap(key, observed, lastApplied, arrayOr(desired));
  return Array.isArray(desired) ? desired : null;
};

/**
 * The three-way merge of one value: what the last apply set and this one does not is removed, what this one sets is set,
 * the rest stays as it was observed. What was observed decides how: an object or a list is merged with the empty one
 * where the other sides are something else.
 */
const mergeValue = (observed: Maybe, lastApplied: Maybe, desired: JsonValue): JsonValue => {
  if (isObject(observed)) return mergeObject(observed, objectOr(lastApplied), objectOr(desired));
  if (Array.isArray(observed)) return mergeArray(observed, arrayOr(lastApplied), desired);
  return desired;
};

/** Merges what a hook wants into what was observed; changes none of the three. */
export const merge = (observed: JsonObject, lastApplied: JsonObject | undefined, desired: JsonObject): JsonObject =>
  mergeObject(observed, lastApplied ?? {}, desired);

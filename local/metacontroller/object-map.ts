import { keyOf, type DesiredChild } from './api-object.ts';
import { kindKey } from './resource.ts';

/** Objects by `Kind.group/version`, then by `namespace/name`: the form of `children` and `related` in v2 requests. */
export type ObjectMap<T> = Record<string, Record<string, T>>;

type Named = Pick<DesiredChild, 'apiVersion' | 'kind'> & { metadata: { namespace?: string; name: string } };

/** Groups objects by kind; every one of `kinds` has its group, even an empty one. */
export const toObjectMap = <T extends Named>(objects: readonly T[], kinds: readonly string[] = []): ObjectMap<T> => {
  const map: ObjectMap<T> = Object.fromEntries(kinds.map((kind) => [kind, {}]));
  for (const object of objects) {
    const kind = kindKey(object.apiVersion, object.kind);
    (map[kind] ??= {})[keyOf(object)] = object;
  }
  return map;
};

import type { KubernetesObject, ObjectMap } from './contract.ts';

/** The objects of one kind in `children` or `related`, sorted by name. `outerKey` is `Kind.version` or `Kind.group/version`. */
export const objectsOf = <T extends KubernetesObject>(map: ObjectMap, outerKey: string): T[] =>
  (Object.values(map[outerKey] ?? {}) as T[]).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));

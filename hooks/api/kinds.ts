import type { QuestDB } from './generated/questdb.ts';
import type { QuestDBNode } from './generated/questdbnode.ts';
import type { QuestDBVolume } from './generated/questdbvolume.ts';

/** The parents of the three hooks. */
export type ParentKinds = { QuestDB: QuestDB; QuestDBNode: QuestDBNode; QuestDBVolume: QuestDBVolume };
export type ParentKind = keyof ParentKinds;

/** A namespaced parent's namespace; the guard at the edge has made sure that it is there. */
export const namespaceOf = (object: { metadata: { namespace?: string; name: string } }): string => {
  if (object.metadata.namespace === undefined) throw new Error(`${object.metadata.name} has no namespace`);
  return object.metadata.namespace;
};

/** The generation the API server gave the spec; it counts from 1. */
export const generationOf = (object: { metadata: { generation?: number } }): number => object.metadata.generation ?? 1;

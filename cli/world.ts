import type { QuestDB } from '../hooks/api/generated/questdb.ts';
import type { QuestDBNodeClass } from '../hooks/api/generated/questdbnodeclass.ts';
import { namespaceOf } from '../hooks/api/kinds.ts';
import type { KubernetesObject, ObjectMap, SyncRequest } from '../hooks/metacontroller/contract.ts';

/** A database and its children, as the API server has them or as they are made up. */
export type Stored = { database: QuestDB; children: readonly KubernetesObject[] };

/** With the class of the instance that is asked for. */
export type World = Stored & { nodeClass: QuestDBNodeClass | undefined };

/** What Metacontroller would send about it. */
export const requestOf = ({ database, children, nodeClass }: World): SyncRequest<QuestDB> => ({
  parent: database,
  children: mapOf(children.map((child) => withNamespace(child, namespaceOf(database)))),
  related: mapOf(nodeClass === undefined ? [] : [nodeClass]),
  finalizing: false,
});

const withNamespace = (child: KubernetesObject, namespace: string): KubernetesObject => ({
  ...child,
  metadata: { ...child.metadata, namespace },
});

const mapOf = (objects: readonly KubernetesObject[]): ObjectMap => {
  const map: ObjectMap = {};
  for (const object of objects) {
    const { name, namespace } = object.metadata;
    const kind = `${object.kind}.${object.apiVersion}`;
    map[kind] = { ...map[kind], [namespace === undefined ? name : `${namespace}/${name}`]: object };
  }
  return map;
};

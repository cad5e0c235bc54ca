import type { QuestDB } from '../hooks/api/generated/questdb.ts';
import type { QuestDBNodeClass } from '../hooks/api/generated/questdbnodeclass.ts';
import { API_VERSION, DATABASE } from '../hooks/api/labels.ts';
import { ApiError, type KubeApi } from '../hooks/cluster/kube-api.ts';
import { childKinds, fleetPath, fleetWidePath, withLabels, type ChildKind } from '../hooks/cluster/paths.ts';
import type { KubernetesObject } from '../hooks/metacontroller/contract.ts';
import { UserError } from './user-error.ts';
import type { World } from './world.ts';

/** Reads a database and what belongs to it; undefined when there is no such database. Throws a UserError when the API server refuses. */
export const readWorld = async (api: KubeApi, namespace: string, name: string): Promise<World | undefined> => {
  const database = await api.get<QuestDB>(fleetPath(namespace, 'questdbs', name));
  if (database === undefined) return undefined;
  const children = await Promise.all(childKinds.map((kind) => readChildren(api, kind, database)));
  const className = database.spec.node?.className;
  return {
    database,
    children: children.flat(),
    nodeClass: className === undefined ? undefined : await readNodeClass(api, className),
  };
};

/** A class by its name; undefined when there is none. */
export const readNodeClass = (api: KubeApi, name: string): Promise<QuestDBNodeClass | undefined> =>
  api.get<QuestDBNodeClass>(`${fleetWidePath('questdbnodeclasses')}/${encodeURIComponent(name)}`);

const readChildren = async (
  api: KubeApi,
  { apiVersion, kind, path }: ChildKind,
  { metadata }: QuestDB,
): Promise<KubernetesObject[]> => {
  const labelled = withLabels(path(metadata.namespace ?? ''), { [DATABASE]: metadata.name });
  const found = await api.list<KubernetesObject>(labelled).catch((error: unknown) => {
    // A kind that only some clusters have.
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  });
  return found
    .filter(({ metadata: { ownerReferences } }) => ownerReferences?.some(({ uid }) => uid === metadata.uid) === true)
    .map((object) => ({ ...object, apiVersion, kind }));
};

/** The database as the API server would have it with this spec: defaults filled in, every rule checked. Nothing is written. */
export const tryChange = async (api: KubeApi, live: QuestDB, wanted: QuestDB): Promise<QuestDB> => {
  const { namespace = '', name, annotations } = { ...live.metadata, annotations: wanted.metadata.annotations };
  const metadata = { ...live.metadata, annotations: { ...live.metadata.annotations, ...annotations } };
  const body = { ...live, apiVersion: API_VERSION, kind: 'QuestDB', metadata, spec: wanted.spec };
  try {
    return await api.dryReplace<QuestDB>(fleetPath(namespace, 'questdbs', name), body);
  } catch (error) {
    if (error instanceof ApiError) throw new UserError(error.message);
    throw error;
  }
};

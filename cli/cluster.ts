import type { QuestDB } from '../hooks/api/generated/questdb.ts';
import type { QuestDBNodeClass } from '../hooks/api/generated/questdbnodeclass.ts';
import { API_VERSION, DATABASE } from '../hooks/api/labels.ts';
import { ApiError, type KubeApi } from '../hooks/cluster/kube-api.ts';
import { childKinds, fleetPath, fleetWidePath, withLabels, type ChildKind } from '../hooks/cluster/paths.ts';
import type { KubernetesObject } from '../hooks/metacontroller/contract.ts';
import { UserError } from './user-error.ts';
import type { Stored } from './world.ts';

/** Reads a database and what belongs to it; undefined when there is no such database. Throws a UserError when the API server refuses. */
export const readStored = async (api: KubeApi, namespace: string, name: string): Promise<Stored | undefined> => {
  const database = await api.get<QuestDB>(fleetPath(namespace, 'questdbs', name));
  if (database === undefined) return undefined;
  const children = await Promise.all(childKinds.map((kind) => readChildren(api, kind, database)));
  return { database, children: children.flat() };
};

/** The class that a database asks for; undefined when it asks for none, or there is none of that name. */
export const readNodeClass = async (api: KubeApi, { spec }: QuestDB): Promise<QuestDBNodeClass | undefined> =>
  spec.node === undefined
    ? undefined
    : api.get<QuestDBNodeClass>(`${fleetWidePath('questdbnodeclasses')}/${encodeURIComponent(spec.node.className)}`);

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

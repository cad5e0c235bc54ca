import type { EventRecorder } from '../api/event.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { NodeCluster } from '../questdbnode/ports.ts';
import type { KubeApi } from './kube-api.ts';
import { csiNodePath, fleetPath, nodePath } from './paths.ts';
import { orRetryOnConflict } from './conflicts.ts';

type CsiNode = { spec: { drivers?: { name: string }[] | null } };

/** The QuestDBNode hook's side of the API server. */
export const createNodeCluster = (api: KubeApi, record: EventRecorder): NodeCluster => ({
  readParent: (namespace, name) => api.get<QuestDBNode>(fleetPath(namespace, 'questdbnodes', name)),
  csiDriversOf: async (nodeName) =>
    ((await api.get<CsiNode>(csiNodePath(nodeName)))?.spec.drivers ?? []).map(({ name }) => name),
  deleteNode: (name, uid) => orRetryOnConflict(api.remove(nodePath(name), { uid })),
  record,
});

import type { EventRecorder } from '../api/event.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { NODE } from '../api/labels.ts';
import type { KubernetesObject } from '../metacontroller/contract.ts';
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
  deleteNodeOf: async (owner, nodeName) => {
    const node = await api.get<KubernetesObject>(nodePath(nodeName));
    if (node?.metadata.labels?.[NODE] !== owner.metadata.uid) return;
    await orRetryOnConflict(api.remove(nodePath(nodeName), { uid: node.metadata.uid }));
  },
  record,
});

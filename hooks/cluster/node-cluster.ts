import type { EventRecorder } from '../api/event.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { NODE, OUT_OF_SERVICE, RETIRING, TERMINATION } from '../api/labels.ts';
import { isGuarded, type ClusterNode } from '../questdbnode/cluster-node.ts';
import type { NodeCluster } from '../questdbnode/ports.ts';
import type { KubeApi } from './kube-api.ts';
import { csiNodePath, fleetPath, nodePath, podsOnNodePath, withLabels } from './paths.ts';
import { orRetryOnConflict } from './conflicts.ts';

type CsiNode = { spec: { drivers?: { name: string }[] | null } };
type PodOnNode = {
  metadata: { namespace: string; name: string };
  spec?: { volumes?: { persistentVolumeClaim?: object }[] };
  status?: { phase?: string };
};

/** The QuestDBNode hook's side of the API server. */
export const createNodeCluster = (api: KubeApi, record: EventRecorder): NodeCluster => ({
  readParent: (namespace, name) => api.get<QuestDBNode>(fleetPath(namespace, 'questdbnodes', name)),
  csiDriversOf: async (nodeName) =>
    ((await api.get<CsiNode>(csiNodePath(nodeName)))?.spec.drivers ?? []).map(({ name }) => name),
  nodesOf: ({ metadata }) => api.list<ClusterNode>(withLabels(nodePath(), { [NODE]: metadata.uid })),
  volumePodsOn: async (nodeName) =>
    (await api.list<PodOnNode>(podsOnNodePath(nodeName)))
      .filter(({ spec }) => spec?.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined))
      .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
  guard: async ({ metadata }) => {
    const live = await api.get<ClusterNode>(nodePath(metadata.name));
    if (live === undefined || live.metadata.uid !== metadata.uid || isGuarded(live)) return;
    await changeMetadata(api, live, { finalizers: [...(live.metadata.finalizers ?? []), TERMINATION] });
  },
  cordon: (node) => change(api, node, { unschedulable: true }),
  taintRetiring: (node) => change(api, node, { taints: [...taintsBut(node, RETIRING), RETIRING] }),
  taintOutOfService: (node) => change(api, node, { taints: [...taintsBut(node, OUT_OF_SERVICE), OUT_OF_SERVICE] }),
  untaintOutOfService: (node) => change(api, node, { taints: taintsBut(node, OUT_OF_SERVICE) }),
  deleteNode: async (node) => {
    const { name, uid, finalizers } = node.metadata;
    await orRetryOnConflict(api.remove(nodePath(name), { uid }));
    if (finalizers?.includes(TERMINATION) !== true) return;
    const live = await api.get<ClusterNode>(nodePath(name));
    if (live?.metadata.uid !== uid) return;
    await changeMetadata(api, live, { finalizers: live.metadata.finalizers?.filter((one) => one !== TERMINATION) });
  },
  record,
});

const taintsBut = ({ spec }: ClusterNode, taint: { key: string }) =>
  (spec?.taints ?? []).filter(({ key }) => key !== taint.key);

const changeMetadata = (api: KubeApi, { metadata }: ClusterNode, change: object): Promise<void> => {
  const { uid, resourceVersion, name } = metadata;
  return orRetryOnConflict(api.patch(nodePath(name), { metadata: { uid, resourceVersion, ...change } }));
};

/** Holds only for the Node that was read: a list is replaced as a whole. */
const change = (api: KubeApi, { metadata }: ClusterNode, spec: object): Promise<void> => {
  const { uid, resourceVersion, name } = metadata;
  return orRetryOnConflict(api.patch(nodePath(name), { metadata: { uid, resourceVersion }, spec }));
};

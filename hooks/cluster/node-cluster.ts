import type { EventRecorder } from '../api/event.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { NODE, OUT_OF_SERVICE, RETIRING, TERMINATION } from '../api/labels.ts';
import { isGuarded, isNodeReady, type ClusterNode } from '../questdbnode/cluster-node.ts';
import type { FleetReadiness } from '../questdbnode/outage.ts';
import type { NodeCluster } from '../questdbnode/ports.ts';
import { sharedReading } from '../shared-reading.ts';
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
export const createNodeCluster = (api: KubeApi, record: EventRecorder, now: () => Date): NodeCluster => ({
  fleetReadiness: sharedReading({ read: () => readFleetReadiness(api), maxAgeSeconds: READINESS_MAX_AGE_SECONDS, now }),
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
    if (live?.metadata.uid !== metadata.uid || isGuarded(live)) return;
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

/** It is asked for when machines are lost, for each of them. */
const READINESS_MAX_AGE_SECONDS = 15;

const readFleetReadiness = async (api: KubeApi): Promise<FleetReadiness> => {
  const nodes = await api.list<ClusterNode>(`${nodePath()}?labelSelector=${encodeURIComponent(NODE)}`);
  return { total: nodes.length, notReady: nodes.filter((node) => !isNodeReady(node)).length };
};

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

import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import { NODE, OUT_OF_SERVICE, RETIRING, TERMINATION } from '../../hooks/api/labels.ts';
import type { ClusterNode } from '../../hooks/questdbnode/cluster-node.ts';
import type { Ec2Clients } from '../../hooks/aws/client.ts';
import { createCompute } from '../../hooks/aws/compute.ts';
import { checkAnswer } from '../../hooks/metacontroller/answer.ts';
import type { FinalizeResponse, SyncRequest, SyncResponse } from '../../hooks/metacontroller/contract.ts';
import { createGuards } from '../../hooks/metacontroller/guard.ts';
import { nodeHooks } from '../../hooks/questdbnode/hooks.ts';
import type { Compute, NodeCluster, NodePorts, NodeTiming } from '../../hooks/questdbnode/ports.ts';
import type { ApiServer } from './api-server.ts';
import { edgesOf, withEdges, type Interruption } from './interruption.ts';
import type { Laws, Witness } from './laws.ts';
import { CLUSTER_NAME } from './objects.ts';

/** What the hooks are configured with when nothing else is said. */
export const TIMING: NodeTiming = {
  visibilitySeconds: 300,
  capacityRetrySeconds: 180,
  pollSeconds: 10,
  forceStopSeconds: 600,
};
const SNAPSHOT_MAX_AGE_SECONDS = 10;

/** What a hook of this world does at its edges. */
export type Use = keyof Compute | keyof NodeCluster;

export type Answer = SyncResponse<unknown> & Partial<FinalizeResponse<unknown>>;

/** A process with the QuestDBNode hooks in it. */
export type HookProcess = {
  call: (request: SyncRequest<QuestDBNode>, interruption?: Interruption<Use>) => Promise<Answer>;
  /** Another process: nothing is remembered. */
  restart: () => void;
};

type Surroundings = { api: ApiServer; clients: Ec2Clients; laws: Laws; now: () => Date; events: string[] };

const guards = createGuards('QuestDBNode');

const changeNode = (api: ApiServer, { metadata }: ClusterNode, spec: ClusterNode['spec']): Promise<void> => {
  const live = api.nodes.get(metadata.name);
  if (live?.metadata.uid === metadata.uid) api.nodes.set(metadata.name, { ...live, spec: { ...live.spec, ...spec } });
  return Promise.resolve();
};

const clusterOf = ({ api, events }: Surroundings): NodeCluster => ({
  readParent: (_namespace, name) => Promise.resolve(api.read(name)),
  csiDriversOf: (nodeName) => Promise.resolve(api.csiNodes.has(nodeName) ? ['ebs.csi.aws.com'] : []),
  nodesOf: ({ metadata }) =>
    Promise.resolve([...api.nodes.values()].filter((node) => node.metadata.labels?.[NODE] === metadata.uid)),
  // The pods of this world are their volumes; see volumes.ts.
  fleetReadiness: () => Promise.resolve({ total: api.nodes.size, notReady: 0 }),
  volumePodsOn: () => Promise.resolve([]),
  guard: ({ metadata }) => {
    const live = api.nodes.get(metadata.name);
    if (live?.metadata.uid === metadata.uid)
      api.nodes.set(metadata.name, { ...live, metadata: { ...live.metadata, finalizers: [TERMINATION] } });
    return Promise.resolve();
  },
  cordon: (node) => changeNode(api, node, { unschedulable: true }),
  taintRetiring: (node) => changeNode(api, node, { taints: [RETIRING] }),
  taintOutOfService: (node) => changeNode(api, node, { taints: [OUT_OF_SERVICE] }),
  untaintOutOfService: (node) => changeNode(api, node, { taints: [] }),
  deleteNode: ({ metadata }) => {
    if (api.nodes.get(metadata.name)?.metadata.uid === metadata.uid) api.nodes.delete(metadata.name);
    return Promise.resolve();
  },
  record: ({ metadata }, _type, reason) => {
    events.push(`${metadata.name} ${reason}`);
    return Promise.resolve();
  },
});

const watched = (compute: Compute, cluster: NodeCluster, witness: Witness): Pick<NodePorts, 'compute' | 'cluster'> => ({
  compute: {
    ...compute,
    launch: (intent) => {
      witness.launches(intent);
      return compute.launch(intent);
    },
    terminate: (instanceId) => {
      witness.terminates(instanceId);
      return compute.terminate(instanceId);
    },
    stop: (instanceId, options) => {
      witness.stops(instanceId);
      return compute.stop(instanceId, options);
    },
    start: (instanceId) => {
      witness.starts(instanceId);
      return compute.start(instanceId);
    },
    tag: (instanceId, tags) => {
      witness.tags(instanceId);
      return compute.tag(instanceId, tags);
    },
  },
  cluster: {
    ...cluster,
    taintOutOfService: (node) => {
      witness.takesOutOfService(node);
      return cluster.taintOutOfService(node);
    },
    readParent: async (namespace, name) => {
      const live = await cluster.readParent(namespace, name);
      witness.sawParent(live);
      return live;
    },
  },
});

/** The hooks as they are composed in production, but for the API server; requests and answers pass the guards of the edge. */
export const createHookProcess = (around: Surroundings): HookProcess => {
  const { clients, now } = around;
  const cluster = clusterOf(around);
  const start = (): Compute =>
    createCompute({ clients, clusterName: CLUSTER_NAME, snapshotMaxAgeSeconds: SNAPSHOT_MAX_AGE_SECONDS, now });
  let compute = start();
  return {
    call: async (request, interruption) => {
      const ports = watched(compute, cluster, around.laws.witness());
      const edge = edgesOf(interruption);
      const hooks = nodeHooks({
        compute: withEdges(ports.compute, edge),
        cluster: withEdges(ports.cluster, edge),
        timing: TIMING,
        clusterName: CLUSTER_NAME,
        now,
      });
      // As it comes over the wire: no call shares an object with another.
      const body: unknown = JSON.parse(JSON.stringify(request));
      return request.finalizing
        ? checkAnswer('finalize', await hooks.finalize(guards.finalize(body)))
        : checkAnswer('sync', await hooks.sync(guards.sync(body)));
    },
    restart: () => (compute = start()),
  };
};

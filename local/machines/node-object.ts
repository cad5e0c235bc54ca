import type { V1CSINode, V1Node, V1Taint } from '@kubernetes/client-node';
import { DRIVER_NAME, ZONE_KEY } from '../csi/names.ts';
import type { Machine } from './account.ts';
import type { Shape } from './shape.ts';

/** What a machine registers as. */
export type NodeIdentity = {
  name: string;
  machine: Pick<Machine, 'instanceId' | 'instanceType' | 'vcpus' | 'memoryMiB' | 'architecture' | 'zone' | 'privateIpAddress'>; // prettier-ignore
  /** Undefined: as many as the instance type has addresses for. */
  maxPods: number | undefined;
  labels: Record<string, string>;
  taints: Shape<V1Taint>[];
};

/** A kubelet that is started with --cloud-provider=external keeps pods off until the cloud controller has looked at the Node. */
export const UNINITIALIZED: Shape<V1Taint> = {
  key: 'node.cloudprovider.kubernetes.io/uninitialized',
  value: 'true',
  effect: 'NoSchedule',
};

/** `aws:///<zone>/<instance id>`. */
export const providerId = ({ machine }: NodeIdentity): string => `aws:///${machine.zone}/${machine.instanceId}`;

const labelsOf = ({ name, machine, labels }: NodeIdentity): Record<string, string> => ({
  'kubernetes.io/hostname': name,
  'kubernetes.io/os': 'linux',
  'kubernetes.io/arch': machine.architecture === 'arm64' ? 'arm64' : 'amd64',
  'node.kubernetes.io/instance-type': machine.instanceType,
  'topology.kubernetes.io/region': machine.zone.replace(/[a-z]$/, ''),
  'topology.kubernetes.io/zone': machine.zone,
  [ZONE_KEY]: machine.zone,
  ...labels,
});

/** The Node as its kubelet registers it. */
export const nodeObject = (identity: NodeIdentity, annotations: Record<string, string> = {}): Shape<V1Node> => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: identity.name,
    labels: labelsOf(identity),
    annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true', ...annotations },
  },
  spec: { providerID: providerId(identity), taints: [UNINITIALIZED, ...identity.taints] },
});

const EBS_VOLUMES_PER_INSTANCE = 25;

/** The CSINode: this Node has the driver, under the name of its instance, for volumes of its zone. Owned by the Node, as the kubelet's is. */
export const csiNodeObject = (identity: NodeIdentity, node: V1Node): Shape<V1CSINode> => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSINode',
  metadata: {
    name: identity.name,
    ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: identity.name, uid: node.metadata?.uid ?? '' }],
  },
  spec: {
    drivers: [
      {
        name: DRIVER_NAME,
        nodeID: identity.machine.instanceId,
        topologyKeys: [ZONE_KEY],
        allocatable: { count: EBS_VOLUMES_PER_INSTANCE },
      },
    ],
  },
});

/** Millicores that AL2023 keeps for the system: 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest. */
const reservedMillicores = (vcpus: number): number =>
  60 + (vcpus > 1 ? 10 : 0) + Math.min(Math.max(vcpus - 2, 0), 2) * 5 + Math.max(vcpus - 4, 0) * 2.5;

/** What an operating system sees of the memory an instance type advertises. */
const VISIBLE_MEMORY = 0.97;
const EVICTION_MIB = 100;

/** Addresses for pods on three interfaces of ten, and on four of fifteen. */
const PODS_OF_LARGE = 29;
const PODS_OF_XLARGE = 58;

/**
 * Capacity and allocatable as on AL2023 of EKS: memory less 255 MiB + 11 MiB a pod and the eviction threshold, processors less
 * nodeadm's reserve. Source: awslabs/amazon-eks-ami, nodeadm, and the EKS manual on reserved resources.
 */
export const resourcesOf = ({ machine, maxPods: wanted }: NodeIdentity) => {
  const maxPods = wanted ?? (machine.vcpus > 2 ? PODS_OF_XLARGE : PODS_OF_LARGE);
  const memory = Math.floor(machine.memoryMiB * VISIBLE_MEMORY);
  const reserved = 255 + 11 * maxPods + EVICTION_MIB;
  const shared = { pods: String(maxPods), 'hugepages-1Gi': '0', 'hugepages-2Mi': '0' };
  return {
    capacity: {
      ...shared,
      cpu: String(machine.vcpus),
      memory: `${String(memory * 1024)}Ki`,
      'ephemeral-storage': '20Gi',
    },
    allocatable: {
      ...shared,
      cpu: `${String(Math.floor(machine.vcpus * 1000 - reservedMillicores(machine.vcpus)))}m`,
      memory: `${String((memory - reserved) * 1024)}Ki`,
      'ephemeral-storage': '18Gi',
    },
  };
};

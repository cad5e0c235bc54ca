import type { V1CSINode, V1Node, V1NodeStatus, V1Taint } from '@kubernetes/client-node';
import { DRIVER_NAME, ZONE_KEY } from '../csi/names.ts';
import type { Machine } from './account.ts';
import type { KubeletConfig, Reserved } from './kubelet-config.ts';
import { numberOf } from './quantity.ts';
import type { Shape } from './shape.ts';

/** What a machine registers as. */
export type NodeIdentity = {
  name: string;
  machine: Pick<Machine, 'instanceId' | 'instanceType' | 'vcpus' | 'memoryMiB' | 'architecture' | 'zone' | 'privateIpAddress'>; // prettier-ignore
  kubelet: KubeletConfig;
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

/** What a Node may be registered with beside that. */
export type NodeExtras = { annotations?: Record<string, string>; status?: Shape<V1NodeStatus> };

/** The Node as its kubelet registers it. */
export const nodeObject = (identity: NodeIdentity, { annotations, status }: NodeExtras = {}): Shape<V1Node> => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: identity.name,
    labels: labelsOf(identity),
    annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true', ...annotations },
  },
  spec: { providerID: providerId(identity), taints: [UNINITIALIZED, ...identity.taints] },
  ...(status === undefined ? {} : { status }),
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

/** Millicores that nodeadm keeps: 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest. */
const reservedMillicores = (vcpus: number): number =>
  60 + (vcpus > 1 ? 10 : 0) + Math.min(Math.max(vcpus - 2, 0), 2) * 5 + Math.floor(Math.max(vcpus - 4, 0) * 2.5);

/** What an operating system sees of the memory an instance type advertises. */
const VISIBLE_MEMORY = 0.97;
const DISK = '20Gi';

/** The kubelet evicts pods before less than that is left (evictionHard), so nobody may ask for it: 100 MiB of memory, a tenth of the disk. */
const EVICTION_MEMORY = 100 * 2 ** 20;
const EVICTION_DISK = 0.1;

/** Addresses for pods on three interfaces of ten, and on four of fifteen. */
const PODS_OF_LARGE = 29;
const PODS_OF_XLARGE = 58;

const podsOfType = (vcpus: number): number => (vcpus > 2 ? PODS_OF_XLARGE : PODS_OF_LARGE);

/** What nodeadm keeps for the kubelet: by the pods the instance type has addresses for, whatever maxPods says. */
const kubeReservedOf = (vcpus: number): Reserved => ({
  cpu: `${String(reservedMillicores(vcpus))}m`,
  memory: `${String(255 + 11 * podsOfType(vcpus))}Mi`,
  'ephemeral-storage': '1Gi',
});

/**
 * Capacity and allocatable as on AL2023 of EKS. What the class says is merged over nodeadm's own, resource by resource. Source:
 * awslabs/amazon-eks-ami, nodeadm/internal/kubelet/config.go, and the EKS manual on reserved resources.
 */
export const resourcesOf = ({ machine, kubelet }: NodeIdentity) => {
  const { maxPods, kubeReserved, systemReserved = {} } = kubelet;
  const kept: Reserved[] = [{ ...kubeReservedOf(machine.vcpus), ...kubeReserved }, systemReserved];
  const left = (resource: string, capacity: number, eviction = 0): number =>
    Math.max(
      0,
      kept.reduce((rest, reserved) => rest - numberOf(reserved[resource] ?? '0'), capacity - eviction),
    );
  const memory = Math.floor(machine.memoryMiB * VISIBLE_MEMORY) * 2 ** 20;
  const disk = numberOf(DISK);
  const shared = { pods: String(maxPods ?? podsOfType(machine.vcpus)), 'hugepages-1Gi': '0', 'hugepages-2Mi': '0' };
  return {
    capacity: {
      ...shared,
      cpu: String(machine.vcpus),
      memory: `${String(memory / 2 ** 10)}Ki`,
      'ephemeral-storage': DISK,
    },
    allocatable: {
      ...shared,
      cpu: `${String(Math.round(left('cpu', machine.vcpus) * 1000))}m`,
      memory: `${String(Math.floor(left('memory', memory, EVICTION_MEMORY) / 2 ** 10))}Ki`,
      'ephemeral-storage': String(Math.floor(left('ephemeral-storage', disk, disk * EVICTION_DISK))),
    },
  };
};

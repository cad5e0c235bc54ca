import type { V1Node, V1NodeCondition } from '@kubernetes/client-node';
import type { Api } from './api.ts';
import { isAnswer, MERGE, STRATEGIC_MERGE } from './api.ts';
import { resourcesOf, type NodeIdentity } from './node-object.ts';
import type { Shape } from './shape.ts';

type Wanted = { type: string; status: 'True' | 'False'; reason: string; message: string };

const CONDITIONS: readonly Wanted[] = [
  { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available' }, // prettier-ignore
  {
    type: 'DiskPressure',
    status: 'False',
    reason: 'KubeletHasNoDiskPressure',
    message: 'kubelet has no disk pressure',
  },
  { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' }, // prettier-ignore
  { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
];

/** Conditions with the time of their last change: kept from `seen` while the status is the same. */
export const conditionsOf = (seen: V1Node, now: Date): Shape<V1NodeCondition>[] =>
  CONDITIONS.map((wanted) => {
    const before = seen.status?.conditions?.find(({ type }) => type === wanted.type);
    const unchanged = before?.status === wanted.status ? before.lastTransitionTime : undefined;
    return { ...wanted, lastHeartbeatTime: now, lastTransitionTime: unchanged ?? now };
  });

const sameNames = (a: readonly string[], b: readonly string[]): boolean => a.toSorted().join() === b.toSorted().join();

/** Whether the Node's status has to be sent: something else is there, or what is there was sent longer ago than `maxAge` ms. */
export const isOutdated = (seen: V1Node, volumesInUse: readonly string[], now: Date, maxAge: number): boolean =>
  !sameNames(seen.status?.volumesInUse ?? [], volumesInUse) ||
  CONDITIONS.some(({ type, status }) => {
    const found = seen.status?.conditions?.find((condition) => condition.type === type);
    const sentAt = found?.lastHeartbeatTime;
    return found?.status !== status || sentAt === undefined || now.getTime() - sentAt.getTime() >= maxAge;
  });

/** Reports the Node's status, unless it is there already and younger than `maxAge` ms: capacity, conditions, addresses, and the volumes that are in use. */
export const reportNodeStatus = async (
  api: Api,
  identity: NodeIdentity,
  volumesInUse: readonly string[],
  maxAge = 0,
): Promise<void> => {
  const { name, machine } = identity;
  const seen = await api.core.readNode({ name });
  if (!isOutdated(seen, volumesInUse, new Date(), maxAge)) return;
  const status = {
    ...resourcesOf(identity),
    conditions: conditionsOf(seen, new Date()),
    addresses: [
      { type: 'InternalIP', address: machine.privateIpAddress },
      { type: 'InternalDNS', address: name },
      { type: 'Hostname', address: name },
    ],
    nodeInfo: {
      architecture: machine.architecture === 'arm64' ? 'arm64' : 'amd64',
      bootID: machine.instanceId,
      containerRuntimeVersion: 'process://1',
      kernelVersion: 'local',
      kubeProxyVersion: '',
      kubeletVersion: 'v1.36.4',
      machineID: machine.instanceId,
      operatingSystem: 'linux',
      osImage: 'local process',
      systemUUID: machine.instanceId,
    },
    volumesInUse: volumesInUse.length > 0 ? volumesInUse : null,
  };
  await api.core.patchNodeStatus({ name, body: { status } }, STRATEGIC_MERGE);
};

/** Tells the attach/detach controller which volumes this Node uses. */
export const reportVolumesInUse = async (api: Api, name: string, volumesInUse: readonly string[]): Promise<void> => {
  await api.core.patchNodeStatus({ name, body: { status: { volumesInUse } } }, MERGE);
};

const LEASES = 'kube-node-lease';
const LEASE_SECONDS = 40;

/** Renews the Node's lease, which is what the node controller takes for a sign of life. */
export const renewLease = async (api: Api, node: V1Node): Promise<void> => {
  const name = node.metadata?.name ?? '';
  const owner = { apiVersion: 'v1', kind: 'Node', name, uid: node.metadata?.uid ?? '' };
  const spec = {
    holderIdentity: name,
    leaseDurationSeconds: LEASE_SECONDS,
    renewTime: new Date().toISOString().replace('Z', '000Z'),
  };
  try {
    const body = { metadata: { ownerReferences: [owner] }, spec };
    await api.coordination.patchNamespacedLease({ name, namespace: LEASES, body }, MERGE);
  } catch (error) {
    if (!isAnswer(error, 404)) throw error;
    const body = { metadata: { name, ownerReferences: [owner] }, spec };
    // The model wants a class of its own for microseconds; on the wire it is this text.
    await api.coordination.createNamespacedLease({ namespace: LEASES, body: body as never });
  }
};

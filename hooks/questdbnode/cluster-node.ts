import type { V1Node } from '@kubernetes/client-node';
import { OUT_OF_SERVICE, RETIRING, TERMINATION } from '../api/labels.ts';
import type { Wire } from '../api/wire.ts';
import type { KubernetesObject } from '../metacontroller/contract.ts';

/** A Node on the wire. */
export type ClusterNode = Wire<V1Node> & KubernetesObject;

/** `aws:///<zone>/<instance id>` is how a Node says which instance it is. Addresses are re-used, so never match by name. */
const PROVIDER_ID = /^aws:\/\/\/[^/]+\/(i-[^/]+)$/;

/** The Node that joined from an instance; the instance may be gone already. */
export const nodeOf = (nodes: readonly ClusterNode[], instanceId: string | undefined): ClusterNode | undefined =>
  instanceId === undefined
    ? undefined
    : nodes.find((node) => PROVIDER_ID.exec(node.spec?.providerID ?? '')?.[1] === instanceId);

const readyCondition = (node: ClusterNode | undefined) =>
  node?.status?.conditions?.find(({ type }) => type === 'Ready');

export const isNodeReady = (node: ClusterNode | undefined): boolean => readyCondition(node)?.status === 'True';

/** Since when the Node is not Ready; undefined when it is, or does not say. */
export const notReadySince = (node: ClusterNode | undefined): Date | undefined => {
  const ready = readyCondition(node);
  return ready === undefined || ready.status === 'True' || ready.lastTransitionTime === undefined
    ? undefined
    : new Date(ready.lastTransitionTime);
};

/** Whether it stays until its volumes are let go, or is on its way out already. */
export const isGuarded = ({ metadata }: ClusterNode): boolean =>
  metadata.deletionTimestamp !== undefined || (metadata.finalizers?.includes(TERMINATION) ?? false);

/** Whether Kubernetes holds a volume to be attached there. */
export const holdsVolumes = ({ status }: ClusterNode): boolean => (status?.volumesAttached ?? []).length > 0;

export const isCordoned = (node: ClusterNode): boolean => node.spec?.unschedulable === true;

/**
 * The taints of its start that are still on the Node: of the cloud controller, and by convention those of agents that are not ready (CNI, CSI driver).
 * A pod that is made while there are some is tried again by the scheduler late. Any other taint may be one that the database tolerates.
 */
export const startTaints = ({ spec }: ClusterNode): string[] =>
  (spec?.taints ?? []).map(({ key }) => key).filter((key) => OF_START.has(key) || /\/(agent-)?not-ready$/.test(key));

/** https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const OF_START: ReadonlySet<string> = new Set([
  'node.cloudprovider.kubernetes.io/uninitialized',
  'node.kubernetes.io/network-unavailable',
]);

/** Whether the Node is said to be out of service, by whomever. */
export const isOutOfService = (node: ClusterNode): boolean =>
  node.spec?.taints?.some(({ key }) => key === OUT_OF_SERVICE.key) ?? false;

/** Whether the pods that are left there are asked to go. */
export const isRetiring = (node: ClusterNode): boolean =>
  node.spec?.taints?.some(({ key }) => key === RETIRING.key) ?? false;

/** Whether it was this operator who said so. */
export const isOutOfServiceByUs = (node: ClusterNode): boolean =>
  node.spec?.taints?.some(({ key, value }) => key === OUT_OF_SERVICE.key && value === OUT_OF_SERVICE.value) ?? false;

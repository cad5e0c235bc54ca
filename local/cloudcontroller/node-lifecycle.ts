import type { V1Node, V1Taint } from '@kubernetes/client-node';

/** What the cloud controller does to a Node. */
export type NodeAction = { kind: 'none' } | { kind: 'setTaints'; taints: V1Taint[] } | { kind: 'delete' };

const UNINITIALIZED = 'node.cloudprovider.kubernetes.io/uninitialized';
const SHUTDOWN: V1Taint = { key: 'node.cloudprovider.kubernetes.io/shutdown', effect: 'NoSchedule' };

/** The instance behind a Node, from `aws:///<zone>/<instance id>`; undefined for Nodes of no cloud. */
export const instanceIdOf = (node: V1Node): string | undefined =>
  /^aws:\/\/\/[^/]+\/(i-[0-9a-z]+)$/.exec(node.spec?.providerID ?? '')?.[1];

const isReady = (node: V1Node): boolean =>
  node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

const taintsFor = (node: V1Node, state: string): V1Taint[] => {
  const initialized = (node.spec?.taints ?? []).filter(({ key }) => key !== UNINITIALIZED);
  const others = initialized.filter(({ key }) => key !== SHUTDOWN.key);
  if (state === 'stopping' || state === 'stopped') return [...others, SHUTDOWN];
  return state === 'running' && isReady(node) ? others : initialized;
};

/**
 * What EKS' cloud controller manager does to a Node whose instance is in that state of EC2, or undefined when there is no
 * such instance (any more): the Node of a lost instance is deleted, that of a stopped one tainted until it is Ready again,
 * and the uninitialized taint goes at the first sight of the instance. The real one acts once the Node is not Ready, up to a
 * minute later; which Node it acts on is the same.
 *
 * Source: k8s.io/cloud-provider, controllers/node and controllers/nodelifecycle.
 */
export const actionFor = (node: V1Node, state: string | undefined): NodeAction => {
  if (state === undefined || state === 'terminated') return { kind: 'delete' };
  const before = (node.spec?.taints ?? []).map(({ key }) => key);
  const taints = taintsFor(node, state);
  return taints.map(({ key }) => key).join() === before.join() ? { kind: 'none' } : { kind: 'setTaints', taints };
};

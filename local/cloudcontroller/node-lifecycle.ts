import type { V1Node, V1Taint } from '@kubernetes/client-node';
import type { Shape } from '../machines/shape.ts';

/** What the cloud controller does to a Node. */
export type NodeAction = { kind: 'none' } | { kind: 'setTaints'; taints: Shape<V1Taint>[] } | { kind: 'delete' };

const UNINITIALIZED = 'node.cloudprovider.kubernetes.io/uninitialized';
const SHUTDOWN: Shape<V1Taint> = { key: 'node.cloudprovider.kubernetes.io/shutdown', effect: 'NoSchedule' };

/** The instance behind a Node, from `aws:///<zone>/<instance id>`; undefined for Nodes of no cloud. */
export const instanceIdOf = (node: V1Node): string | undefined =>
  /^aws:\/\/\/[^/]+\/(i-[0-9a-z]+)$/.exec(node.spec?.providerID ?? '')?.[1];

/** Whether nobody has seen its instance yet. */
export const isUninitialized = (node: V1Node): boolean =>
  node.spec?.taints?.some(({ key }) => key === UNINITIALIZED) === true;

const isReady = (node: V1Node): boolean =>
  node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

const taintsFor = (node: V1Node, state: string): Shape<V1Taint>[] => {
  const initialized = (node.spec?.taints ?? []).filter(({ key }) => key !== UNINITIALIZED);
  const others = initialized.filter(({ key }) => key !== SHUTDOWN.key);
  if (isReady(node)) return others;
  return state === 'stopped' ? [...others, SHUTDOWN] : initialized;
};

/**
 * What EKS' cloud controller manager does to a Node whose instance is in that state of EC2, or undefined when there is no
 * such instance (any more). A Node is left alone while it is Ready, whatever became of its instance: the node controller
 * finds out first. Then that of a lost instance is deleted, and that of a stopped one tainted until it is Ready again; one
 * that is stopping may hang there, and is not shut down in the eyes of AWS' provider. The uninitialized taint goes at the
 * first sight of the instance.
 *
 * Source: k8s.io/cloud-provider, controllers/node and controllers/nodelifecycle; InstanceShutdown of cloud-provider-aws.
 */
export const actionFor = (node: V1Node, state: string | undefined): NodeAction => {
  const isGone = state === undefined || state === 'terminated';
  if (isGone && !isReady(node)) return { kind: 'delete' };
  if (isGone) return { kind: 'none' };
  const before = (node.spec?.taints ?? []).map(({ key }) => key);
  const taints = taintsFor(node, state);
  return taints.map(({ key }) => key).join() === before.join() ? { kind: 'none' } : { kind: 'setTaints', taints };
};

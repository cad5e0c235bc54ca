import { WORKER_INSTANCE_ID } from '../ec2/builtin.ts';
import type { Machine } from './account.ts';
import type { NodeIdentity } from './node-object.ts';

/** Name of the plain worker Node, where databases without `spec.node` run. */
export const WORKER_NODE = 'worker-1';

/** The worker as the cluster sees it: no user data, a fixed name and its own label. */
export const workerIdentity = (machine: Machine): NodeIdentity => ({
  name: WORKER_NODE,
  machine,
  kubelet: { maxPods: 58 },
  labels: { 'questdb-fleet.dev/local-worker': 'true' },
  taints: [],
});

export const isWorker = (machine: Machine): boolean => machine.instanceId === WORKER_INSTANCE_ID;

import type { V1Node } from '@kubernetes/client-node';
import type { Api } from './api.ts';
import { MERGE, orAbsent } from './api.ts';

/** KWOK plays the kubelet of Nodes with this annotation. */
export const FAKE_NODE = { 'kwok.x-k8s.io/node': 'fake' };

/** And so does everything else that belongs to it, unless the Node has this one: nothing reaches its machine. */
const SILENT = 'questdb-fleet.dev/local-silent';

/** Whether a Node is one that KWOK plays, and that is not silent. */
export const isPlayed = ({ metadata }: V1Node): boolean =>
  metadata?.annotations?.['kwok.x-k8s.io/node'] === 'fake' && metadata.annotations[SILENT] === undefined;

const LEASES = 'kube-node-lease';
const FOREVER_SECONDS = 2 ** 31 - 1;

const giveLease = async (api: Api, name: string, spec: object): Promise<void> => {
  await api.coordination.patchNamespacedLease({ name, namespace: LEASES, body: { spec } }, MERGE);
};

/**
 * Makes KWOK keep still: it plays a Node only while it holds its Lease, so the Lease is given to nobody. The node controller
 * misses its renewals as it would those of a kubelet.
 */
export const silence = async (api: Api, name: string): Promise<void> => {
  if ((await orAbsent(api.core.readNode({ name }))) === undefined) return;
  await api.core.patchNode({ name, body: { metadata: { annotations: { [SILENT]: 'true' } } } }, MERGE);
  await giveLease(api, name, { holderIdentity: 'nobody', leaseDurationSeconds: FOREVER_SECONDS });
};

/** Lets KWOK play the Node again. */
export const wake = async (api: Api, name: string): Promise<void> => {
  await api.core.patchNode({ name, body: { metadata: { annotations: { ...FAKE_NODE, [SILENT]: null } } } }, MERGE);
  const lease = await orAbsent(api.coordination.readNamespacedLease({ name, namespace: LEASES }));
  if (lease?.spec?.holderIdentity !== 'nobody') return;
  await giveLease(api, name, { holderIdentity: null, leaseDurationSeconds: null });
};

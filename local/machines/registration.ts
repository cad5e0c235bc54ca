import type { V1Node } from '@kubernetes/client-node';
import type { Api } from './api.ts';
import { isAnswer, MERGE, orAbsent } from './api.ts';
import { csiNodeObject, nodeObject, providerId, type NodeExtras, type NodeIdentity } from './node-object.ts';
import { asModel, type Shape } from './shape.ts';

const createOrRead = async (api: Api, wanted: Shape<V1Node>): Promise<V1Node> => {
  try {
    return await api.core.createNode({ body: asModel(wanted) });
  } catch (error) {
    if (!isAnswer(error, 409)) throw error;
    return api.core.readNode({ name: wanted.metadata?.name ?? '' });
  }
};

const ensureCsiNode = async (api: Api, identity: NodeIdentity, node: V1Node): Promise<void> => {
  const present = await orAbsent(api.storage.readCSINode({ name: identity.name }));
  const owner = present?.metadata?.ownerReferences?.[0]?.uid;
  if (present !== undefined && owner === node.metadata?.uid) return;
  if (present !== undefined) await api.storage.deleteCSINode({ name: identity.name });
  await api.storage.createCSINode({ body: asModel(csiNodeObject(identity, node)) });
};

/**
 * Registers the machine: its Node and its CSINode. A Node of that name that is there already is kept when it is this very
 * machine's (a restart), with its labels brought up to date; taints stay as they are, since a kubelet may not change them.
 *
 * @throws when the name still belongs to another instance: addresses are used again, and the Node of the instance before
 *   goes when the cloud controller has seen it end
 */
export const register = async (api: Api, identity: NodeIdentity, more: NodeExtras = {}): Promise<V1Node> => {
  const wanted = nodeObject(identity, more);
  const node = await createOrRead(api, wanted);
  if (node.spec?.providerID !== providerId(identity)) {
    throw new Error(`Node ${identity.name} belongs to ${node.spec?.providerID ?? 'no instance'}`);
  }
  const labels = wanted.metadata?.labels ?? {};
  if (Object.entries(labels).some(([key, value]) => node.metadata?.labels?.[key] !== value)) {
    await api.core.patchNode({ name: identity.name, body: { metadata: { labels } } }, MERGE);
  }
  await ensureCsiNode(api, identity, node);
  return node;
};

import type { ObjectMeta } from '../api/object-meta.ts';
import type { KubeApi } from './kube-api.ts';
import { fleetWidePath } from './paths.ts';

/** The uids of all QuestDBNodes of the cluster, of those that are being deleted too; read now, all or none. */
export const readOwnerUids = async (api: KubeApi): Promise<ReadonlySet<string>> => {
  const objects = await api.list<{ metadata: ObjectMeta }>(fleetWidePath('questdbnodes'), 'metadata');
  return new Set(objects.map(({ metadata }) => metadata.uid));
};

import type { EventRecorder } from '../api/event.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
import { API_VERSION, CONTROLLER_UID, DATABASE } from '../api/labels.ts';
import { namespaceOf } from '../api/kinds.ts';
import type { KubernetesObject } from '../metacontroller/contract.ts';
import type { DatabaseCluster, Pod } from '../questdb/ports.ts';
import { orRetryOnConflict } from './conflicts.ts';
import { createCredentials, readCredentialsState, rotateCredentials } from './credentials.ts';
import type { KubeApi } from './kube-api.ts';
import { childPath, corePath, fleetPath, withLabels } from './paths.ts';

/** The QuestDB hook's side of the API server. */
export const createDatabaseCluster = (api: KubeApi, record: EventRecorder): DatabaseCluster => ({
  readParent: (namespace, name) => api.get<QuestDB>(fleetPath(namespace, 'questdbs', name)),
  readPod: (namespace, name) => api.get<Pod>(corePath(namespace, 'pods', name)),
  readCredentials: (source) => readCredentialsState(api, source),
  createCredentials: (identity, rotation) => createCredentials(api, identity, rotation),
  rotateCredentials: (identity, change) => rotateCredentials(api, identity, change),
  readChild: (namespace, child) => api.get<KubernetesObject>(childPath(namespace, child)),
  nodesOf: async ({ namespace, database }) =>
    (await api.list<KubernetesObject>(withLabels(fleetPath(namespace, 'questdbnodes'), { [DATABASE]: database })))
      // Items of a list do not say what they are.
      .map((node) => ({ ...node, apiVersion: API_VERSION, kind: 'QuestDBNode' })),
  adopt: (child, parentUid) => {
    const { uid, resourceVersion } = child.metadata;
    const metadata = { uid, resourceVersion, labels: { [CONTROLLER_UID]: parentUid } };
    return orRetryOnConflict(api.patch(childPath(namespaceOf(child), child), { metadata }));
  },
  record,
});

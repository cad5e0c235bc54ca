import type { EventRecorder } from '../api/event.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { ANY_DATA, CONFIRM_DELETE, DATABASE, HOLDS_DATA, NAMESPACE } from '../api/labels.ts';
import type { KubernetesObject } from '../metacontroller/contract.ts';
import { EBS_DRIVER } from '../api/zones.ts';
import type { Claim, PersistentVolume, StorageClass, VolumeCluster } from '../questdbvolume/ports.ts';
import { orRetryOnConflict } from './conflicts.ts';
import type { KubeApi } from './kube-api.ts';
import { corePath, fleetPath, namespacePath, persistentVolumePath, storageClassPath, withLabels } from './paths.ts';

type PodVolumes = {
  metadata: { name: string };
  spec?: { volumes?: { persistentVolumeClaim?: { claimName: string } }[] };
};

type Writes =
  | 'createClaim'
  | 'changeClaim'
  | 'growClaim'
  | 'deleteClaim'
  | 'createPersistentVolume'
  | 'securePersistentVolume'
  | 'reservePersistentVolume'
  | 'releaseForDeletion'
  | 'markNamespace'
  | 'unmarkEmptyNamespace'
  | 'record';

/** The QuestDBVolume hook's side of the API server. */
export const createVolumeCluster = (api: KubeApi, record: EventRecorder): VolumeCluster => ({
  ...reads(api),
  ...claimWrites(api),
  ...persistentVolumeWrites(api),
  ...namespaceWrites(api),
  record,
});

const claimPath = ({ namespace = '', name }: KubernetesObject['metadata']): string =>
  corePath(namespace, 'persistentvolumeclaims', name);

type ClaimWrites = Pick<VolumeCluster, 'createClaim' | 'changeClaim' | 'growClaim' | 'deleteClaim'>;

const claimWrites = (api: KubeApi): ClaimWrites => ({
  createClaim: async (claim) => {
    const path = corePath(claim.metadata?.namespace ?? '', 'persistentvolumeclaims');
    await orRetryOnConflict(api.create(path, claim));
  },
  changeClaim: ({ metadata }, change) =>
    orRetryOnConflict(api.patch(claimPath(metadata), { metadata: { ...guard(metadata), ...change } })),
  growClaim: ({ metadata }, size) =>
    orRetryOnConflict(
      api.patch(claimPath(metadata), {
        metadata: guard(metadata),
        spec: { resources: { requests: { storage: size } } },
      }),
    ),
  deleteClaim: async ({ metadata }) => {
    const annotations = { [CONFIRM_DELETE]: metadata.name };
    await orRetryOnConflict(api.patch(claimPath(metadata), { metadata: { ...guard(metadata), annotations } }));
    await orRetryOnConflict(api.remove(claimPath(metadata), { uid: metadata.uid }));
  },
});

type PersistentVolumeWrites = Pick<
  VolumeCluster,
  'createPersistentVolume' | 'securePersistentVolume' | 'reservePersistentVolume' | 'releaseForDeletion'
>;

const persistentVolumeWrites = (api: KubeApi): PersistentVolumeWrites => ({
  createPersistentVolume: async (volume) => {
    await orRetryOnConflict(api.create(persistentVolumePath(), volume));
  },
  securePersistentVolume: ({ metadata }, change) =>
    orRetryOnConflict(
      api.patch(persistentVolumePath(metadata.name), {
        metadata: { ...guard(metadata), ...change },
        spec: { persistentVolumeReclaimPolicy: 'Retain' },
      }),
    ),
  reservePersistentVolume: ({ metadata }, namespace, name) =>
    orRetryOnConflict(
      api.patch(persistentVolumePath(metadata.name), {
        metadata: guard(metadata),
        spec: { persistentVolumeReclaimPolicy: 'Retain', claimRef: freeClaimRef(namespace, name) },
      }),
    ),
  releaseForDeletion: ({ metadata, spec }) =>
    orRetryOnConflict(
      api.patch(persistentVolumePath(metadata.name), {
        metadata: {
          ...guard(metadata),
          annotations: { [CONFIRM_DELETE]: metadata.name, [PROVISIONED_BY]: spec?.csi?.driver },
        },
        spec: { persistentVolumeReclaimPolicy: 'Delete' },
      }),
    ),
});

/**
 * Without it a PersistentVolume that nobody provisioned is taken by the controller manager, which knows no way to delete it and marks it Failed
 * (kubernetes pkg/controller/volume/persistentvolume/pv_controller.go, findDeletablePlugin).
 */
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

type NamespaceWrites = Pick<VolumeCluster, 'markNamespace' | 'unmarkEmptyNamespace'>;

const namespaceWrites = (api: KubeApi): NamespaceWrites => ({
  markNamespace: (name) =>
    orRetryOnConflict(api.patch(namespacePath(name), { metadata: { labels: { [HOLDS_DATA]: 'true' } } })),
  unmarkEmptyNamespace: async (name) => {
    const claims = await api.list<Claim>(withLabels(corePath(name, 'persistentvolumeclaims'), ANY_DATA));
    if (claims.length > 0) return;
    await orRetryOnConflict(api.patch(namespacePath(name), { metadata: { labels: { [HOLDS_DATA]: null } } }));
  },
});

const reads = (api: KubeApi): Omit<VolumeCluster, Writes> => ({
  readParent: (namespace, name) => api.get<QuestDBVolume>(fleetPath(namespace, 'questdbvolumes', name)),
  readClaim: (namespace, name) => api.get<Claim>(corePath(namespace, 'persistentvolumeclaims', name)),
  claimsOf: ({ namespace, database }) =>
    api.list<Claim>(withLabels(corePath(namespace, 'persistentvolumeclaims'), { [DATABASE]: database })),
  readStorageClass: (name) => api.get<StorageClass>(storageClassPath(name)),
  readPersistentVolume: (name) => api.get<PersistentVolume>(persistentVolumePath(name)),
  persistentVolumesOf: ({ namespace, database }) =>
    api.list<PersistentVolume>(withLabels(persistentVolumePath(), { [NAMESPACE]: namespace, [DATABASE]: database })),
  unlabelledPersistentVolumes: () =>
    api.list<PersistentVolume>(`${persistentVolumePath()}?labelSelector=${encodeURIComponent(`!${DATABASE}`)}`),
  persistentVolumesOn: async (volumeHandle) =>
    (await api.list<PersistentVolume>(persistentVolumePath())).filter(
      ({ spec }) => spec?.csi?.driver === EBS_DRIVER && spec.csi.volumeHandle === volumeHandle,
    ),
  readDatabase: ({ namespace, database }) => api.get<QuestDB>(fleetPath(namespace, 'questdbs', database)),
  isNamespaceMarked: async (name) =>
    (await api.get<KubernetesObject>(namespacePath(name)))?.metadata.labels?.[HOLDS_DATA] === 'true',
  podsUsing: async (namespace, claimName) =>
    (await api.list<PodVolumes>(corePath(namespace, 'pods')))
      .filter(({ spec }) => spec?.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === claimName))
      .map(({ metadata }) => metadata.name),
});

/** A change holds only for the object that was read: another one of that name, or a newer state of it, is a conflict. */
const guard = ({ uid, resourceVersion }: KubernetesObject['metadata']) => ({ uid, resourceVersion });

/** Without uid and resourceVersion the PersistentVolume waits for the claim of that name, whichever it will be. */
const freeClaimRef = (namespace: string, name: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  namespace,
  name,
  uid: null,
  resourceVersion: null,
});

import type { EventRecorder } from '../api/event.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { DATABASE, NAMESPACE, type Identity } from '../api/labels.ts';
import type { KubernetesObject } from '../metacontroller/contract.ts';
import { EBS_DRIVER } from '../api/zones.ts';
import type { Claim, PersistentVolume, VolumeCluster } from '../questdbvolume/ports.ts';
import { orRetryOnConflict } from './conflicts.ts';
import type { KubeApi } from './kube-api.ts';
import { corePath, fleetPath, persistentVolumePath, withLabels } from './paths.ts';

type PodVolumes = {
  metadata: { name: string };
  spec?: { volumes?: { persistentVolumeClaim?: { claimName: string } }[] };
};

type Reads = Omit<
  VolumeCluster,
  | 'createClaim'
  | 'changeClaim'
  | 'createPersistentVolume'
  | 'securePersistentVolume'
  | 'reservePersistentVolume'
  | 'record'
>;

/** The QuestDBVolume hook's side of the API server. It can delete nothing. */
export const createVolumeCluster = (api: KubeApi, record: EventRecorder): VolumeCluster => ({
  ...reads(api),
  createClaim: async (claim) => {
    const path = corePath(claim.metadata?.namespace ?? '', 'persistentvolumeclaims');
    await orRetryOnConflict(api.create(path, claim));
  },
  changeClaim: ({ metadata }, change) =>
    orRetryOnConflict(
      api.patch(corePath(metadata.namespace ?? '', 'persistentvolumeclaims', metadata.name), {
        metadata: { ...guard(metadata), ...change },
      }),
    ),
  createPersistentVolume: async (volume) => {
    await orRetryOnConflict(api.create(persistentVolumePath(), volume));
  },
  securePersistentVolume: ({ metadata }, labels) =>
    orRetryOnConflict(
      api.patch(persistentVolumePath(metadata.name), {
        metadata: { ...guard(metadata), labels },
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
  record,
});

const reads = (api: KubeApi): Reads => ({
  readParent: (namespace, name) => api.get<QuestDBVolume>(fleetPath(namespace, 'questdbvolumes', name)),
  readClaim: (namespace, name) => api.get<Claim>(corePath(namespace, 'persistentvolumeclaims', name)),
  claimsOf: ({ namespace, database }) =>
    api.list<Claim>(withLabels(corePath(namespace, 'persistentvolumeclaims'), { [DATABASE]: database })),
  readPersistentVolume: (name) => api.get<PersistentVolume>(persistentVolumePath(name)),
  persistentVolumesOf: ({ namespace, database }) =>
    api.list<PersistentVolume>(withLabels(persistentVolumePath(), { [NAMESPACE]: namespace, [DATABASE]: database })),
  unlabelledPersistentVolumes: () =>
    api.list<PersistentVolume>(`${persistentVolumePath()}?labelSelector=${encodeURIComponent(`!${DATABASE}`)}`),
  persistentVolumesOn: async (volumeHandle) =>
    (await api.list<PersistentVolume>(persistentVolumePath())).filter(
      ({ spec }) => spec?.csi?.driver === EBS_DRIVER && spec.csi.volumeHandle === volumeHandle,
    ),
  databaseExists: async ({ namespace, database }: Identity) =>
    (await api.get<QuestDB>(fleetPath(namespace, 'questdbs', database))) !== undefined,
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

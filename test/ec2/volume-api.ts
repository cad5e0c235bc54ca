import type { QuestDB } from '../../hooks/api/generated/questdb.ts';
import type { QuestDBVolume } from '../../hooks/api/generated/questdbvolume.ts';
import { ANY_DATA, CONFIRM_DELETE, DATABASE, hasAll, NAMESPACE as NAMESPACE_LABEL } from '../../hooks/api/labels.ts';
import { parseBytes } from '../../hooks/api/quantity.ts';
import { Refusal } from '../../hooks/metacontroller/errors.ts';
import type {
  Claim,
  MetadataChange,
  PersistentVolume,
  StorageClass,
  VolumeCluster,
} from '../../hooks/questdbvolume/ports.ts';
import { NAMESPACE } from './objects.ts';
import { createObjects, type Objects } from './volume-objects.ts';

/** The part of a cluster that has to do with volumes. */
export type VolumeApi = {
  databases: Objects<QuestDB>;
  parents: Objects<QuestDBVolume>;
  claims: Objects<Claim>;
  volumes: Objects<PersistentVolume>;
  storageClass: StorageClass;
  /** The claims that pods have mounted, by the name of the database. */
  pods: Map<string, string>;
  isNamespaceMarked: boolean;
};

export const createVolumeApi = (now: () => Date): VolumeApi => {
  let counter = 0;
  const next = (): number => (counter += 1);
  return {
    databases: createObjects('questdb', now, next),
    parents: createObjects('questdbvolume', now, next),
    claims: createObjects('claim', now, next),
    volumes: createObjects('volume', now, next),
    storageClass: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'questdb', uid: 'class' },
      provisioner: 'ebs.csi.aws.com',
      reclaimPolicy: 'Retain',
      allowVolumeExpansion: true,
    },
    pods: new Map(),
    isNamespaceMarked: false,
  };
};

type Annotated = { metadata: { labels?: Record<string, string>; annotations?: Record<string, string> } };

const merged = (before: Record<string, string> | undefined, change: Record<string, string | null | undefined> = {}) =>
  Object.fromEntries(
    Object.entries({ ...before, ...change }).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );

export const withMetadata = <T extends Annotated>(object: T, { labels, annotations }: MetadataChange): T => ({
  ...object,
  metadata: {
    ...object.metadata,
    labels: merged(object.metadata.labels, labels),
    annotations: merged(object.metadata.annotations, annotations),
  },
});

const requestOf = ({ spec }: Claim): bigint => parseBytes(spec?.resources?.requests?.storage ?? '0');

/** As the API server's own rules have it. */
const grown = (claim: Claim, size: string): Claim => {
  const changed = { ...claim, spec: { ...claim.spec, resources: { requests: { storage: size } } } };
  if (requestOf(changed) < requestOf(claim)) throw new Refusal('a claim never asks for less');
  if (claim.status?.phase !== 'Bound') throw new Refusal('only a bound claim can be resized');
  return changed;
};

/** The hook's side of it. Nothing here is asynchronous but its signature. */
export const clusterOf = (api: VolumeApi): VolumeCluster => {
  const { claims, volumes, databases, parents } = api;
  const soon = <T>(work: () => T): Promise<T> => Promise.resolve().then(work);
  const done = (work: () => unknown): Promise<void> => soon(() => void work());
  const isOf = (labels: Record<string, string> | undefined, database: string) => labels?.[DATABASE] === database;
  return {
    readParent: (namespace, name) => soon(() => parents.read(namespace, name)),
    readClaim: (namespace, name) => soon(() => claims.read(namespace, name)),
    claimsOf: ({ database }) => soon(() => claims.list().filter(({ metadata }) => isOf(metadata.labels, database))),
    readPersistentVolume: (name) => soon(() => volumes.read(undefined, name)),
    persistentVolumesOf: ({ namespace, database }) =>
      soon(() =>
        volumes
          .list()
          .filter(
            ({ metadata }) => isOf(metadata.labels, database) && metadata.labels?.[NAMESPACE_LABEL] === namespace,
          ),
      ),
    unlabelledPersistentVolumes: () =>
      soon(() => volumes.list().filter(({ metadata }) => metadata.labels?.[DATABASE] === undefined)),
    persistentVolumesOn: (handle) =>
      soon(() => volumes.list().filter(({ spec }) => spec?.csi?.volumeHandle === handle)),
    readStorageClass: (name) => soon(() => (name === 'questdb' ? api.storageClass : undefined)),
    readDatabase: ({ namespace, database }) => soon(() => databases.read(namespace, database)),
    podsUsing: (_namespace, name) =>
      soon(() => [...api.pods].filter(([, claim]) => claim === name).map(([database]) => `${database}-0`)),
    isNamespaceMarked: () => soon(() => api.isNamespaceMarked),
    markNamespace: () => done(() => (api.isNamespaceMarked = true)),
    unmarkEmptyNamespace: () =>
      done(() => {
        api.isNamespaceMarked &&= claims.list().some(({ metadata }) => hasAll(metadata.labels, ANY_DATA));
      }),
    createClaim: (claim) =>
      done(() =>
        claims.create({
          ...claim,
          metadata: { ...claim.metadata, finalizers: ['pvc-protection'] },
          status: { phase: 'Pending' },
        }),
      ),
    changeClaim: (claim, change) => done(() => claims.change(claim, (live) => withMetadata(live, change))),
    growClaim: (claim, size) => done(() => claims.change(claim, (live) => grown(live, size))),
    deleteClaim: (claim) =>
      done(() => {
        const annotations = { [CONFIRM_DELETE]: claim.metadata.name };
        const live = claims.change(claim, (one) => withMetadata(one, { annotations }));
        if (live !== undefined) claims.remove(live);
      }),
    createPersistentVolume: (volume) =>
      done(() =>
        volumes.create({
          ...volume,
          metadata: { ...volume.metadata, finalizers: ['pv-protection'] },
          status: { phase: 'Available' },
        }),
      ),
    securePersistentVolume: (volume, change) =>
      done(() => volumes.change(volume, (live) => withPolicy(withMetadata(live, change), 'Retain'))),
    reservePersistentVolume: (volume, namespace, name) =>
      done(() =>
        volumes.change(volume, (live) => ({
          ...withPolicy(live, 'Retain'),
          spec: { ...live.spec, persistentVolumeReclaimPolicy: 'Retain', claimRef: { namespace, name } },
        })),
      ),
    releaseForDeletion: (volume) =>
      done(() =>
        volumes.change(volume, (live) =>
          withPolicy(withMetadata(live, { annotations: { [CONFIRM_DELETE]: live.metadata.name } }), 'Delete'),
        ),
      ),
    record: () => Promise.resolve(),
  };
};

const withPolicy = (volume: PersistentVolume, persistentVolumeReclaimPolicy: string): PersistentVolume => ({
  ...volume,
  spec: { ...volume.spec, persistentVolumeReclaimPolicy },
});

export const inNamespace = (name: string) => ({ name, namespace: NAMESPACE });

import type { V1PersistentVolume, V1PersistentVolumeClaim, V1StorageClass } from '@kubernetes/client-node';
import type { EventRecorder } from '../api/event.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import type { Identity } from '../api/labels.ts';
import type { Wire } from '../api/wire.ts';
import type { KubernetesObject } from '../metacontroller/contract.ts';

export type Claim = Wire<V1PersistentVolumeClaim> & KubernetesObject;
export type PersistentVolume = Wire<V1PersistentVolume> & KubernetesObject;
export type StorageClass = Wire<V1StorageClass> & KubernetesObject;

/** A claim or PersistentVolume to be made. */
export type NewClaim = Wire<V1PersistentVolumeClaim>;
export type NewPersistentVolume = Wire<V1PersistentVolume>;

/** An EBS volume, as far as the hook looks at it. */
export type EbsVolume = {
  volumeId: string;
  zone: string;
  sizeGiB: number;
  iops?: number;
  /** MiB/s; volumes of gp3 have one of their own. */
  throughput?: number;
  tags: Readonly<Record<string, string>>;
  /** Instances it is attached to, or on its way to. */
  attachedTo: readonly string[];
};

/** Labels and annotations to set; null removes. */
export type MetadataChange = {
  labels?: Record<string, string | null>;
  annotations?: Record<string, string | null>;
};

/** The Kubernetes API, as this hook uses it. All reads are live; changes hold only for the uid and resourceVersion that were read. */
export type VolumeCluster = {
  readParent: (namespace: string, name: string) => Promise<QuestDBVolume | undefined>;
  readClaim: (namespace: string, name: string) => Promise<Claim | undefined>;
  /** The claims in the database's namespace that carry its label. */
  claimsOf: (identity: Identity) => Promise<Claim[]>;
  readPersistentVolume: (name: string) => Promise<PersistentVolume | undefined>;
  /** The PersistentVolumes that carry the database's labels. */
  persistentVolumesOf: (identity: Identity) => Promise<PersistentVolume[]>;
  /** The PersistentVolumes that no database has been written on. */
  unlabelledPersistentVolumes: () => Promise<PersistentVolume[]>;
  /** The PersistentVolumes of one volume of the EBS CSI driver, whosever they are. */
  persistentVolumesOn: (volumeHandle: string) => Promise<PersistentVolume[]>;
  createClaim: (claim: NewClaim) => Promise<void>;
  changeClaim: (claim: Claim, change: MetadataChange) => Promise<void>;
  createPersistentVolume: (volume: NewPersistentVolume) => Promise<void>;
  /** Labels it and makes sure that it outlives its claim. */
  securePersistentVolume: (volume: PersistentVolume, labels: Record<string, string>) => Promise<void>;
  /** Reserves it for a claim that does not exist yet, and makes sure that it outlives that claim. */
  reservePersistentVolume: (volume: PersistentVolume, namespace: string, claimName: string) => Promise<void>;
  databaseExists: (identity: Identity) => Promise<boolean>;
  /** Names of the pods that mount the claim. */
  podsUsing: (namespace: string, claimName: string) => Promise<string[]>;
  record: EventRecorder;
};

/** EBS, as this hook uses it. */
export type BlockStorage = {
  /** The fleet's volumes that are tagged as this database's, from a shared reading that began at `notBefore` or later. */
  volumesOf: (identity: Identity, notBefore: Date) => Promise<EbsVolume[]>;
  /** One volume, read now; undefined when EC2 does not know the id. */
  describe: (volumeId: string) => Promise<EbsVolume | undefined>;
  /** Tags a volume as this database's and this fleet's. */
  tag: (volumeId: string, identity: Identity) => Promise<void>;
};

export type VolumePorts = {
  cluster: VolumeCluster;
  storage: BlockStorage;
  now: () => Date;
};

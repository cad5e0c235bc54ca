import type { V1PersistentVolume, V1PersistentVolumeClaim, V1StorageClass } from '@kubernetes/client-node';
import type { EventRecorder } from '../api/event.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
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
  /** gp3, gp2, io2, ... */
  type: string;
  sizeGiB: number;
  iops?: number;
  /** MiB/s; volumes of gp3 have one of their own. */
  throughput?: number;
  tags: Readonly<Record<string, string>>;
  /** Instances it is attached to, or on its way to. */
  attachedTo: readonly string[];
};

/** What a volume is to have; what is left out stays as it is. */
export type VolumeWish = { sizeGiB: number; iops?: number; throughput?: number };

/** A change of an EBS volume, as EC2 tells it. From `optimizing` on the volume has what was asked for. */
export type Modification = {
  volumeId: string;
  state: 'modifying' | 'optimizing' | 'completed' | 'failed';
  target: VolumeWish;
  /** RFC 3339. */
  startedAt: string;
  endedAt?: string;
  message?: string;
};

export type ModifyOutcome =
  | { outcome: 'Accepted' }
  /** NotNow: EC2's limits, which pass by themselves. Refused: permissions or parameters. */
  | { outcome: 'NotNow' | 'Refused'; code: string; message: string };

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
  /** Asks for a bigger volume; the size as a quantity. */
  growClaim: (claim: Claim, size: string) => Promise<void>;
  readStorageClass: (name: string) => Promise<StorageClass | undefined>;
  createPersistentVolume: (volume: NewPersistentVolume) => Promise<void>;
  /** Labels it and makes sure that it outlives its claim. */
  securePersistentVolume: (volume: PersistentVolume, change: MetadataChange) => Promise<void>;
  /** Reserves it for a claim that does not exist yet, and makes sure that it outlives that claim. */
  reservePersistentVolume: (volume: PersistentVolume, namespace: string, claimName: string) => Promise<void>;
  readDatabase: (identity: Identity) => Promise<QuestDB | undefined>;
  /** Whether the namespace says that it holds data. */
  isNamespaceMarked: (namespace: string) => Promise<boolean>;
  markNamespace: (namespace: string) => Promise<void>;
  /** Takes the mark off, if no claim of any database is left there. */
  unmarkEmptyNamespace: (namespace: string) => Promise<void>;
  /** Confirms the deletion of the PersistentVolume and lets the CSI driver delete the volume behind it, once its claim is gone. */
  releaseForDeletion: (volume: PersistentVolume) => Promise<void>;
  /** Confirms the deletion of the claim and deletes it. */
  deleteClaim: (claim: Claim) => Promise<void>;
  /** Names of the pods that mount the claim. */
  podsUsing: (namespace: string, claimName: string) => Promise<string[]>;
  record: EventRecorder;
};

/** EBS, as this hook uses it. */
export type BlockStorage = {
  /** The fleet's volumes that are tagged as this database's, from a shared reading that began at `notBefore` or later. */
  volumesOf: (identity: Identity, notBefore: Date) => Promise<EbsVolume[]>;
  /** One volume of the fleet, from a reading that all share and that may be minutes old. */
  glance: (volumeId: string) => Promise<EbsVolume | undefined>;
  /** One volume, read now; undefined when EC2 does not know the id. */
  describe: (volumeId: string) => Promise<EbsVolume | undefined>;
  /** The same from a reading that all share; read now only when that does not show it. */
  describeShared: (volumeId: string) => Promise<EbsVolume | undefined>;
  /** The change of the volume that is under way, from a reading that all share. */
  modificationUnderWay: (volumeId: string) => Promise<Modification | undefined>;
  /** The latest change of the volume, read now. */
  describeModification: (volumeId: string) => Promise<Modification | undefined>;
  /** Asks EC2 for it in one call. Throws RetryLater when EC2 did not answer: it may have had its effect. */
  modify: (volumeId: string, wish: VolumeWish) => Promise<ModifyOutcome>;
  /** Tags a volume as this database's and this fleet's. */
  tag: (volumeId: string, identity: Identity, others: Readonly<Record<string, string>>) => Promise<void>;
  /** Puts the tag on it without which the CSI driver's role may not delete a volume. Nothing here deletes one. */
  tagForDriver: (volumeId: string) => Promise<void>;
};

export type VolumePorts = {
  cluster: VolumeCluster;
  storage: BlockStorage;
  /** How long EC2 is left alone after it refused to modify a volume, or failed to. */
  modificationRetrySeconds: number;
  now: () => Date;
};

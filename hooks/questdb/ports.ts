import type { V1Pod } from '@kubernetes/client-node';
import type { EventRecorder } from '../api/event.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
import type { Identity } from '../api/labels.ts';
import type { Wire } from '../api/wire.ts';
import type { DesiredObject, KubernetesObject } from '../metacontroller/contract.ts';
import type { ServerConfig } from './config.ts';
import type { CredentialsSource, CredentialsState } from './credentials.ts';

export type Pod = Wire<V1Pod> & KubernetesObject;

/** The Kubernetes API, as this hook uses it. All reads are live. */
export type DatabaseCluster = {
  readParent: (namespace: string, name: string) => Promise<QuestDB | undefined>;
  readPod: (namespace: string, name: string) => Promise<Pod | undefined>;
  readCredentials: (source: CredentialsSource) => Promise<CredentialsState>;
  /** Makes the Secret with a random password, for this request for one if there is any. Never overwrites a Secret. */
  createCredentials: (identity: Identity, rotation: string | undefined) => Promise<CredentialsState>;
  /** Gives the Secret of this revision another random password. */
  rotateCredentials: (identity: Identity, change: { revision: string; rotation: string }) => Promise<CredentialsState>;
  readChild: (namespace: string, child: DesiredObject) => Promise<KubernetesObject | undefined>;
  /** The QuestDBNodes with the database's label, whoever controls them. */
  nodesOf: (identity: Identity) => Promise<KubernetesObject[]>;
  /** Asks Metacontroller to take the object over, by the label it selects children with. */
  adopt: (child: KubernetesObject, parentUid: string) => Promise<void>;
  record: EventRecorder;
};

/** One database process that can be asked. */
export type ProbeSubject = CredentialsSource & {
  /** The QuestDB's uid. */
  uid: string;
  /** The pod that is meant; an answer of another one does not count. Undefined: whichever answered last. */
  podUid: string | undefined;
  /** What its server.conf is to say. An answer about another one does not count either. */
  config: ServerConfig;
};

/** What the database itself said. */
export type ProbeResult = {
  /** The revision of the Secret it was asked with; undefined when that could not be used. */
  askedWith: string | undefined;
} & (
  | { answered: true; version: string; suspendedTables: readonly string[]; config: ConfigReport }
  | { answered: false; message: string }
);

/** How the configuration of the running process differs from the one that is asked for; keys, sorted. */
export type ConfigReport = {
  /** It does not know them, and ignores them. */
  unknown: readonly string[];
  /** It can take them over while it runs, and was asked to. */
  reloading: readonly string[];
  /** It takes them over at its next start alone. */
  notLoaded: readonly string[];
};

/** The last answer, and whether a newer one is under way. */
export type Probe = { result: ProbeResult | undefined; isFresh: boolean };

export type DatabaseProbes = {
  /** Never waits: gives what is known, and asks the database in the background when that is old. */
  last: (subject: ProbeSubject) => Probe;
  /** The same; of a process that nobody has heard yet the answer is waited for, if it comes within half a second. */
  first: (subject: ProbeSubject) => Promise<Probe>;
};

export type DatabasePorts = {
  cluster: DatabaseCluster;
  probes: DatabaseProbes;
  /** The least time between two launches that EC2 had no capacity for, in seconds. */
  capacityRetrySeconds: number;
  /** Where the hooks run. */
  operatorNamespace: string;
  now: () => Date;
};

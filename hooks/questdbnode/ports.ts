import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { EventRecorder } from '../api/event.ts';

export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

/** An EC2 instance, as far as the hook looks at it. */
export type Instance = {
  instanceId: string;
  state: InstanceState;
  instanceType: string;
  zone: string;
  clientToken: string;
  tags: Readonly<Record<string, string>>;
  /** EBS volumes attached to it that do not go with it. */
  dataVolumeIds: string[];
};

/** The launch as it was decided and written down before EC2 is asked. */
export type LaunchIntent = NonNullable<NonNullable<QuestDBNode['status']>['launch']>;

/** What came of a launch. Throttling, time-outs and EC2's own failures are no outcome: they throw RetryLater. */
export type LaunchOutcome =
  | { outcome: 'Launched'; instanceId: string }
  /** EC2 has no room for it now: the same call may work later. */
  | { outcome: 'NoCapacity'; code: string; message: string }
  /** The client token was used with other parameters. */
  | { outcome: 'TokenMismatch' }
  /** The instance this client token made is gone. */
  | { outcome: 'TokenSpent' }
  /** It never works as it is: permissions, or parameters EC2 does not take. */
  | { outcome: 'Refused'; code: string; message: string };

/** EC2, as this hook uses it. */
export type Compute = {
  /** All instances of this fleet, from a shared reading that began at `notBefore` or later. */
  fleet: (notBefore?: Date) => Promise<readonly Instance[]>;
  /** One instance, read now; undefined when EC2 does not know the id (yet, or any more). */
  describe: (instanceId: string) => Promise<Instance | undefined>;
  launch: (intent: LaunchIntent) => Promise<LaunchOutcome>;
  /** Lifts the termination protection and terminates. */
  terminate: (instanceId: string) => Promise<void>;
  /** The instance types EC2 offers in a zone, sorted. */
  offeredTypes: (zone: string) => Promise<readonly string[]>;
};

/** The Kubernetes API, as this hook uses it. All reads are live. */
export type NodeCluster = {
  readParent: (namespace: string, name: string) => Promise<QuestDBNode | undefined>;
  /** Names of the CSI drivers that are registered on a Node. */
  csiDriversOf: (nodeName: string) => Promise<readonly string[]>;
  /** Deletes a Node if it is the one that joined for this QuestDBNode, by its label as the API server has it now. */
  deleteNodeOf: (owner: QuestDBNode, nodeName: string) => Promise<void>;
  record: EventRecorder;
};

/** How long to wait for what, in seconds. */
export type NodeTiming = {
  /** How long a new instance may be invisible to EC2's own reads. */
  visibilitySeconds: number;
  /** How long to leave EC2 alone after it had no capacity. */
  capacityRetrySeconds: number;
  /** How often to look again at what EC2 is still doing. */
  pollSeconds: number;
};

export type NodePorts = {
  compute: Compute;
  cluster: NodeCluster;
  timing: NodeTiming;
  /** The fleet this operator runs, for tags and client tokens. */
  clusterName: string;
  now: () => Date;
};

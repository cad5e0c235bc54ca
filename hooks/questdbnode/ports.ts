import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { EventRecorder } from '../api/event.ts';
import type { LaunchIntent, NodeStatus } from './memory.ts';
import type { FleetReadiness } from './outage.ts';
import type { ClusterNode } from './cluster-node.ts';

export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

/** An EC2 instance, as far as the hook looks at it. */
export type Instance = {
  instanceId: string;
  state: InstanceState;
  instanceType: string;
  zone: string;
  clientToken: string;
  /** When it was launched, or started last; RFC 3339. */
  launchTime: string;
  tags: Readonly<Record<string, string>>;
  /** EBS volumes attached to it that do not go with it. */
  dataVolumeIds: string[];
};

/** EC2 has no room for it now: the same call may work later. */
export type NoCapacity = { outcome: 'NoCapacity'; code: string; message: string };

/** What came of a launch. Throttling, time-outs and EC2's own failures are no outcome: they throw RetryLater. */
export type LaunchOutcome =
  | { outcome: 'Launched'; instanceId: string }
  | NoCapacity
  /** The client token was used with other parameters. */
  | { outcome: 'TokenMismatch' }
  /** The instance this client token made is gone. */
  | { outcome: 'TokenSpent' }
  /** It never works as it is: permissions, or parameters EC2 does not take. */
  | { outcome: 'Refused'; code: string; message: string };

export type StartOutcome = { outcome: 'Started' } | NoCapacity;

/** A machine image that is available, as far as a launch looks at it. */
export type Image = { imageId: string; architecture: string; rootDeviceName?: string };

/** Which image is meant: that very one, or the newest of an owner whose name matches and that fits. */
export type ImageQuery = { id: string } | { owner: string; name: string; architectures: readonly string[] };

/** What the volumes of an instance type can do together. */
export type EbsLimits = NonNullable<NodeStatus['ebs']>;

/** What EC2 says of an instance type. */
export type InstanceTypeFacts = {
  /** Those of the images it can run. */
  architectures: readonly string[];
  ebs?: EbsLimits;
};

/** EC2, as this hook uses it. */
export type Compute = {
  /** All instances of this fleet, from a shared reading that began at `notBefore` or later. */
  fleet: (notBefore?: Date) => Promise<readonly Instance[]>;
  /** Instances whose status checks fail, and since when (RFC 3339), from a shared reading. */
  impaired: () => Promise<ReadonlyMap<string, string>>;
  /** One instance, read now; undefined when EC2 does not know the id (yet, or any more). */
  describe: (instanceId: string) => Promise<Instance | undefined>;
  launch: (intent: LaunchIntent) => Promise<LaunchOutcome>;
  start: (instanceId: string) => Promise<StartOutcome>;
  /** Stops it; with `force` without its operating system, which is for one that does not get there. */
  stop: (instanceId: string, options: { force: boolean }) => Promise<void>;
  /** Lifts the termination protection and terminates. */
  terminate: (instanceId: string) => Promise<void>;
  /** Puts tags on it; those that are there already get the new value, all others stay. */
  tag: (instanceId: string, tags: Readonly<Record<string, string>>) => Promise<void>;
  /** The instance types EC2 offers in a zone, sorted; from a shared reading. */
  offeredTypes: (zone: string) => Promise<readonly string[]>;
  /** An instance type, from a shared reading; undefined when EC2 does not know it. */
  instanceType: (name: string) => Promise<InstanceTypeFacts | undefined>;
  /** An image, from a shared reading; undefined when there is none that is available. */
  image: (query: ImageQuery) => Promise<Image | undefined>;
};

/** The Kubernetes API, as this hook uses it. All reads are live; changes hold only for the object that was read. */
export type NodeCluster = {
  readParent: (namespace: string, name: string) => Promise<QuestDBNode | undefined>;
  /** Names of the CSI drivers that are registered on a Node. */
  csiDriversOf: (nodeName: string) => Promise<readonly string[]>;
  /** The Nodes that joined for this QuestDBNode, by their label. */
  nodesOf: (owner: QuestDBNode) => Promise<ClusterNode[]>;
  /** How many Nodes of the whole fleet are Ready; some seconds old. */
  fleetReadiness: () => Promise<FleetReadiness>;
  /** Names of the pods on a Node that use a claim and are not over, as namespace/name. */
  volumePodsOn: (nodeName: string) => Promise<string[]>;
  /** Makes the Node stay until `deleteNode`, unless it does already by the API server. */
  guard: (node: ClusterNode) => Promise<void>;
  /** Lets nothing new be scheduled there. */
  cordon: (node: ClusterNode) => Promise<void>;
  /**
   * Says that the Node is out of service: its pods go, and its volumes are let go at once
   * (https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown).
   */
  taintOutOfService: (node: ClusterNode) => Promise<void>;
  /** Asks the pods there to go, in their own time. */
  taintRetiring: (node: ClusterNode) => Promise<void>;
  /** Takes it back that the Node is out of service. */
  untaintOutOfService: (node: ClusterNode) => Promise<void>;
  /** Deletes the Node, and lets it go. */
  deleteNode: (node: ClusterNode) => Promise<void>;
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
  /** How long a machine that is fenced may take to stop before it is forced to. */
  forceStopSeconds: number;
};

export type NodePorts = {
  compute: Compute;
  cluster: NodeCluster;
  timing: NodeTiming;
  /** The fleet this operator runs, for tags and client tokens. */
  clusterName: string;
  now: () => Date;
};

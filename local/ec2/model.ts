import type { RandomState } from './random.ts';

export type Tags = Record<string, string>;

export type InstanceState = 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';

/** The state that comes next by itself, and when. */
type Step<State> = { to: State; at: number };

/** Where a launch, and each start after it, takes its capacity from. */
export type CapacityReservationWish = {
  preference: 'open' | 'none' | 'capacity-reservations-only';
  /** The reservation that it names; without one nothing is reserved for it. */
  targetId?: string | undefined;
};

/** The status checks that an instance can fail: `instance` looks at the machine, `system` at the host under it. */
export type Impairment = { since: number; check: 'instance' | 'system' | 'both' };

/** All times are virtual milliseconds since the epoch. */
export type Instance = {
  id: string;
  reservationId: string;
  launchIndex: number;
  type: string;
  imageId: string;
  architecture: string;
  zone: string;
  subnetId: string;
  securityGroupIds: string[];
  privateIpAddress: string;
  privateDnsName: string;
  networkInterfaceId: string;
  networkInterfaceTags: Tags;
  state: InstanceState;
  next?: Step<InstanceState> | undefined;
  /** Since when it is in its state. */
  since: number;
  launchTime: number;
  visibleAt: number;
  tags: Tags;
  clientToken?: string | undefined;
  /** Base64, as it was sent. */
  userData: string;
  disableApiTermination: boolean;
  disableApiStop: boolean;
  shutdownBehavior: 'stop' | 'terminate';
  ebsOptimized: boolean;
  monitoring: boolean;
  instanceProfileArn?: string | undefined;
  keyName?: string | undefined;
  metadataOptions: { httpTokens: string; httpPutResponseHopLimit: number; httpEndpoint: string };
  rootDeviceName: string;
  stateReason?: { code: string; message: string } | undefined;
  transitionReason: string;
  capacityReservation?: CapacityReservationWish | undefined;
  /** Takes no next state until it is freed. */
  stuck?: boolean | undefined;
  impairment?: Impairment | undefined;
  /** Its network is cut, and no status check sees it. */
  isolated?: boolean | undefined;
  bootAs: 'process' | 'kwok' | 'none';
  /** Machines of the local cluster itself; nothing can be done to them. */
  builtIn: boolean;
};

type Attachment = {
  instanceId: string;
  device: string;
  state: 'attaching' | 'attached' | 'detaching';
  next?: Step<'attached' | 'detached'> | undefined;
  attachTime: number;
  deleteOnTermination: boolean;
};

export type VolumeSpec = { type: string; size: number; iops: number; throughput?: number | undefined };

export type Modification = {
  from: VolumeSpec;
  to: VolumeSpec;
  state: 'modifying' | 'optimizing' | 'completed' | 'failed';
  /** Instead of optimizing it fails, for this reason. */
  failure?: string | undefined;
  startTime: number;
  optimizingAt: number;
  completedAt: number;
};

export type Volume = VolumeSpec & {
  id: string;
  zone: string;
  state: 'creating' | 'available' | 'in-use' | 'deleting';
  next?: Step<'available'> | undefined;
  createTime: number;
  visibleAt: number;
  tags: Tags;
  encrypted: boolean;
  snapshotId?: string | undefined;
  attachment?: Attachment | undefined;
  /** Why the next modification will fail. */
  nextFailure?: string | undefined;
  /** A detachment does not come to its end: the machine does not let go. */
  stuck?: boolean | undefined;
  /** Oldest first; the last one is what DescribeVolumesModifications shows. */
  modifications: Modification[];
};

export type Snapshot = {
  id: string;
  volumeId: string;
  volumeSize: number;
  state: 'pending' | 'completed';
  startTime: number;
  completedAt: number;
  visibleAt: number;
  description: string;
  encrypted: boolean;
  tags: Tags;
};

/** What a client token stands for. */
export type Token = {
  action: string;
  fingerprint: string;
  ids: string[];
  /** When it is forgotten; unknown while its instances live. */
  expiresAt?: number | undefined;
};

export type Fault = {
  action: string;
  when: 'before' | 'after';
  /** An error code of EC2, or how the answer gets lost. */
  code: string;
  message: string;
  times: number;
};

/** All there is in the account: plain data, written to state.json as it is. */
export type Account = {
  instances: Record<string, Instance>;
  volumes: Record<string, Volume>;
  snapshots: Record<string, Snapshot>;
  /** By action, token and zone. */
  tokens: Record<string, Token>;
  /** How many more can start, by `type/zone`; without an entry any number. */
  capacity: Record<string, number>;
  faults: Fault[];
  /** The last address given, by subnet. */
  addresses: Record<string, number>;
  /** How many addresses may be used at a time, by subnet; without an entry as many as it has. */
  addressLimits: Record<string, number>;
  random: { ids: RandomState; pages: RandomState };
};

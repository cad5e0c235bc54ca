import type { LossStep } from './loss.ts';
import type { LaunchIntent, Replaced, Shortage } from './memory.ts';
import type { FleetReadiness } from './outage.ts';
import type { Instance, NodeTiming } from './ports.ts';

/** Why nothing can go on without a human, and what to do. */
export type Refusal = { reason: RefusalReason; message: string };
export type RefusalReason =
  | 'AmbiguousInstances'
  | 'ArchitectureMismatch'
  | 'ImageNotFound'
  | 'InstanceTypeNotOffered'
  | 'JoinTimeout'
  | 'LaunchRefused'
  | 'NodeClassNotFound'
  | 'TooManyTags'
  | 'UserDataTooLarge'
  | 'ZoneNotInNodeClass';

/** The next step between what is and what is wanted. */
export type NodePlan =
  /** Write the launch to status; EC2 is asked in the next pass. */
  | { step: 'Decide'; launch: LaunchIntent }
  | { step: 'Launch'; launch: LaunchIntent }
  /** EC2 had no capacity; leave it alone until then. A launch is tried then as the class has it now. */
  | { step: 'AwaitCapacity'; shortage: Shortage; launch?: LaunchIntent }
  /** An instance of this object is there that status does not know. */
  | { step: 'Adopt'; instance: Instance; replaced?: Replaced }
  /** EC2 made it and does not show it yet. */
  | { step: 'AwaitVisible'; instanceId: string }
  | { step: 'AwaitJoin'; instance: Instance; waitsFor: JoinStep }
  | { step: 'Serve'; instance: Instance }
  /** Somebody stopped it, and nothing is wrong with it. */
  | { step: 'Start'; instance: Instance }
  | Exclude<LossStep, Lost>
  /** Its Node is silent, like too many others: nothing is done to it. */
  | { step: 'HoldBack'; instanceId: string; fleet: FleetReadiness }
  /** Write down that the instance is replaced, and the launch of the next one. */
  | { step: 'Relaunch'; launch: LaunchIntent; replaced: Replaced }
  /** It does not run, and nothing shall take its place. */
  | { step: 'StandDown'; instanceId: string | undefined; reason: string }
  | { step: 'Refuse'; refusal: Refusal; instance?: Instance };

export type Lost = Extract<LossStep, { step: 'Lost' }>;

export type JoinStep = 'NodeNotJoined' | 'NodeNotReady' | 'NodeTainted' | 'DriverNotRegistered';

export type PlanContext = { clusterName: string; timing: NodeTiming };

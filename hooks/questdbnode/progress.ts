import type { LaunchIntent, Shortage } from './memory.ts';
import type { NodePlan } from './steps.ts';

/** What a pass came to: the plan, or what EC2 said of a launch or a start. */
export type Progress =
  | Exclude<NodePlan, { step: 'Launch' | 'Start' }>
  | { step: 'Launched'; launch: LaunchIntent; instanceId: string }
  | { step: 'Started'; instanceId: string }
  /** EC2 had no capacity. */
  | { step: 'NoCapacity'; shortage: Shortage; launch?: LaunchIntent }
  /** The subnet is full: write down the launch in the next one; EC2 is asked in the next pass. */
  | { step: 'NextSubnet'; full: string; launch: LaunchIntent; shortage: Shortage | undefined }
  /** The client token belongs to a launch that EC2 does not show yet. */
  | { step: 'AwaitToken'; launch: LaunchIntent };

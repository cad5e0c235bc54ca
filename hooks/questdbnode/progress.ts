import type { NodePlan } from './plan.ts';
import type { LaunchIntent } from './ports.ts';

/** What a pass came to: the plan, or what EC2 said of a launch. */
export type Progress =
  | Exclude<NodePlan, { step: 'Launch' }>
  | { step: 'Launched'; launch: LaunchIntent; instanceId: string }
  | { step: 'NoCapacity'; launch: LaunchIntent; code: string; message: string }
  /** The client token belongs to a launch that EC2 does not show yet. */
  | { step: 'AwaitToken'; launch: LaunchIntent };

import type { NodeNeed } from '../api/names.ts';
import type { Placement, PodSources } from './pod-input.ts';

/** A QuestDBNode that is there, or is to be made. */
export type WantedNode = {
  name: string;
  need: NodeNeed;
  /** The request for a fresh machine it was made for; undefined when it was made for none. */
  token: string | undefined;
};

export type RefusalReason =
  | 'DowngradeRefused'
  | 'MajorVersionRefused'
  | 'NameConflict'
  | 'NodeClassNotFound'
  | 'SecretInvalid'
  | 'SecretNotFound'
  | 'ZoneMismatch'
  | 'ZoneNotInNodeClass';

/** The next step between what is and what is wanted. */
export type DatabasePlan =
  /** Nothing can be placed before it is known whether there is data, and in which zone. */
  | { step: 'AwaitVolume'; reason: string; message: string }
  /** The pod stays where it is until the node is Ready. */
  | { step: 'AwaitNode'; target: WantedNode; reason: string; message: string }
  /** Recreate: no pod is wanted, and everything else stays until it is gone. */
  | { step: 'StopPod'; target: WantedNode | undefined; need: NodeNeed; reason: 'PodStopping'; message: string }
  /** Recreate: the pod is gone; the nodes that are not wanted go, and nothing is made until they have gone. */
  | { step: 'RetireNodes'; target: WantedNode | undefined; need: NodeNeed; reason: 'NodeRetiring'; message: string }
  | Suspension
  | ({ step: 'Serve'; target: WantedNode | undefined; placement: Placement } & PodSources)
  | Refusal;

/** The pod is to run, on that node or anywhere. */
export type ServePlan = Extract<DatabasePlan, { step: 'Serve' }>;

/** No pod is wanted, and once it is gone no instance; the reason says how far that has come. */
export type Suspension = {
  step: 'Suspend';
  reason: 'PodStopping' | 'NodeRetiring' | 'Suspended' | 'Expired';
  message: string;
};

export type Refusal = { step: 'Refuse'; reason: RefusalReason; message: string };

export const refuse = (reason: RefusalReason, message: string): Refusal => ({ step: 'Refuse', reason, message });

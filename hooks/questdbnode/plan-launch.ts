import type { Observed } from './observe.ts';
import { fittingImage } from './image-fit.ts';
import { intentOf, isSameLaunch } from './intent.ts';
import { limitBroken } from './launch-limits.ts';
import type { LaunchIntent } from './memory.ts';
import type { NodePlan, PlanContext, Refusal, RefusalReason } from './steps.ts';
import { isShort } from './shortage.ts';
import { subnetsIn } from './subnets.ts';

/** What may come of deciding on a launch. */
export type Decision = Extract<NodePlan, { step: 'Decide' | 'Refuse' }>;

export const planLaunch = (observed: Observed, context: PlanContext): NodePlan => {
  const { launch, shortage } = observed.parent.status ?? {};
  if (observed.parent.spec.relaunch === 'Never')
    return { step: 'StandDown', instanceId: undefined, reason: 'NotLaunched' };
  if (launch === undefined) return planDecision(observed, context, 1);
  if (!isShort(shortage, observed.now)) return { step: 'Launch', launch };
  return { step: 'AwaitCapacity', shortage, launch: followingShortage(observed, context, launch) };
};

/**
 * The launch after one that EC2 had no room for: the same, or, where the class has changed, the next attempt. EC2 looks for what a token has
 * made before it looks for room, so that token has made nothing; and it remembers what was asked with it.
 */
export const followingShortage = (
  observed: Observed,
  context: PlanContext,
  intent: LaunchIntent,
  subnetId?: string,
): LaunchIntent => {
  const isAnother = subnetId !== undefined || renewed(observed, context, intent) !== undefined;
  const next = isAnother ? planDecision(observed, context, intent.attempt + 1) : undefined;
  if (next?.step !== 'Decide') return intent;
  return subnetId === undefined ? next.launch : { ...next.launch, subnetId };
};

/**
 * The launch as the class would have it now, where that is another one; it keeps its attempt and its token. Only for a launch that EC2 has
 * refused: should an earlier call whose answer was lost have made an instance, EC2 says so (TokenMismatch) instead of making another.
 * With `subnetId` that subnet is kept.
 */
export const renewed = (
  observed: Observed,
  context: PlanContext,
  intent: LaunchIntent,
  subnetId?: string,
): LaunchIntent | undefined => {
  const decision = planDecision(observed, context, intent.attempt);
  if (decision.step === 'Refuse') return undefined;
  const launch = subnetId === undefined ? decision.launch : { ...decision.launch, subnetId };
  return isSameLaunch(launch, intent) ? undefined : launch;
};

/** The launch of the given attempt, or why there can be none. */
export const planDecision = (observed: Observed, { clusterName }: PlanContext, attempt: number): Decision => {
  const { parent, nodeClass, now } = observed;
  const { zone, className } = parent.spec;
  if (nodeClass === undefined) {
    return refuse(
      'NodeClassNotFound',
      `QuestDBNodeClass "${className}" does not exist. Create it, or name one that exists.`,
    );
  }
  const [subnetId] = subnetsIn(nodeClass, zone);
  if (subnetId === undefined) {
    const zones = [...new Set(nodeClass.spec.subnets.map((subnet) => subnet.zone))].join(', ');
    return refuse('ZoneNotInNodeClass', `QuestDBNodeClass "${className}" has no subnet in ${zone}. It has: ${zones}.`);
  }
  const image = fittingImage(observed, nodeClass);
  if ('reason' in image) return { step: 'Refuse', refusal: image };
  const launch = intentOf(parent, { nodeClass, image, subnetId, attempt, clusterName, now });
  const refusal = limitBroken(launch);
  return refusal === undefined ? { step: 'Decide', launch } : { step: 'Refuse', refusal };
};

const refuse = (reason: RefusalReason, message: string): Decision => ({
  step: 'Refuse',
  refusal: { reason, message } satisfies Refusal,
});

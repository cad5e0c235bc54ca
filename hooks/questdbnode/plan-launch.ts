import type { Observed } from './observe.ts';
import { intentOf } from './intent.ts';
import type { NodePlan, PlanContext, Refusal, RefusalReason } from './steps.ts';
import { isShort } from './shortage.ts';

/** What may come of deciding on a launch. */
export type Decision = Extract<NodePlan, { step: 'Decide' | 'Refuse' }>;

export const planLaunch = (observed: Observed, context: PlanContext): NodePlan => {
  const { launch, shortage } = observed.parent.status ?? {};
  if (launch === undefined) return planDecision(observed, context, 1);
  return isShort(shortage, observed.now) ? { step: 'AwaitCapacity', shortage } : { step: 'Launch', launch };
};

/** The launch of the given attempt, or why there can be none. */
export const planDecision = (observed: Observed, { clusterName }: PlanContext, attempt: number): Decision => {
  const { parent, nodeClass, offeredTypes, now } = observed;
  const { instanceType, zone, className } = parent.spec;
  if (nodeClass === undefined) {
    return refuse(
      'NodeClassNotFound',
      `QuestDBNodeClass "${className}" does not exist. Create it, or name one that exists.`,
    );
  }
  const subnet = nodeClass.spec.subnets.find((candidate) => candidate.zone === zone);
  if (subnet === undefined) {
    const zones = nodeClass.spec.subnets.map((candidate) => candidate.zone).join(', ');
    return refuse('ZoneNotInNodeClass', `QuestDBNodeClass "${className}" has no subnet in ${zone}. It has: ${zones}.`);
  }
  if (!offeredTypes.includes(instanceType)) return notOffered(instanceType, zone, offeredTypes);
  return { step: 'Decide', launch: intentOf(parent, { nodeClass, subnetId: subnet.id, attempt, clusterName, now }) };
};

const TYPES_NAMED = 12;

const notOffered = (instanceType: string, zone: string, offered: readonly string[]): Decision => {
  const family = instanceType.split('.')[0] ?? '';
  const kin = offered.filter((type) => type.startsWith(`${family}.`));
  const named = (kin.length > 0 ? kin : offered).slice(0, TYPES_NAMED).join(', ');
  return refuse(
    'InstanceTypeNotOffered',
    `EC2 does not offer instance type "${instanceType}" in ${zone}. It offers there, among others: ${named}.`,
  );
};

const refuse = (reason: RefusalReason, message: string): Decision => ({
  step: 'Refuse',
  refusal: { reason, message } satisfies Refusal,
});

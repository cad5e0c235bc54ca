import { fails, holds, rfc3339, type Finding } from '../api/conditions.ts';
import { podName } from '../api/names.ts';
import { expiryOf, isExpired } from './expiry.ts';
import type { Observed } from './observe.ts';
import { stopStory } from './pod.ts';
import { retireStory } from './replace.ts';
import type { DatabasePlan, Suspension } from './steps.ts';
import { isStopped } from './whereabouts.ts';

/** What a database that is not to run waits for, until nothing of it runs or costs; undefined when it is to run. */
export const planSuspension = (observed: Observed): Suspension | undefined => {
  const { statefulSet, pod, nodes, dyingNodes, identity } = observed;
  const rest = restOf(observed);
  if (rest === undefined) return undefined;
  if (statefulSet !== undefined && (!isStopped(statefulSet) || pod !== undefined)) {
    return { step: 'Suspend', reason: 'PodStopping', message: stopStory(podName(identity.database), pod) };
  }
  const left = [...nodes, ...dyingNodes];
  if (left.length > 0) return { step: 'Suspend', reason: 'NodeRetiring', message: retireStory(left) };
  return { step: 'Suspend', ...rest };
};

type Rest = { reason: 'Suspended' | 'Expired'; message: string };

const restOf = (observed: Observed): Rest | undefined => {
  const { spec } = observed.database;
  if (spec.suspend === true) {
    return {
      reason: 'Suspended',
      message: 'The database is suspended, and its data kept. Set spec.suspend to false to start it.',
    };
  }
  const expiry = expiryOf(observed.database);
  return expiry !== undefined && isExpired(observed)
    ? {
        reason: 'Expired',
        message: `The time of the database was over at ${rfc3339(expiry.at)}; it is suspended, and its data kept. To start it, set a longer spec.expireAfter or remove it.`,
      }
    : undefined;
};

/** Whether nothing of it runs, as asked. */
export const isAtRest = (plan: DatabasePlan): boolean =>
  plan.step === 'Suspend' && (plan.reason === 'Suspended' || plan.reason === 'Expired');

export const suspendedFinding = (plan: DatabasePlan): Finding => {
  if (plan.step !== 'Suspend') return fails('NotSuspended', 'The database is to run.');
  return isAtRest(plan) ? holds(plan.reason, plan.message) : fails(plan.reason, plan.message);
};

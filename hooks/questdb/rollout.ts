import { conditionOf, fails, type Condition, type Finding } from '../api/conditions.ts';
import type { Observed } from './observe.ts';
import { podFinding } from './pod.ts';
import { isSettled, replicasOf } from './statefulset.ts';
import type { ServePlan } from './steps.ts';
import { nodeNamed } from './whereabouts.ts';

/**
 * Why the StatefulSet is not there as planned yet. What a pod goes through on its ordinary way would be a write for every database and step, so
 * the steps are told one by one where it takes longer than that.
 */
export const rolloutFinding = (observed: Observed, plan: ServePlan): Finding => {
  const finding = rolloutStep(observed);
  return ORDINARY_STEPS.has(finding.reason) && isOnTime(observed, plan, finding)
    ? fails('PodStarting', 'Waiting for the pod to run as planned, on its Node and with its volume.')
    : finding;
};

/** When the pod has nothing to complain of, it is the old one. */
const rolloutStep = ({ pod, statefulSet }: Observed): Finding => {
  const isOldPodReady = statefulSet !== undefined && isSettled(statefulSet);
  const finding = isOldPodReady && pod?.metadata.deletionTimestamp === undefined ? undefined : podFinding(pod);
  return finding === undefined || finding.status === 'True'
    ? fails('PodUpdating', 'Waiting for the StatefulSet controller to finish with the new pod template.')
    : finding;
};

/** The reasons of a pod that is on its way, as far as anybody can tell. */
const ORDINARY_STEPS: ReadonlySet<string> = new Set([
  'DatabaseStarting',
  'PodNotCreated',
  'PodPending',
  'PodStarting',
  'PodTerminating',
  'PodUpdating',
  'Unschedulable',
]);

const ORDINARY_SECONDS = 30;

const isOnTime = (observed: Observed, plan: ServePlan, finding: Finding): boolean =>
  observed.now.getTime() - stepBegan(observed, plan, finding) < ORDINARY_SECONDS * 1000;

const stepBegan = (observed: Observed, plan: ServePlan, { reason }: Finding): number => {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = observed.pod?.metadata ?? {};
  // That is when it is to be gone.
  if (deletionTimestamp !== undefined) return Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
  return creationTimestamp === undefined || reason === 'PodUpdating'
    ? changeBegan(observed, plan)
    : Date.parse(creationTimestamp);
};

/** Without a new pod: when its StatefulSet was made, its instance was there, or the database was Ready last. */
const changeBegan = (observed: Observed, { target }: ServePlan): number => {
  const { statefulSet, now } = observed;
  // It is started in this very pass.
  if (statefulSet !== undefined && replicasOf(statefulSet) === 0) return now.getTime();
  const made = Date.parse(statefulSet?.metadata.creationTimestamp ?? '') || 0;
  const node = nodeNamed(observed, target?.name);
  return Math.max(made, turned(node?.status?.conditions), wasReadyAt(observed));
};

const wasReadyAt = ({ database: { status }, now }: Observed): number =>
  conditionOf(status?.conditions, 'Ready')?.status === 'False' ? turned(status?.conditions) : now.getTime();

/** When Ready became what it is, in milliseconds since the epoch; 0 where nothing is said of it. */
const turned = (conditions: readonly Condition[] | undefined): number =>
  Date.parse(conditionOf(conditions, 'Ready')?.lastTransitionTime ?? '') || 0;

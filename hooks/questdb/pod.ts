import { fails, holds, type Finding } from '../api/conditions.ts';
import { CHECK_LAYOUT } from './children/check-layout.ts';
import type { Pod } from './ports.ts';

/** Why the database's pod is not ready, in the pod's own words: the first real reason, not the last symptom. */
export const podFinding = (pod: Pod | undefined): Finding => {
  if (pod === undefined) return fails('PodNotCreated', 'Waiting for the StatefulSet controller to make the pod.');
  if (pod.metadata.deletionTimestamp !== undefined) {
    return fails('PodTerminating', `Waiting for pod "${pod.metadata.name}" to stop.`);
  }
  return schedulingFinding(pod) ?? initFinding(pod) ?? containerFinding(pod);
};

/** What a pod that is to go is waited for by, and what to do when it never does. */
export const stopStory = (name: string, pod: Pod | undefined): string => {
  if (pod === undefined) return `Waiting for the StatefulSet controller to see that no pod "${name}" is wanted.`;
  const since = pod.metadata.deletionTimestamp;
  return since === undefined
    ? `Waiting for pod "${name}" to be stopped.`
    : `Waiting for pod "${name}" on Node "${pod.spec?.nodeName ?? ''}" to stop by ${since}. If that Node is gone for good: kubectl delete pod ${name} --force.`;
};

const schedulingFinding = ({ status }: Pod): Finding | undefined => {
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'True') return undefined;
  return scheduled?.reason === 'Unschedulable'
    ? fails('Unschedulable', `No node can take the pod: ${scheduled.message ?? ''}`)
    : fails('PodPending', 'Waiting for the pod to be scheduled.');
};

/** Reasons of a waiting container that are no fault but the ordinary way to the start. */
const ON_THE_WAY = ['ContainerCreating', 'PodInitializing'];

type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

/** The check of a volume that was taken over, when it stands in the way. */
const initFinding = ({ status }: Pod): Finding | undefined => {
  const check = status?.initContainerStatuses?.find(({ name }) => name === CHECK_LAYOUT);
  if (check === undefined || check.state?.terminated?.exitCode === 0) return undefined;
  const said = refusalOf(check.state) ?? refusalOf(check.lastState);
  return said === undefined ? waitingFinding(check) : fails('LayoutMismatch', said);
};

const refusalOf = (state: ContainerStatus['state']): string | undefined =>
  state?.terminated === undefined || state.terminated.exitCode === 0 ? undefined : state.terminated.message?.trim();

const containerFinding = ({ metadata, status }: Pod): Finding => {
  const container = status?.containerStatuses?.[0];
  if (container?.ready === true) return holds('PodReady', `Pod "${metadata.name}" is ready.`);
  return (
    (container === undefined ? undefined : (waitingFinding(container) ?? runningFinding(container))) ??
    fails('PodStarting', 'Waiting for the volume to be attached and the container to start.')
  );
};

const waitingFinding = ({ state, lastState }: ContainerStatus): Finding | undefined => {
  const waiting = state?.waiting;
  if (waiting?.reason === undefined || ON_THE_WAY.includes(waiting.reason)) return undefined;
  const words = lastWords(lastState?.terminated?.message);
  const said = waiting.message ?? waiting.reason;
  return fails(waiting.reason, words === undefined ? said : `${said}. Its last words: ${words}`);
};

/** The line of a log's end that says why: an exception, or a line of level E or C. Others may hold what users asked. */
const lastWords = (log: string | undefined): string | undefined =>
  (log ?? '')
    .split('\n')
    .findLast((line) => /Exception: |^\S+ [EC] /.test(line))
    ?.trim();

const runningFinding = ({ state }: ContainerStatus): Finding | undefined => {
  if (state?.terminated !== undefined) {
    const { exitCode, message } = state.terminated;
    return fails(
      'ContainerTerminated',
      `The database ended with exit code ${exitCode}: ${lastWords(message) ?? 'see its log'}`,
    );
  }
  return state?.running === undefined
    ? undefined
    : fails('DatabaseStarting', 'The database has started; waiting for it to answer /status.');
};

import type { V1ContainerStatus, V1Pod, V1PodCondition, V1PodStatus } from '@kubernetes/client-node';
import type { ContainerView } from './container-view.ts';
import type { Shape } from './shape.ts';

/** All that a pod's status is made of. */
export type PodView = {
  pod: V1Pod;
  podIP: string;
  hostIP: string;
  startTime: Date;
  /** Its volumes are there and it has its address. */
  isSandboxReady: boolean;
  isInitialized: boolean;
  /** Set once nothing will run again. */
  isOver: boolean;
  containers: ContainerView[];
  initContainers: ContainerView[];
};

const isWaitingForFirstRun = ({ state, lastState }: ContainerView): boolean =>
  state.waiting !== undefined && lastState?.terminated === undefined;

/** The pod's phase, by the kubelet's rules. */
export const phaseOf = (view: PodView): 'Pending' | 'Running' | 'Succeeded' | 'Failed' => {
  if (view.isOver) {
    const all = [...view.initContainers, ...view.containers];
    return all.every(({ state }) => state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
  }
  if (!view.isInitialized || view.containers.some(isWaitingForFirstRun)) return 'Pending';
  return 'Running';
};

const statusOf = (view: ContainerView): Shape<V1ContainerStatus> => ({
  name: view.spec.name,
  image: view.spec.image ?? '',
  imageID: view.containerId === undefined ? '' : `local/${view.spec.image ?? ''}`,
  ready: view.ready,
  started: view.started,
  restartCount: view.restartCount,
  state: view.state,
  ...(view.lastState === undefined ? {} : { lastState: view.lastState }),
  ...(view.containerId === undefined ? {} : { containerID: view.containerId }),
  ...(view.spec.resources === undefined ? {} : { resources: view.spec.resources }),
});

type Fact = { type: string; isTrue: boolean; reason?: string; message?: string };

const factsOf = (view: PodView): Fact[] => {
  const unready = view.containers.filter(({ ready }) => !ready).map(({ spec }) => spec.name);
  const incomplete = view.initContainers.filter(({ state }) => state.terminated?.exitCode !== 0);
  const why = { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const isInitialized = view.isInitialized || view.initContainers.length === 0;
  const names = incomplete.map(({ spec }) => spec.name).join(' ');
  return [
    { type: 'PodReadyToStartContainers', isTrue: view.isSandboxReady },
    {
      type: 'Initialized',
      isTrue: isInitialized,
      ...(isInitialized
        ? {}
        : { reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${names}]` }),
    },
    { type: 'ContainersReady', isTrue: unready.length === 0, ...(unready.length === 0 ? {} : why) },
    { type: 'Ready', isTrue: unready.length === 0, ...(unready.length === 0 ? {} : why) },
  ];
};

/** The kubelet's own conditions; the time of the last change is kept while a status stays as it was in `before`. */
export const conditionsOf = (
  view: PodView,
  before: readonly Shape<V1PodCondition>[],
  now: Date,
): Shape<V1PodCondition>[] =>
  factsOf(view).map(({ type, isTrue, reason, message }) => {
    const status = isTrue ? 'True' : 'False';
    const previous = before.find((condition) => condition.type === type);
    const since = previous?.status === status ? previous.lastTransitionTime : undefined;
    return {
      type,
      status,
      lastTransitionTime: since ?? now,
      observedGeneration: view.pod.metadata?.generation ?? 0,
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined ? {} : { message }),
    };
  });

const qosOf = ({ spec }: V1Pod): string => {
  const resources = (spec?.containers ?? []).map((container) => container.resources);
  const isBestEffort = resources.every((of) => Object.keys({ ...of?.requests, ...of?.limits }).length === 0);
  if (isBestEffort) return 'BestEffort';
  const isGuaranteed = resources.every((of) =>
    ['cpu', 'memory'].every((name) => {
      const limit = of?.limits?.[name];
      return limit !== undefined && (of?.requests?.[name] ?? limit) === limit;
    }),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
};

/** The pod's status as this kubelet reports it. Conditions of others (PodScheduled, DisruptionTarget) are not in it. */
export const podStatus = (view: PodView, before: readonly Shape<V1PodCondition>[], now: Date): Shape<V1PodStatus> => ({
  observedGeneration: view.pod.metadata?.generation ?? 0,
  phase: phaseOf(view),
  conditions: conditionsOf(view, before, now),
  hostIP: view.hostIP,
  hostIPs: [{ ip: view.hostIP }],
  ...(view.isSandboxReady ? { podIP: view.podIP, podIPs: [{ ip: view.podIP }] } : {}),
  startTime: view.startTime,
  qosClass: qosOf(view.pod),
  containerStatuses: view.containers.map(statusOf),
  ...(view.initContainers.length === 0 ? {} : { initContainerStatuses: view.initContainers.map(statusOf) }),
});

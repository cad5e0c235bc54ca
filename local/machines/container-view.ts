import type { V1Container, V1ContainerState, V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { Exit } from './processes.ts';
import type { Shape } from './shape.ts';

/** A container as its status tells of it. Changed in place by what runs the container, read by what reports the pod. */
export type ContainerView = {
  readonly spec: V1Container;
  restartCount: number;
  started: boolean;
  ready: boolean;
  state: Shape<V1ContainerState>;
  lastState: Shape<V1ContainerState> | undefined;
  containerId: string | undefined;
  /** True once a process was started by this kubelet: the next start is a restart. */
  hasRun: boolean;
};

/** What a container that ran under an earlier kubelet, or before a power loss, is said to have ended with. */
const vanished = (before: V1ContainerStatus): Shape<V1ContainerState> | undefined => {
  const running = before.state?.running;
  if (running === undefined) return before.state?.terminated ? before.state : before.lastState;
  return {
    terminated: {
      exitCode: 255,
      reason: 'Unknown',
      ...(running.startedAt === undefined ? {} : { startedAt: running.startedAt }),
      finishedAt: new Date(),
      ...(before.containerID === undefined ? {} : { containerID: before.containerID }),
    },
  };
};

/** The containers of a pod this kubelet has not started yet; counts go on from what the pod's status says. */
export const viewsOf = (pod: V1Pod, kind: 'containers' | 'initContainers'): ContainerView[] => {
  const statuses = kind === 'containers' ? pod.status?.containerStatuses : pod.status?.initContainerStatuses;
  return (pod.spec?.[kind] ?? []).map((spec) => {
    const before = statuses?.find(({ name }) => name === spec.name);
    return {
      spec,
      restartCount: before?.restartCount ?? 0,
      started: false,
      ready: false,
      state: { waiting: { reason: kind === 'containers' ? 'ContainerCreating' : 'PodInitializing' } },
      lastState: before && vanished(before),
      containerId: before?.containerID,
      hasRun: before?.containerID !== undefined,
    };
  });
};

/** Notes that a process was started for the container. */
export const noteStart = (view: ContainerView, containerId: string, startedAt: Date): void => {
  if (view.hasRun) view.restartCount += 1;
  if (view.state.terminated) view.lastState = { terminated: view.state.terminated };
  view.hasRun = true;
  view.containerId = containerId;
  view.state = { running: { startedAt } };
  view.started = view.spec.startupProbe === undefined;
  view.ready = view.started && view.spec.readinessProbe === undefined;
};

/** Notes how the container's process ended. */
export const noteExit = (view: ContainerView, exit: Exit, message: string | undefined): void => {
  view.started = false;
  view.ready = false;
  view.state = {
    terminated: {
      exitCode: exit.code,
      reason: exit.code === 0 ? 'Completed' : 'Error',
      startedAt: exit.startedAt,
      finishedAt: exit.finishedAt,
      ...(view.containerId === undefined ? {} : { containerID: view.containerId }),
      ...(message === undefined || message === '' ? {} : { message }),
    },
  };
};

/** Notes why the container does not run now. How it ended before stays readable as its last state. */
export const noteWaiting = (view: ContainerView, reason: string, message: string): void => {
  if (view.state.terminated) view.lastState = { terminated: view.state.terminated };
  view.state = { waiting: { reason, message } };
};

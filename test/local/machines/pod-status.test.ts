import { describe, expect, it } from 'vitest';
import { backOffDelay } from '../../../local/machines/back-off.ts';
import {
  noteExit,
  noteStart,
  noteWaiting,
  viewsOf,
  type ContainerView,
} from '../../../local/machines/container-view.ts';
import { conditionsOf, phaseOf, podStatus, type PodView } from '../../../local/machines/pod-status.ts';
import { podOf } from './objects.ts';

const START = new Date('2026-01-01T00:00:00Z');
const LATER = new Date('2026-01-01T00:01:00Z');

const podWith = (changes: object = {}) =>
  podOf({ metadata: { generation: 3 }, spec: { containers: [{ name: 'questdb', image: 'questdb/questdb:9.3.4' }] }, ...changes }); // prettier-ignore

const viewOf = (pod = podWith()): PodView & { container: ContainerView } => {
  const containers = viewsOf(pod, 'containers');
  const [container] = containers;
  if (!container) throw new Error('no container');
  const addresses = { podIP: '10.1.128.1', hostIP: '10.2.0.4', startTime: START };
  const state = { isSandboxReady: true, isInitialized: true, isOver: false };
  return { pod, ...addresses, ...state, containers, initContainers: [], container };
};

const exit = (code: number) => ({ code, startedAt: START, finishedAt: LATER });

describe('the status of a pod', () => {
  it('goes from pending over running to ready', () => {
    const view = viewOf();
    expect(phaseOf(view)).toBe('Pending');
    noteStart(view.container, 'process://1', START);
    expect(phaseOf(view)).toBe('Running');
    expect(podStatus(view, [], START)).toMatchObject({
      observedGeneration: 3,
      podIP: '10.1.128.1',
      containerStatuses: [{ name: 'questdb', ready: true, started: true, restartCount: 0, state: { running: {} } }],
    });
  });

  it('counts restarts and tells how the container ended before', () => {
    const view = viewOf();
    noteStart(view.container, 'process://1', START);
    noteExit(view.container, exit(137), 'the end of the log');
    noteWaiting(view.container, 'CrashLoopBackOff', 'back-off 10s');
    expect(phaseOf(view)).toBe('Running');
    noteStart(view.container, 'process://2', LATER);
    expect(view.container).toMatchObject({
      restartCount: 1,
      state: { running: { startedAt: LATER } },
      lastState: {
        terminated: { exitCode: 137, reason: 'Error', message: 'the end of the log', containerID: 'process://1' },
      },
    });
  });

  it('goes on counting where a kubelet before it stopped', () => {
    const before = {
      name: 'questdb',
      restartCount: 4,
      containerID: 'process://9',
      state: { running: { startedAt: START } },
    };
    const view = viewOf(podWith({ status: { containerStatuses: [before] } }));
    expect(view.container.lastState?.terminated).toMatchObject({ exitCode: 255, reason: 'Unknown' });
    noteStart(view.container, 'process://10', LATER);
    expect(view.container.restartCount).toBe(5);
  });

  it('is not ready before the probes have said so', () => {
    const probe = { httpGet: { port: 1 } };
    const container = { name: 'questdb', startupProbe: probe, readinessProbe: probe };
    const view = viewOf(podWith({ spec: { containers: [container] } }));
    noteStart(view.container, 'process://1', START);
    expect(view.container).toMatchObject({ started: false, ready: false });
    const ready = conditionsOf(view, [], START).find(({ type }) => type === 'Ready');
    expect(ready).toMatchObject({ status: 'False', reason: 'ContainersNotReady', message: 'containers with unready status: [questdb]' }); // prettier-ignore
  });

  it('keeps the time of the last change of a condition', () => {
    const view = viewOf();
    noteStart(view.container, 'process://1', START);
    const first = conditionsOf(view, [], START);
    expect(conditionsOf(view, first, LATER)).toEqual(first);
    noteExit(view.container, exit(1), undefined);
    const changed = conditionsOf(view, first, LATER);
    expect(changed.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'False', lastTransitionTime: LATER });
    expect(changed.find(({ type }) => type === 'Initialized')).toMatchObject({ lastTransitionTime: START });
  });

  it.each([
    [0, 'Succeeded'],
    [143, 'Failed'],
  ])('ends with exit code %i as %s', (code, phase) => {
    const view = viewOf();
    noteStart(view.container, 'process://1', START);
    noteExit(view.container, exit(code), undefined);
    expect(phaseOf({ ...view, isOver: true })).toBe(phase);
  });
});

describe('back-off', () => {
  it.each([
    [0, 0],
    [1, 10],
    [2, 20],
    [3, 40],
    [5, 160],
    [6, 300],
    [60, 300],
  ])('after %i failures is %i s', (failures, delay) => {
    expect(backOffDelay(failures, 10)).toBe(delay);
  });
});

import { describe, expect, it } from 'vitest';
import { podFinding } from '../../../hooks/questdb/pod.ts';
import type { Pod } from '../../../hooks/questdb/ports.ts';
import { aPod, podWith, readyPod, unschedulable } from '../../fixtures/pod.ts';

const LOG = `INFO starting
io.questdb.ServerConfigurationException: no password
 at Main
`;
const initialising = (state: object, lastState: object = {}): Pod => {
  const pod = podWith({ waiting: { reason: 'PodInitializing' } });
  const check = { name: 'check-layout', ready: false, state, lastState } as never;
  return { ...pod, status: { ...pod.status, initContainerStatuses: [check] } };
};

const CASES: [name: string, pod: Pod | undefined, status: string, reason: string, message: string][] = [
  ['no pod', undefined, 'False', 'PodNotCreated', 'Waiting for the StatefulSet controller to make the pod.'],
  [
    'one that stops, ready or not',
    { ...readyPod(), metadata: { ...readyPod().metadata, deletionTimestamp: '2026-03-01T12:00:00Z' } },
    'False',
    'PodTerminating',
    'Waiting for pod "trades-0" to stop.',
  ],
  ['one without a status', aPod(), 'False', 'PodPending', 'Waiting for the pod to be scheduled.'],
  [
    'one that no node takes',
    unschedulable('0/3 nodes.'),
    'False',
    'Unschedulable',
    'No node can take the pod: 0/3 nodes.',
  ],
  [
    'one that waits for the scheduler',
    aPod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }),
    'False',
    'PodPending',
    'Waiting for the pod to be scheduled.',
  ],
  [
    'one that is scheduled',
    aPod({ conditions: [{ type: 'PodScheduled', status: 'True' }] }),
    'False',
    'PodStarting',
    'Waiting for the volume to be attached and the container to start.',
  ],
  [
    'one on its way',
    podWith({ waiting: { reason: 'ContainerCreating' } }),
    'False',
    'PodStarting',
    'Waiting for the volume to be attached and the container to start.',
  ],
  [
    'one on its way, initialising',
    podWith({ waiting: { reason: 'PodInitializing', message: 'x' } }),
    'False',
    'PodStarting',
    'Waiting for the volume to be attached and the container to start.',
  ],
  [
    'one whose volume has another layout',
    initialising(
      { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
      { terminated: { exitCode: 1, message: 'Set it.\n' } },
    ),
    'False',
    'LayoutMismatch',
    'Set it.',
  ],
  [
    'one whose check has just said so',
    initialising({ terminated: { exitCode: 1, message: 'Set it.' } }),
    'False',
    'LayoutMismatch',
    'Set it.',
  ],
  [
    'one whose check has no image',
    initialising({ waiting: { reason: 'ImagePullBackOff', message: 'No image.' } }),
    'False',
    'ImagePullBackOff',
    'No image.',
  ],
  [
    'one whose check is made',
    initialising({ waiting: { reason: 'PodInitializing' } }),
    'False',
    'PodStarting',
    'Waiting for the volume to be attached and the container to start.',
  ],
  [
    'one whose check ended well',
    initialising({ terminated: { exitCode: 0 } }, { terminated: { exitCode: 1, message: 'Set it.' } }),
    'False',
    'PodStarting',
    'Waiting for the volume to be attached and the container to start.',
  ],
  [
    'one whose image cannot be had',
    podWith({ waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "questdb/questdb:9.9.9"' } }),
    'False',
    'ImagePullBackOff',
    'Back-off pulling image "questdb/questdb:9.9.9"',
  ],
  [
    'one that says only a reason',
    podWith({ waiting: { reason: 'ErrImagePull' } }),
    'False',
    'ErrImagePull',
    'ErrImagePull',
  ],
  [
    'one that crashes, with the exception in its log',
    podWith(
      { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting' } },
      { lastState: { terminated: { exitCode: 55, message: LOG } } },
    ),
    'False',
    'CrashLoopBackOff',
    'back-off 10s restarting. Its last words: io.questdb.ServerConfigurationException: no password',
  ],
  [
    'one that crashes, with the last line that is an error',
    podWith(
      { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
      {
        lastState: {
          terminated: {
            exitCode: 1,
            message: '2026-03-01T11:59:00Z E server-main no disk \n2026-03-01T11:59:01Z I client select secret\n\n',
          },
        },
      },
    ),
    'False',
    'CrashLoopBackOff',
    'back-off. Its last words: 2026-03-01T11:59:00Z E server-main no disk',
  ],
  [
    'one that crashes without a word',
    podWith(
      { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
      { lastState: { terminated: { exitCode: 1 } } },
    ),
    'False',
    'CrashLoopBackOff',
    'back-off',
  ],
  [
    'one that has ended',
    podWith({ terminated: { exitCode: 137, message: '2026-03-01T11:59:00Z C out of memory\n' } }),
    'False',
    'ContainerTerminated',
    'The database ended with exit code 137: 2026-03-01T11:59:00Z C out of memory',
  ],
  [
    'one that has ended silently',
    podWith({ terminated: { exitCode: 1 } }),
    'False',
    'ContainerTerminated',
    'The database ended with exit code 1: see its log',
  ],
  [
    'one that runs',
    podWith({ running: { startedAt: '2026-03-01T11:59:58Z' } }),
    'False',
    'DatabaseStarting',
    'The database has started; waiting for it to answer /status.',
  ],
  ['one that is ready', readyPod(), 'True', 'PodReady', 'Pod "trades-0" is ready.'],
];

describe('what a pod says', () => {
  it.each(CASES)('%s', (_name, pod, status, reason, message) => {
    expect(podFinding(pod)).toEqual({ status, reason, message });
  });
});

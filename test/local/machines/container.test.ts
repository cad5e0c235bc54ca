import { mkdtemp, rm, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepRunning, type ContainerDeps } from '../../../local/machines/container.ts';
import { viewsOf, type ContainerView } from '../../../local/machines/container-view.ts';
import type { Image } from '../../../local/machines/images.ts';
import { processesIn } from '../../../local/machines/processes.ts';
import { podOf } from './objects.ts';

let folder: string;
let stopping: AbortController;
let history: string[];
let view: ContainerView;
let knowsSecret: boolean;

const IMAGE: Image = {
  reference: 'shell',
  bindVariables: {},
  folders: [],
  prepare: () => Promise.resolve(),
  commandOf: ({ command, cwd }) => ({
    file: 'sh',
    args: ['-c', command.join(' ')],
    env: { PATH: process.env.PATH ?? '' },
    cwd,
  }),
};

const setUp = (container: object): ContainerDeps => {
  const spec = { name: 'c', image: 'shell', terminationMessagePolicy: 'FallbackToLogsOnError', ...container };
  const pod = podOf({ metadata: { name: 'p', namespace: 'n', uid: 'u' }, spec: { containers: [spec] } });
  const [first] = viewsOf(pod, 'containers');
  if (!first) throw new Error('no container');
  view = first;
  return {
    facts: { pod, podIP: '10.1.128.1', hostIP: '10.2.0.4' },
    folder,
    logs: join(folder, 'logs'),
    processes: processesIn(folder),
    volumes: {
      prepare: () => Promise.resolve(),
      refresh: () => Promise.resolve(),
      mountsOf: () => Promise.resolve([]),
      cleanUp: () => Promise.resolve(),
    },
    references: {
      configMap: () => Promise.resolve(undefined),
      secret: () => Promise.resolve(knowsSecret ? { k: 'v' } : undefined),
    },
    findImage: (reference) => (reference === 'shell' ? IMAGE : undefined),
    takePort: () => Promise.resolve(0),
    events: () => undefined,
    nested: [],
    changed: () => {
      const { state } = view;
      const now = state.waiting?.reason ?? (state.running ? `Running ${String(view.restartCount)}` : 'Terminated');
      if (history.at(-1) !== now) history.push(now);
    },
    stop: stopping.signal,
    graceSeconds: () => 0.2,
    backOffMs: 20,
  };
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'container-'));
  stopping = new AbortController();
  history = [];
  knowsSecret = true;
});
afterEach(() => rm(folder, { recursive: true }));

describe('a container', () => {
  it('that crashes is started again, at once and then with a delay', async () => {
    const done = keepRunning(setUp({ command: ['echo why it failed; exit 7'] }), view, 'Always');
    await expect.poll(() => view.restartCount).toBeGreaterThanOrEqual(3);
    stopping.abort();
    await done;
    expect(history.slice(0, 5)).toEqual(['Running 0', 'Terminated', 'Running 1', 'Terminated', 'CrashLoopBackOff']);
    const terminated = view.lastState?.terminated ?? view.state.terminated;
    expect(terminated).toMatchObject({ exitCode: 7, reason: 'Error', message: 'why it failed\n' });
  });

  it.each([
    ['Never', 'exit 1', 1],
    ['OnFailure', 'exit 0', 0],
  ] as const)('with policy %s and "%s" ends for good', async (policy, command, exitCode) => {
    await keepRunning(setUp({ command: [command] }), view, policy);
    expect(view).toMatchObject({ restartCount: 0, state: { terminated: { exitCode } } });
  });

  it('is asked to end, and ends', async () => {
    const command = ['trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.05; done'];
    const done = keepRunning(setUp({ command }), view, 'Always');
    const log = join(folder, 'logs', 'n_p_c-0.log');
    await expect.poll(() => readFile(log, 'utf8').catch(() => '')).toContain('up');
    stopping.abort();
    await done;
    expect(view.state.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect(await readFile(log, 'utf8')).toBe('up\nbye\n');
  });

  it('that does not listen is killed when its grace is over', async () => {
    const done = keepRunning(setUp({ command: ['trap "" TERM; echo up; while :; do sleep 0.05; done'] }), view, 'Always'); // prettier-ignore
    const log = join(folder, 'logs', 'n_p_c-0.log');
    await expect.poll(() => readFile(log, 'utf8').catch(() => '')).toContain('up');
    stopping.abort();
    await done;
    expect(view.state.terminated).toMatchObject({ exitCode: 137 });
  });

  it('that fails its liveness probe is restarted', async () => {
    const livenessProbe = { exec: { command: ['false'] }, periodSeconds: 0.02, failureThreshold: 2 };
    const done = keepRunning(setUp({ command: ['exec sleep 60'], livenessProbe }), view, 'Always');
    await expect.poll(() => view.restartCount).toBeGreaterThan(0);
    stopping.abort();
    await done;
    expect(view.lastState?.terminated?.exitCode ?? view.state.terminated?.exitCode).toBe(143);
  });

  it('whose image cannot be had waits, and says so in both of the kubelet words', async () => {
    const done = keepRunning(setUp({ image: 'nginx:1' }), view, 'Always');
    await expect.poll(() => history).toEqual(expect.arrayContaining(['ErrImagePull', 'ImagePullBackOff']));
    expect(view.state.waiting?.message).toContain('nginx:1');
    stopping.abort();
    await done;
    expect(view.hasRun).toBe(false);
  });

  it('whose Secret is missing waits for it', async () => {
    knowsSecret = false;
    const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }];
    const done = keepRunning(setUp({ command: ['exec sleep 60'], env }), view, 'Always');
    await expect.poll(() => view.state.waiting).toEqual({ reason: 'CreateContainerConfigError', message: 'secret "s" not found' }); // prettier-ignore
    knowsSecret = true;
    await expect.poll(() => history, { timeout: 5000 }).toContain('Running 0');
    stopping.abort();
    await done;
  });
});

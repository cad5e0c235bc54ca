import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { backOffDelay, provenAfter } from './back-off.ts';
import { logFileOf, terminationMessage } from './container-log.ts';
import { noteExit, noteStart, noteWaiting, type ContainerView } from './container-view.ts';
import { environmentOf, expand, type References } from './environment.ts';
import type { EventRecorder } from './events.ts';
import type { PodFacts } from './fields.ts';
import type { Image } from './images.ts';
import { mapText, mountNested, nestedMounts, type Mount, type NestedMount } from './mounts.ts';
import type { PodVolumes } from './pod-volumes.ts';
import { runProbes } from './prober.ts';
import type { Command, Exit, Processes, RunningProcess } from './processes.ts';
import { isAborted, pause } from './repeat.ts';

/** What running a container of a pod takes. */
export type ContainerDeps = {
  facts: PodFacts;
  folder: string;
  logs: string;
  processes: Processes;
  volumes: PodVolumes;
  references: References;
  findImage: (reference: string) => Image | undefined;
  takePort: () => Promise<number>;
  events: EventRecorder;
  /** The mounts made inside others so far, to be taken away with the pod. */
  nested: NestedMount[];
  /** The view has changed: report it. */
  changed: () => void;
  /** Aborts when the pod is to stop. */
  stop: AbortSignal;
  graceSeconds: () => number;
  backOffMs: number;
};

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

type Prepared = { command: Command; mounts: Mount[] };
/** Host ports of a container by container port; they stay the same from one run to the next. */
type Ports = Map<number, number>;

const portsFor = async (deps: ContainerDeps, image: Image, ports: Ports): Promise<void> => {
  for (const port of Object.keys(image.bindVariables).map(Number)) {
    if (!ports.has(port)) ports.set(port, await deps.takePort());
  }
};

const prepare = async (deps: ContainerDeps, view: ContainerView, image: Image, ports: Ports): Promise<Prepared> => {
  const { spec } = view;
  const mounts = await deps.volumes.mountsOf(spec, image);
  const env = await environmentOf(spec, deps.facts, deps.references);
  for (const nested of nestedMounts(mounts)) {
    await mountNested(nested);
    if (!deps.nested.some(({ at }) => at === nested.at)) deps.nested.push(nested);
  }
  await image.prepare(mounts);
  await portsFor(deps, image, ports);
  const cwd = join(deps.folder, 'containers', spec.name);
  await mkdir(cwd, { recursive: true });
  const words = (list: string[] | undefined): string[] => (list ?? []).map((word) => expand(word, env));
  const run = { command: words(spec.command), args: words(spec.args), env, mounts, ports, cwd };
  return { command: image.commandOf(run), mounts };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const wait = async (deps: ContainerDeps, view: ContainerView, reason: string, message: string, ms: number) => {
  noteWaiting(view, reason, message);
  deps.changed();
  await pause(ms, deps.stop);
};

/** The container's image; while it cannot be had the container waits, as it would for a registry. Undefined when stopped. */
const pullImage = async (deps: ContainerDeps, view: ContainerView): Promise<Image | undefined> => {
  const reference = view.spec.image ?? '';
  for (let failures = 1; !isAborted(deps.stop); failures += 1) {
    const image = deps.findImage(reference);
    if (image) return image;
    const failure = `failed to pull and unpack image "${reference}": not found`;
    deps.events('Warning', 'Failed', `Failed to pull image "${reference}": ${failure}`);
    await wait(deps, view, 'ErrImagePull', failure, Math.min(1000, deps.backOffMs));
    if (isAborted(deps.stop)) break;
    const delay = backOffDelay(failures, deps.backOffMs);
    await wait(
      deps,
      view,
      'ImagePullBackOff',
      `Back-off pulling image "${reference}": ErrImagePull: ${failure}`,
      delay,
    );
  }
  return undefined;
};

const CONFIG_RETRY_MS = 1000;

const start = async (
  deps: ContainerDeps,
  view: ContainerView,
  ports: Ports,
): Promise<{ process: RunningProcess; prepared: Prepared; logFile: string } | undefined> => {
  const image = await pullImage(deps, view);
  while (image && !isAborted(deps.stop)) {
    try {
      const prepared = await prepare(deps, view, image, ports);
      if (isAborted(deps.stop)) break;
      const run = view.hasRun ? view.restartCount + 1 : view.restartCount;
      const logFile = logFileOf(deps.logs, deps.facts.pod, view.spec.name, run);
      const process = deps.processes.start(prepared.command, logFile);
      noteStart(view, `process://${String(process.pid)}-${String(run)}`, process.startedAt);
      deps.events('Normal', 'Started', `Started container ${view.spec.name}`);
      deps.changed();
      return { process, prepared, logFile };
    } catch (error) {
      deps.events('Warning', 'Failed', `Error: ${messageOf(error)}`);
      await wait(deps, view, 'CreateContainerConfigError', messageOf(error), CONFIG_RETRY_MS);
    }
  }
  return undefined;
};

/** Asks the process to end, and ends it when the grace is over. */
const terminate = (process: RunningProcess, graceSeconds: number): void => {
  process.signal('SIGTERM');
  const timer = setTimeout(() => {
    process.signal('SIGKILL');
  }, graceSeconds * 1000);
  void process.exited.then(() => {
    clearTimeout(timer);
  });
};

/** Probes the process and waits for its end, which a stop or a failed probe may bring about. */
const supervise = async (
  deps: ContainerDeps,
  view: ContainerView,
  process: RunningProcess,
  { command, mounts }: Prepared,
  ports: Ports,
): Promise<Exit> => {
  const over = new AbortController();
  const { name } = view.spec;
  const onStop = (): void => {
    deps.events('Normal', 'Killing', `Stopping container ${name}`);
    terminate(process, deps.graceSeconds());
  };
  deps.stop.addEventListener('abort', onStop, { once: true });
  if (isAborted(deps.stop)) onStop();
  const exec = { map: (word: string) => mapText(mounts, word), env: command.env, cwd: command.cwd };
  const report = (change: Partial<Pick<ContainerView, 'started' | 'ready'>>): void => {
    Object.assign(view, change);
    deps.changed();
  };
  void runProbes({
    target: { container: view.spec, ports, exec },
    signal: over.signal,
    reports: {
      started: () => {
        report({ started: true, ready: view.spec.readinessProbe === undefined });
      },
      ready: (ready) => {
        report({ ready });
      },
      failed: (kind, message) => {
        if (!isAborted(deps.stop)) deps.events('Warning', 'Unhealthy', `${kind} probe failed: ${message}`);
      },
      unhealthy: (kind, probe) => {
        deps.events('Normal', 'Killing', `Container ${name} failed ${kind.toLowerCase()} probe, will be restarted`);
        terminate(process, probe.terminationGracePeriodSeconds ?? deps.graceSeconds());
      },
    },
  });
  const exit = await process.exited;
  over.abort();
  deps.stop.removeEventListener('abort', onStop);
  return exit;
};

const wantsRestart = (policy: RestartPolicy, exit: Exit): boolean =>
  policy === 'Always' || (policy === 'OnFailure' && exit.code !== 0);

/** The message of a container that waits to be started again. */
const backOffMessage = (delay: number, container: string, pod: V1Pod): string =>
  `back-off ${String(delay / 1000)}s restarting failed container=${container} pod=${pod.metadata?.name ?? ''}_${pod.metadata?.namespace ?? ''}(${pod.metadata?.uid ?? ''})`;

/**
 * Runs a container, again and again as the policy says, with the kubelet's back-off. Ends when the pod is stopped and its
 * process is gone, or when it has ended for good.
 */
export const keepRunning = async (
  deps: ContainerDeps,
  view: ContainerView,
  policy: RestartPolicy,
  ports: Ports = new Map(),
): Promise<void> => {
  let failures = 0;
  for (;;) {
    const started = await start(deps, view, ports);
    if (started === undefined) return;
    const { process, prepared, logFile } = started;
    const exit = await supervise(deps, view, process, prepared, ports);
    noteExit(view, exit, terminationMessage(view.spec, exit.code, logFile));
    deps.changed();
    if (isAborted(deps.stop) || !wantsRestart(policy, exit)) return;
    const ran = exit.finishedAt.getTime() - exit.startedAt.getTime();
    failures = ran > provenAfter(deps.backOffMs) ? 1 : failures + 1;
    // The first restart is at once.
    const delay = backOffDelay(failures - 1, deps.backOffMs);
    if (delay === 0) continue;
    const message = backOffMessage(delay, view.spec.name, deps.facts.pod);
    deps.events('Warning', 'BackOff', `Back-off restarting failed container ${view.spec.name}`);
    await wait(deps, view, 'CrashLoopBackOff', message, delay);
  }
};

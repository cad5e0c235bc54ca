import type { V1Pod } from '@kubernetes/client-node';
import { messageOf } from './api.ts';
import { keepRunning, type RestartPolicy } from './container.ts';
import type { ContainerView } from './container-view.ts';
import { finishGrowth } from './growth.ts';
import { unmountNested } from './mounts.ts';
import { isFinished, removeObject } from './pod-object.ts';
import { createRun, type PodDeps, type PodRun } from './pod-run.ts';
import { insist, repeat } from './repeat.ts';

/** A pod on this machine. */
export type PodWorker = {
  /** The pod's object has changed; a deletion timestamp stops it. */
  update: (pod: V1Pod) => void;
  /** The pod's object is gone: stop it. */
  stop: () => void;
  /** Resolves when nothing of the pod is left on the machine. */
  done: Promise<void>;
};

const VOLUME_RETRY_MS = 250;
const RETRY_MS = 1000;
/** An attachment takes seconds; what takes longer is worth an event. */
const PATIENCE_MS = 5000;

const onceAborted = async (signal: AbortSignal): Promise<void> => {
  if (signal.aborted) return;
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
};

const mountVolumes = async ({ container, log, view }: PodRun): Promise<void> => {
  const since = Date.now();
  const onError = (error: unknown): void => {
    log.debug({ error: messageOf(error) }, 'volumes are not ready');
    if (Date.now() - since < PATIENCE_MS) return;
    container.events('Warning', 'FailedMount', `Unable to attach or mount volumes: ${messageOf(error)}`);
  };
  await insist(VOLUME_RETRY_MS, container.stop, container.volumes.prepare, onError);
  view.isSandboxReady = !container.stop.aborted;
  container.changed();
};

const runOne = (run: PodRun, view: ContainerView, policy: RestartPolicy): Promise<void> => {
  const ports = run.ports.get(view.spec.name) ?? new Map<number, number>();
  run.ports.set(view.spec.name, ports);
  return keepRunning(run.container, view, policy, ports);
};

/** Init containers one after the other; answers false when one has failed for good or the pod was stopped. */
const initialize = async (run: PodRun, policy: RestartPolicy): Promise<boolean> => {
  for (const view of run.view.initContainers) {
    await runOne(run, view, policy === 'Never' ? 'Never' : 'OnFailure');
    if (run.container.stop.aborted || view.state.terminated?.exitCode !== 0) return false;
  }
  run.view.isInitialized = true;
  run.container.changed();
  return true;
};

const maintain = ({ container, deps, facts, log }: PodRun, until: AbortSignal): Promise<void> => {
  const work = async (): Promise<void> => {
    await container.volumes.refresh();
    await finishGrowth(deps.api, facts.pod, deps.grow);
  };
  return repeat(deps.timing.refresh, until, work, (error) => {
    log.warn({ error: messageOf(error) }, 'volumes not refreshed');
  });
};

const runContainers = async (run: PodRun): Promise<void> => {
  await mountVolumes(run);
  if (run.container.stop.aborted) return;
  const over = new AbortController();
  const maintenance = maintain(run, AbortSignal.any([run.container.stop, over.signal]));
  const policy = (run.facts.pod.spec?.restartPolicy ?? 'Always') as RestartPolicy;
  if (await initialize(run, policy)) await Promise.all(run.view.containers.map((view) => runOne(run, view, policy)));
  over.abort();
  // A refresh under way would put files back into a folder that is being removed.
  await maintenance;
};

const insistently = async (run: PodRun, what: string, work: () => Promise<void>): Promise<void> => {
  await insist(RETRY_MS, run.deps.power, work, (error) => {
    run.log.warn({ error: messageOf(error) }, what);
  });
};

/** The way back: the processes are gone, the volumes go, the machine's books are put right. */
const takeDown = async (run: PodRun): Promise<void> => {
  run.view.isOver = true;
  run.status.changed();
  await run.status.flush();
  await insistently(run, 'volumes not taken away', async () => {
    for (const nested of run.container.nested.toReversed()) await unmountNested(nested);
    await run.container.volumes.cleanUp();
  });
};

const release = (run: PodRun): void => {
  run.deps.addresses.release(
    run.facts.podIP,
    [...run.ports.values()].flatMap((ports) => [...ports.values()]),
  );
};

const live = async (run: PodRun): Promise<void> => {
  const { container, deps, facts } = run;
  if (!isFinished(facts.pod)) {
    run.status.changed();
    await runContainers(run);
    if (!deps.power.aborted) await takeDown(run);
  }
  release(run);
  await onceAborted(container.stop);
  if (!deps.power.aborted) await insistently(run, 'pod object not removed', () => removeObject(deps.api, facts.pod));
};

/**
 * Runs a pod on this machine: volumes, init containers, containers, and after its end the way back, at last the removal of
 * its object when it is being deleted. A power loss ends all that where it stands.
 */
export const startPod = (deps: PodDeps, pod: V1Pod): PodWorker => {
  const stopping = new AbortController();
  const run = createRun(deps, pod, AbortSignal.any([stopping.signal, deps.power]));
  const update = (now: V1Pod): void => {
    run.facts.pod = now;
    run.view.pod = now;
    run.status.seen(now);
    if (now.metadata?.deletionTimestamp !== undefined) stopping.abort();
  };
  update(pod);
  const done = live(run).catch((error: unknown) => {
    run.log.error({ error: messageOf(error) }, 'the pod was lost');
  });
  return {
    update,
    stop: () => {
      stopping.abort();
    },
    done,
  };
};

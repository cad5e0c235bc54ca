import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { binariesAreBuilt, binaryPath } from '../controlplane/binaries.ts';
import { writeCredentials } from '../controlplane/credentials.ts';
import { unmountBelow } from '../csi/sized.ts';
import { ensurePki } from '../controlplane/pki.ts';
import { noProgress, type Progress } from '../controlplane/progress.ts';
import { readSettings, type Settings } from '../settings.ts';
import { bootAll, bootControlPlane } from './boot.ts';
import { allComponents } from './components.ts';
import { askStatus, controlSocket, findSupervisor } from './control.ts';
import { choicesOf } from './environment.ts';
import { waitUntil } from './health.ts';
import { isRunning } from './identity.ts';
import { endLeftovers, leftoversOf, markedEnvironment } from './leftovers.ts';
import { withLock } from './lock.ts';
import { assignPorts, requireFreePorts } from './ports.ts';

/** The state directory of the cluster people use; every other one gets ports of its own. */
export const DEFAULT_STATE_DIRECTORY = resolve(import.meta.dirname, '..', '..', '.local');

export type ClusterOptions = {
  stateDir: string;
  /** `control-plane` is etcd, the API server and the controller manager, with nothing installed. Default `all`. */
  components?: 'control-plane' | 'all';
  progress?: Progress;
};

const spawnSupervisor = async (settings: Settings): Promise<void> => {
  mkdirSync(settings.paths.logs, { recursive: true, mode: 0o700 });
  const log = openSync(join(settings.paths.logs, 'supervisor.log'), 'a', 0o600);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: markedEnvironment({ ...process.env, LOCAL_STATE_DIR: settings.stateDir }, settings.stateDir),
    cwd: settings.stateDir,
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  child.unref();
  const answer = () =>
    child.exitCode === null
      ? askStatus(settings).catch(() => undefined)
      : Promise.reject(new Error(`The supervisor ended at once: see ${join(settings.paths.logs, 'supervisor.log')}`));
  await waitUntil(answer, { seconds: 20, message: () => 'The supervisor does not answer on its socket.' });
};

/** For people without a kubectl of their own: `<state directory>/bin/kubectl`. */
const linkKubectl = (settings: Settings): void => {
  const link = join(settings.stateDir, 'bin', 'kubectl');
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(binaryPath('kubectl'), link);
};

const requireSameChoices = async (settings: Settings): Promise<void> => {
  const { choices } = await askStatus(settings);
  for (const [what, wanted] of Object.entries(choicesOf(settings, process.env))) {
    if (choices[what] === wanted) continue;
    throw new Error(
      `The cluster runs with ${what}: ${choices[what]}, and not ${wanted}. \`npm run local -- down\` first.`,
    );
  }
};

/** A supervisor that runs keeps running; after one that was killed, what it left is ended first. */
const ensureSupervisor = async (settings: Settings): Promise<void> => {
  if (findSupervisor(settings) !== undefined) {
    await requireSameChoices(settings);
    return;
  }
  await endLeftovers(settings);
  await requireFreePorts(settings.ports);
  linkKubectl(settings);
  await ensurePki(settings.paths.pki);
  writeCredentials(settings);
  await spawnSupervisor(settings);
};

/**
 * Starts a local cluster in the background, or what is missing of one that runs, and answers when all of it is healthy.
 * The binaries must be built (`npm run local -- build`): nothing is built on the quiet here.
 */
export const startCluster = async (options: ClusterOptions): Promise<Settings> => {
  const progress = options.progress ?? noProgress;
  if (!binariesAreBuilt()) throw new Error('The tools are not built yet: run `npm run local -- build` first.');
  if (resolve(options.stateDir) !== DEFAULT_STATE_DIRECTORY) await assignPorts(readSettings(options.stateDir));
  const settings = readSettings(options.stateDir);
  mkdirSync(settings.stateDir, { recursive: true, mode: 0o700 });
  const components = allComponents(settings, process.env);
  const sayWaiting = (pid: number) => progress.note(`Process ${pid} is starting or stopping this cluster: waiting.`);
  await withLock(lockOf(settings), sayWaiting, async () => {
    await ensureSupervisor(settings);
    if (options.components === 'control-plane') await bootControlPlane(settings, progress);
    else await bootAll(settings, components, progress);
  });
  return settings;
};

const lockOf = (settings: Settings): string => join(settings.stateDir, 'up-or-down.lock');

/** The slowest part may use its whole grace, tier after tier. */
const STOP_SECONDS = 60;

/**
 * Stops a cluster and proves that nothing of it is left, also when its supervisor was killed. With `remove`, its state
 * goes too. Answers how many processes had to be ended.
 */
export const stopCluster = async (options: { stateDir: string; remove?: boolean }): Promise<number> => {
  const settings = readSettings(options.stateDir);
  if (!existsSync(settings.stateDir)) return 0;
  const stopped = await withLock(
    lockOf(settings),
    () => undefined,
    async () => {
      const before = leftoversOf(settings).length;
      const supervisor = findSupervisor(settings);
      if (supervisor !== undefined) {
        process.kill(supervisor.pid, 'SIGTERM');
        const gone = () => Promise.resolve(isRunning(supervisor) ? undefined : true);
        await waitUntil(gone, { seconds: STOP_SECONDS, message: () => '' }).catch(() => undefined);
      }
      await endLeftovers(settings);
      await unmountBelow(settings.paths.volumes);
      return before;
    },
  );
  rmSync(dirname(controlSocket(settings)), { recursive: true, force: true });
  if (options.remove === true) removeState(settings);
  return stopped;
};

/** Deletes a state directory, but never a directory that no cluster was ever in. */
const removeState = (settings: Settings): void => {
  if (!existsSync(settings.paths.pki)) {
    throw new Error(`${settings.stateDir} holds no state of a local cluster: not deleted.`);
  }
  rmSync(settings.stateDir, { recursive: true, force: true });
};

import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isRunning, parentOf, parseIdentity, type ProcessIdentity } from './identity.ts';
import { waitUntil } from './health.ts';

/**
 * Every process of a cluster inherits this variable with the cluster's state directory. So what a killed part left
 * behind (a QuestDB server, say) is found without its pid ever having been written down.
 */
const MARK = 'QUESTDB_FLEET_LOCAL_CLUSTER';

/** The environment of a supervised process. */
export const markedEnvironment = (env: NodeJS.ProcessEnv, stateDir: string): NodeJS.ProcessEnv => ({
  ...env,
  [MARK]: stateDir,
});

const readOrEmpty = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const ancestors = (pid: number): number[] => (pid <= 1 ? [] : [pid, ...ancestors(parentOf(pid))]);

/** Running processes that carry the mark of a cluster; never the caller or what started it. */
const markedProcesses = (stateDir: string): ProcessIdentity[] => {
  const spared = new Set(ancestors(process.pid));
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => !spared.has(pid))
    .filter((pid) => readOrEmpty(`/proc/${pid}/environ`).split('\0').includes(`${MARK}=${stateDir}`))
    .flatMap((pid) => identify(pid) ?? []);
};

const recordedProcesses = (pids: string): ProcessIdentity[] =>
  existsSync(pids)
    ? readdirSync(pids)
        .filter((name) => name.endsWith('.json'))
        .flatMap((name) => parseIdentity(readOrEmpty(join(pids, name))) ?? [])
        .filter(isRunning)
    : [];

/** What still runs of a cluster: by pid file and by mark. */
export const leftoversOf = (settings: { stateDir: string; paths: { pids: string } }): ProcessIdentity[] => {
  const found = [...recordedProcesses(settings.paths.pids), ...markedProcesses(settings.stateDir)];
  return [...new Map(found.map((process) => [process.pid, process])).values()];
};

const signal = (processes: ProcessIdentity[], name: NodeJS.Signals): void => {
  for (const identity of processes.filter(isRunning)) {
    try {
      process.kill(identity.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
};

const GRACE_SECONDS = 5;

/**
 * Ends whatever still runs of a cluster without a supervisor, first kindly, then by SIGKILL, and forgets its pid files.
 * Throws when something survives that. Answers how many processes it ended.
 */
export const endLeftovers = async (settings: { stateDir: string; paths: { pids: string } }): Promise<number> => {
  const found = leftoversOf(settings);
  signal(found, 'SIGTERM');
  const none = () => Promise.resolve(leftoversOf(settings).length === 0 ? true : undefined);
  await waitUntil(none, { seconds: GRACE_SECONDS, message: () => '' }).catch(() => undefined);
  const kill = () => {
    signal(leftoversOf(settings), 'SIGKILL');
    return none();
  };
  await waitUntil(kill, {
    seconds: GRACE_SECONDS,
    message: () => {
      const pids = leftoversOf(settings).map(({ pid }) => pid);
      return `These processes of the local cluster do not end: ${pids.join(', ')}`;
    },
  });
  rmSync(settings.paths.pids, { recursive: true, force: true });
  return found.length;
};

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Component, Exit } from './component.ts';
import { identify } from './identity.ts';
import { markedEnvironment } from './leftovers.ts';

/** Every part ends within 5 s of SIGTERM by contract; QuestDB servers under the kubelets get a little more. */
const GRACE = 10_000;
const LOG_LIMIT_BYTES = 50 * 1024 * 1024;

/** Where a cluster's processes leave their traces. */
export type Place = { stateDir: string; logs: string; pids: string };

/** One run of a part, with whatever it starts. */
export type ProcessGroup = {
  pid: number | undefined;
  startedAt: number;
  /** Settles when the leading process has ended; what was left of its group is gone by then. */
  ended: Promise<Exit>;
  kill: () => void;
  /** SIGTERM, and SIGKILL after the grace; answers when it has ended. */
  terminate: () => Promise<void>;
};

const openLog = (place: Place, name: string): number => {
  const path = join(place.logs, `${name}.log`);
  if (existsSync(path) && statSync(path).size > LOG_LIMIT_BYTES) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
};

const launch = (component: Component, place: Place): ChildProcess => {
  const log = openLog(place, component.name);
  try {
    return spawn(component.command, component.args, {
      env: markedEnvironment(component.env, place.stateDir),
      cwd: place.stateDir,
      stdio: ['ignore', log, log],
      // A session and process group of its own: one signal reaches whatever it starts.
      detached: true,
    });
  } finally {
    closeSync(log);
  }
};

const signalGroup = (pid: number | undefined, signal: NodeJS.Signals): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Starts a part as the leader of a process group and writes its pid file, which goes when it ends. */
export const startGroup = (component: Component, place: Place): ProcessGroup => {
  const child = launch(component, place);
  const { pid } = child;
  const pidFile = join(place.pids, `${component.name}.json`);
  const identity = pid === undefined ? undefined : identify(pid);
  if (identity !== undefined) writeFileSync(pidFile, JSON.stringify({ ...identity, command: component.command }));
  const ended = new Promise<Exit>((resolve) => {
    const settle = (code: number | null, signal: NodeJS.Signals | null): void => {
      signalGroup(pid, 'SIGKILL');
      rmSync(pidFile, { force: true });
      resolve({ at: new Date().toISOString(), code, signal });
    };
    child.once('exit', settle);
    // A command that cannot be run emits 'error' and no 'exit'; 127 is what a shell would say.
    child.once('error', () => settle(127, null));
  });
  const kill = () => signalGroup(pid, 'SIGKILL');
  const terminate = async (): Promise<void> => {
    signalGroup(pid, 'SIGTERM');
    const late = setTimeout(kill, GRACE);
    await ended;
    clearTimeout(late);
  };
  return { pid, startedAt: Date.now(), ended, kill, terminate };
};

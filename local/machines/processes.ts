import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, closeSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What to start: an executable with host paths in its arguments and environment. */
export type Command = { file: string; args: string[]; env: Record<string, string>; cwd: string };

export type Exit = { code: number; startedAt: Date; finishedAt: Date };

/** A container's process, in a process group of its own. */
export type RunningProcess = {
  pid: number;
  startedAt: Date;
  exited: Promise<Exit>;
  signal: (signal: 'SIGTERM' | 'SIGKILL') => void;
};

/** The processes of one machine. */
export type Processes = {
  start: (command: Command, logFile: string) => RunningProcess;
  /** What a power loss does: every process of the machine is gone, now, and none can be started again. */
  killAll: () => void;
  signalAll: (signal: 'SIGTERM' | 'SIGKILL') => void;
  running: () => number;
};

type ProcessRecord = { pid: number; startTime: string };

/** When the process began, in clock ticks since boot: with the id, a name no later process has. Undefined when there is none. */
const startTimeOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The second field is the command in parentheses and may hold spaces; the start time is the 22nd.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
};

/** Asks the container's first process to end, as a runtime does, or ends all of them. */
const signalContainer = (pid: number, signal: 'SIGTERM' | 'SIGKILL'): void => {
  try {
    process.kill(signal === 'SIGKILL' ? -pid : pid, signal);
  } catch {
    // It has ended by itself.
  }
};

const parseRecord = (text: string): ProcessRecord | undefined => {
  try {
    return JSON.parse(text) as ProcessRecord;
  } catch {
    return undefined;
  }
};

/** Ends what an earlier run of this program left running: processes whose id and start time are on record. Answers how many. */
export const killLeftOvers = (folder: string): number => {
  mkdirSync(folder, { recursive: true });
  let killed = 0;
  for (const name of readdirSync(folder)) {
    const record = parseRecord(readFileSync(join(folder, name), 'utf8'));
    if (record !== undefined && startTimeOf(record.pid) === record.startTime) {
      signalContainer(record.pid, 'SIGKILL');
      killed += 1;
    }
    rmSync(join(folder, name));
  }
  return killed;
};

const exitCodeOf = (code: number | null, signal: NodeJS.Signals | null): number => {
  const numbers: Partial<Record<NodeJS.Signals, number>> = {
    SIGTERM: 15,
    SIGKILL: 9,
    SIGINT: 2,
    SIGSEGV: 11,
    SIGABRT: 6,
  };
  return code ?? 128 + (signal === null ? 0 : (numbers[signal] ?? 0));
};

/** By this variable `down` finds what a killed part left behind. */
const MARK = 'QUESTDB_FLEET_LOCAL_CLUSTER';

const marked = (env: Record<string, string>): Record<string, string> => {
  const mark = process.env[MARK];
  return mark === undefined ? env : { ...env, [MARK]: mark };
};

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

/** Whoever runs the local cluster as root would write to read-only mounts: containers run without capabilities, so they cannot. */
const confined = (command: Command): Command => {
  if (process.getuid?.() !== 0 || SETPRIV === undefined) return command;
  const args = ['--bounding-set', '-all', '--inh-caps', '-all', command.file, ...command.args];
  return { ...command, file: SETPRIV, args };
};

/** Starts and ends the processes of a machine; their ids are kept in `folder` while they run. */
export const processesIn = (folder: string): Processes => {
  const pids = new Set<number>();
  let isOff = false;
  const signalAll = (signal: 'SIGTERM' | 'SIGKILL'): void => {
    for (const pid of pids) signalContainer(pid, signal);
  };
  return {
    start: (command, logFile) => {
      if (isOff) throw new Error('the machine is off');
      const log = openSync(logFile, 'a');
      const startedAt = new Date();
      const { file, args, env, cwd } = confined(command);
      const child = spawn(file, args, { env: marked(env), cwd, detached: true, stdio: ['ignore', log, log] });
      closeSync(log);
      const pid = child.pid;
      const exited = new Promise<Exit>((resolve) => {
        child.once('error', () => {
          // As a runtime does when the executable is not there.
          resolve({ code: 127, startedAt, finishedAt: new Date() });
        });
        child.once('exit', (code, signal) => {
          if (pid !== undefined) {
            pids.delete(pid);
            // What it started itself goes with it, as a container's other processes do.
            signalContainer(pid, 'SIGKILL');
            rmSync(join(folder, String(pid)), { force: true });
          }
          resolve({ code: exitCodeOf(code, signal), startedAt, finishedAt: new Date() });
        });
      });
      if (pid !== undefined) {
        pids.add(pid);
        writeFileSync(join(folder, String(pid)), JSON.stringify({ pid, startTime: startTimeOf(pid) ?? '' }));
      }
      const signal = (name: 'SIGTERM' | 'SIGKILL'): void => {
        if (pid !== undefined && pids.has(pid)) signalContainer(pid, name);
      };
      return { pid: pid ?? 0, startedAt, exited, signal };
    },
    killAll: () => {
      isOff = true;
      signalAll('SIGKILL');
    },
    signalAll,
    running: () => pids.size,
  };
};

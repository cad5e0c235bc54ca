import { readFileSync } from 'node:fs';

/** One process for all time: a pid comes back after a while, a pid with its start time does not. */
export type ProcessIdentity = {
  pid: number;
  /** Start in clock ticks since boot: field 22 of /proc/<pid>/stat (proc(5)). */
  startTime: string;
  /** A start time counts from the boot, so two boots may share one. */
  bootId: string;
};

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** Fields of /proc/<pid>/stat from the third on; the second is the command in brackets and may hold anything. */
const statFields = (pid: number): string[] | undefined => {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
};

/**
 * A zombie has ended, unless threads of it are left: then its first thread is a zombie, and its ports are still open.
 * Fields 3 and 20 of stat are the state and the number of threads.
 */
const hasEnded = (fields: string[]): boolean => fields[0] === 'Z' && Number(fields[17]) <= 1;

/** The identity of a running process, or undefined when there is none of that pid. */
export const identify = (pid: number): ProcessIdentity | undefined => {
  const fields = statFields(pid);
  const startTime = fields?.[19];
  if (fields === undefined || startTime === undefined || hasEnded(fields)) return undefined;
  return { pid, startTime, bootId: read('/proc/sys/kernel/random/boot_id')?.trim() ?? '' };
};

/** True while that very process runs, and not another one that got its pid. */
export const isRunning = (identity: ProcessIdentity): boolean => {
  const now = identify(identity.pid);
  return now?.startTime === identity.startTime && now.bootId === identity.bootId;
};

/** Parent of a process, 0 for none. */
export const parentOf = (pid: number): number => Number(statFields(pid)?.[1] ?? 0);

/** Reads an identity from JSON; anything else in it is left alone. */
export const parseIdentity = (json: string): ProcessIdentity | undefined => {
  try {
    const value = JSON.parse(json) as Partial<ProcessIdentity>;
    const { pid, startTime, bootId } = value;
    if (typeof pid !== 'number' || typeof startTime !== 'string' || typeof bootId !== 'string') return undefined;
    return { pid, startTime, bootId };
  } catch {
    return undefined;
  }
};

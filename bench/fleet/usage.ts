import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Settings } from '../../local/settings.ts';

export type Usage = { cpuSeconds: number; peakMiB: number };

/** By the name of a process of the local cluster, `kube-apiserver` for one. */
export type UsageByPart = Record<string, Usage>;

/** Clock ticks a second, on every Linux that Node runs on. */
const TICKS = 100;

/** What each part has used since it was started: fields 14 and 15 of /proc/<pid>/stat, and VmHWM. */
export const usageOf = ({ paths }: Settings): UsageByPart =>
  Object.fromEntries(
    readdirSync(paths.pids)
      .filter((file) => file.endsWith('.json'))
      .map((file) => [basename(file, '.json'), usageOfPart(join(paths.pids, file))]),
  );

const usageOfPart = (file: string): Usage => {
  const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number };
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
    peakMiB: Math.round(Number(peak) / 1024),
  };
};

const NOTHING: Usage = { cpuSeconds: 0, peakMiB: 0 };

/** What was used between two readings; the peak is the later one's. Parts that were stopped meanwhile are left out. */
export const usedBetween = (before: UsageByPart, after: UsageByPart): UsageByPart =>
  Object.fromEntries(
    Object.entries(after).map(([part, { cpuSeconds, peakMiB }]) => [
      part,
      { cpuSeconds: cpuSeconds - (before[part] ?? NOTHING).cpuSeconds, peakMiB },
    ]),
  );

export const cpuSecondsOf = (usage: UsageByPart, part: string): number => (usage[part] ?? NOTHING).cpuSeconds;

export const peakMiBOf = (usage: UsageByPart, part: string): number => (usage[part] ?? NOTHING).peakMiB;

export const totalCpuSeconds = (usage: UsageByPart): number =>
  Object.values(usage).reduce((total, { cpuSeconds }) => total + cpuSeconds, 0);

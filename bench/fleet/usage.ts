import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../local/settings.ts';

export type Usage = { cpuSeconds: number; peakMiB: number };

const PARTS = ['hooks', 'metacontroller', 'kube-apiserver', 'etcd', 'kwok', 'ec2', 'machines'] as const;
export type Part = (typeof PARTS)[number];

/** Clock ticks a second, on every Linux that Node runs on. */
const TICKS = 100;

/** What each part has used since it was started: fields 14 and 15 of /proc/<pid>/stat, and VmHWM. */
export const usageOf = ({ paths }: Settings): Record<Part, Usage> =>
  Object.fromEntries(PARTS.map((part) => [part, usageOfPart(join(paths.pids, `${part}.json`))])) as Record<Part, Usage>;

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

/** What was used between two readings; the peak is the later one's. */
export const usedBetween = (before: Record<Part, Usage>, after: Record<Part, Usage>): Record<Part, Usage> =>
  Object.fromEntries(
    PARTS.map((part) => [
      part,
      { cpuSeconds: after[part].cpuSeconds - before[part].cpuSeconds, peakMiB: after[part].peakMiB },
    ]),
  ) as Record<Part, Usage>;

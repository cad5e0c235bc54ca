import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** What was measured, in milliseconds unless its name says otherwise. */
export type Sample = readonly number[];

export const median = (sample: Sample): number => {
  const sorted = [...sample].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
};

/** `median (least to most)`, in seconds. */
export const inSeconds = (sample: Sample): string => {
  const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);
  return `${seconds(median(sample))} s (${seconds(Math.min(...sample))} to ${seconds(Math.max(...sample))})`;
};

export const sum = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** What a figure depends on, to be printed beside it. */
export const machine = (): string =>
  [
    `${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Node ${process.version}`,
    `Kubernetes ${kubernetesVersion()}`,
  ].join(', ');

const kubernetesVersion = (): string =>
  /^\s*k8s\.io\/kubernetes v(\S+)/m.exec(readFileSync('local/controlplane/go.mod', 'utf8'))?.[1] ?? 'unknown';

/** The value that so great a share of the sample is at most; 0.99 for p99. */
export const percentile = (sample: Sample, share: number): number => {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
};

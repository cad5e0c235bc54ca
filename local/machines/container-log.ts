import { existsSync, mkdirSync, openSync, closeSync, fstatSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { V1Container, V1Pod } from '@kubernetes/client-node';

const KEPT_RUNS = 5;
const MESSAGE_BYTES = 2048;
const MESSAGE_LINES = 80;

/** The log file of a container's n-th run, `<logs>/<namespace>_<pod>_<container>-<n>.log`; a few runs back are kept. */
export const logFileOf = (folder: string, pod: V1Pod, container: string, run: number): string => {
  mkdirSync(folder, { recursive: true });
  const stem = join(folder, `${pod.metadata?.namespace ?? ''}_${pod.metadata?.name ?? ''}_${container}`);
  rmSync(`${stem}-${String(run - KEPT_RUNS)}.log`, { force: true });
  return `${stem}-${String(run)}.log`;
};

const tailOf = (file: string): string => {
  if (!existsSync(file)) return '';
  const descriptor = openSync(file, 'r');
  const { size } = fstatSync(descriptor);
  const buffer = Buffer.alloc(Math.min(size, MESSAGE_BYTES));
  readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
  closeSync(descriptor);
  return buffer.toString('utf8').split('\n').slice(-MESSAGE_LINES).join('\n');
};

/** The termination message: the end of the log where the container asks for that and failed. */
export const terminationMessage = (container: V1Container, exitCode: number, logFile: string): string | undefined =>
  exitCode !== 0 && container.terminationMessagePolicy === 'FallbackToLogsOnError' ? tailOf(logFile) : undefined;

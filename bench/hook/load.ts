import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

export type Answering = { url: string; memoryMiB: () => number; stop: () => void };

/** Starts one of the two servers, and waits until it listens. */
export const startServer = async (...args: readonly string[]): Promise<Answering> => {
  const child = spawn(process.execPath, ['bench/hook/server.ts', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    url: `http://127.0.0.1:${line.toString().trim()}/questdb/sync`,
    memoryMiB: () => residentMiB(child),
    stop: () => child.kill(),
  };
};

const residentMiB = ({ pid }: ChildProcess): number => {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid ?? 'self'}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
};

/** Milliseconds, and answers a second. */
export type Load = { p50: number; p99: number; perSecond: number };

/** As many as a Metacontroller with --workers=20 has for a kind. */
const CONNECTIONS = 20;

/** So many seconds of calls, one after the other on each of a few connections. Throws when one is not answered with 200. */
export const load = async (url: string, body: string, seconds: number): Promise<Load> => {
  const { latency, requests, non2xx, errors } = await autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    connections: CONNECTIONS,
    duration: seconds,
  });
  if (non2xx + errors > 0) throw new Error(`${non2xx} answers were none of 200, ${errors} calls failed`);
  return { p50: latency.p50, p99: latency.p99, perSecond: requests.average };
};

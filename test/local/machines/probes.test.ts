import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkProbe, type ProbeTarget } from '../../../local/machines/probe-check.ts';
import { judge, NO_RESULT, probeNumbers } from '../../../local/machines/probe-state.ts';
import { runProbes } from '../../../local/machines/prober.ts';
import { containerOf, probeOf } from './objects.ts';

describe('thresholds', () => {
  it.each([
    ['+', 1, 3, 'success'],
    ['+', 2, 3, 'unknown'],
    ['++', 2, 3, 'success'],
    ['+-+', 2, 3, 'unknown'],
    ['--', 1, 3, 'unknown'],
    ['---', 1, 3, 'failure'],
    ['--+--', 1, 3, 'success'],
    ['+---', 1, 3, 'failure'],
    ['---+', 1, 3, 'success'],
    ['---+', 2, 3, 'failure'],
  ])('%s with %i and %i is %s', (results, success, failure, verdict) => {
    const state = Array.from(results).reduce(
      (now, result) => judge(now, result === '+', { success, failure }),
      NO_RESULT,
    );
    expect(state.verdict).toBe(verdict);
  });

  it('have the defaults of the API', () => {
    const defaults = { delay: 0, period: 10, timeout: 1, thresholds: { success: 1, failure: 3 } };
    expect(probeNumbers(probeOf({}))).toEqual(defaults);
  });
});

describe('probing', () => {
  let server: Server;
  let status: number;
  let asked: string[];
  beforeEach(async () => {
    status = 200;
    asked = [];
    server = createServer((request, response) => {
      asked.push(`${request.url ?? ''} ${request.headers['user-agent'] ?? ''}`);
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const targetOf = (fields: object = {}): ProbeTarget => ({
    container: containerOf({ name: 'c', ports: [{ name: 'http', containerPort: 9003 }], ...fields }),
    ports: new Map([[9003, (server.address() as AddressInfo).port]]),
    exec: { map: (word) => word.replace('/in', '/out'), env: { PATH: '/usr/bin:/bin' }, cwd: '/' },
  });
  const http = (changes: object = {}) =>
    probeOf({
      httpGet: { path: '/status', port: 'http' },
      periodSeconds: 0.02,
      ...changes,
    });

  it.each([
    [200, true],
    [302, true],
    [400, false],
    [503, false],
  ])('takes HTTP %i for success: %s', async (answer, isSuccess) => {
    status = answer;
    expect(await checkProbe(targetOf(), http(), 1)).toMatchObject({ isSuccess });
    expect(asked).toEqual(['/status kube-probe/1.36']);
  });

  it.each([
    [{ httpGet: { port: 9003 } }, true],
    [{ tcpSocket: { port: 'http' } }, true],
    [{ tcpSocket: { port: 1 } }, false],
    [{ httpGet: { port: 'none' } }, false],
    [{ exec: { command: ['true'] } }, true],
    [{ exec: { command: ['sh', '-c', 'test /out = "/in"'] } }, true],
    [{ exec: { command: ['false'] } }, false],
    [{ grpc: { port: 1 } }, false],
  ])('%j succeeds: %s', async (probe, isSuccess) => {
    expect(await checkProbe(targetOf(), probeOf(probe), 1)).toMatchObject({ isSuccess });
  });

  const observe = (fields: object) => {
    const over = new AbortController();
    const seen: string[] = [];
    void runProbes({
      target: targetOf(fields),
      signal: over.signal,
      reports: {
        started: () => seen.push('started'),
        ready: (isReady) => seen.push(isReady ? 'ready' : 'unready'),
        failed: () => undefined,
        unhealthy: (kind) => seen.push(`${kind} failed`),
      },
    });
    return { seen, over };
  };

  it('waits with readiness and liveness for the startup probe', async () => {
    status = 503;
    const startup = http({ failureThreshold: 1000 });
    const { seen, over } = observe({
      startupProbe: startup,
      readinessProbe: http(),
      livenessProbe: http({ failureThreshold: 2 }),
    });
    await expect.poll(() => asked.length).toBeGreaterThan(5);
    expect(seen).toEqual([]);
    status = 200;
    await expect.poll(() => seen).toEqual(['started', 'ready']);
    status = 503;
    await expect.poll(() => seen).toContain('Liveness failed');
    await expect.poll(() => seen).toContain('unready');
    over.abort();
  });

  it('gives up on a container that does not start', async () => {
    status = 503;
    const { seen, over } = observe({ startupProbe: http({ failureThreshold: 3 }), readinessProbe: http() });
    await expect.poll(() => seen).toEqual(['Startup failed']);
    expect(asked).toHaveLength(3);
    over.abort();
  });
});

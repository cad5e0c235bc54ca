import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parentOf, syncBody } from './application.ts';

type Answer = { status: number; connection: string | undefined; body: unknown };

let folder: string;
let child: ChildProcess;
let output: string;
const agent = new Agent({ keepAlive: true });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drain-'));
  output = '';
});

afterEach(() => {
  child.kill('SIGKILL');
  agent.destroy();
  rmSync(folder, { recursive: true });
});

const until = <T>(look: () => T | Promise<T>) => vi.waitFor(look, { timeout: 15_000, interval: 20 });

const start = async (delaySeconds: number): Promise<number> => {
  child = spawn(process.execPath, [join(import.meta.dirname, 'drain-process.ts'), folder, String(delaySeconds)]);
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return until(() => {
    const port = /"port":(\d+)/.exec(output)?.[1];
    if (port === undefined) throw new Error(`not listening: ${output}`);
    return Number(port);
  });
};

/** Over kept connections, as Metacontroller has them. */
const call = (port: number, path: string, body?: unknown): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, agent, method: body === undefined ? 'GET' : 'POST' };
    const sent = httpRequest({ ...options, headers: { 'content-type': 'application/json' } }, (response) => {
      void text(response).then((answer) =>
        resolve({
          status: response.statusCode ?? 0,
          connection: response.headers.connection,
          body: JSON.parse(answer) as unknown,
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });

const ended = async (): Promise<number | null> => {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
};

const nodeSync = { ...syncBody('QuestDBNode'), parent: parentOf('QuestDBNode') };

describe('a process that is told to stop', () => {
  it('answers what is in flight, closes kept connections, ends its parts, and exits with 0', async () => {
    const port = await start(0);
    expect(await call(port, '/questdbnode/sync', nodeSync)).toMatchObject({ status: 200, connection: 'keep-alive' });
    const inFlight = call(port, '/questdb/sync', syncBody());
    await until(() => expect(existsSync(join(folder, 'called'))).toBe(true));
    child.kill('SIGTERM');
    await until(() => expect(call(port, '/healthz')).rejects.toThrow());
    expect(child.exitCode, output).toBeNull();
    writeFileSync(join(folder, 'answer'), '');
    expect(await inFlight).toMatchObject({ status: 200, body: { status: { slow: true } } });
    expect(await ended(), output).toBe(0);
    expect(existsSync(join(folder, 'closed'))).toBe(true);
  });

  it('does not wait for a connection that never sent a request', async () => {
    const port = await start(0);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const cut = once(socket, 'close');
    // The connection is accepted for certain once a later one was answered.
    await call(port, '/healthz');
    child.kill('SIGTERM');
    await cut;
    expect(await ended(), output).toBe(0);
  });

  it('is not ready at once, yet answers hooks until the Service has forgotten it', async () => {
    const port = await start(60);
    expect(await call(port, '/readyz')).toMatchObject({ status: 200 });
    child.kill('SIGTERM');
    await until(async () => expect(await call(port, '/readyz')).toMatchObject({ status: 503 }));
    expect(await call(port, '/readyz')).toMatchObject({ body: { error: { code: 'DRAINING' } } });
    expect(await call(port, '/questdbnode/sync', nodeSync)).toMatchObject({ status: 200, connection: 'close' });
    expect(child.exitCode).toBeNull();
    child.kill('SIGTERM');
    expect(await ended(), output).toBe(1);
  });
});

const ticks = (): number => readFileSync(join(folder, 'ticks'), 'utf8').length;

describe('what runs beside the calls', () => {
  it('ends at the first signal to stop, while calls are still answered', async () => {
    const port = await start(60);
    await until(() => expect(ticks()).toBeGreaterThan(3));
    child.kill('SIGTERM');
    await until(() => expect(existsSync(join(folder, 'ended'))).toBe(true));
    const last = ticks();
    for (let calls = 0; calls < 30; calls += 1)
      expect(await call(port, '/questdbnode/sync', nodeSync)).toMatchObject({ status: 200 });
    expect(ticks()).toBe(last);
    child.kill('SIGTERM');
    expect(await ended(), output).toBe(1);
  });

  it('does not hold the end of the process', async () => {
    await start(0);
    await until(() => expect(ticks()).toBeGreaterThan(0));
    child.kill('SIGTERM');
    expect(await ended(), output).toBe(0);
  });
});

describe('a process with an error that nobody caught', () => {
  it('says so, waits for nobody, and exits with 1', async () => {
    const port = await start(60);
    await call(port, '/questdbvolume/sync', { ...syncBody(), parent: parentOf('QuestDBVolume') });
    expect(await ended(), output).toBe(1);
    expect(output).toContain('"level":"fatal"');
    expect(output).toContain('nobody foresaw this');
    expect(existsSync(join(folder, 'closed'))).toBe(true);
  });
});

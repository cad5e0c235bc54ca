import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { syncBody } from './application.ts';

const MAIN = join(import.meta.dirname, '../../hooks/main.ts');
/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:1';
const TOKEN = 'a-token-that-is-not-logged';

let folder: string;
let child: ChildProcess | undefined;
let output: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'main-'));
  output = '';
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const start = (env: Record<string, string>): ChildProcess => {
  child = spawn(process.execPath, [MAIN], { env });
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return child;
};

const usable = (): Record<string, string> => {
  const cluster = { name: 'a', cluster: { server: 'https://127.0.0.1:1' } };
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [cluster],
    users: [{ name: 'a', user: { token: TOKEN } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    'current-context': 'a',
  };
  writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig));
  writeFileSync(join(folder, 'tokens'), `${TOKEN}\n`);
  return {
    PORT: '0',
    HOST: '127.0.0.1',
    KUBECONFIG: join(folder, 'kubeconfig'),
    HOOK_TOKEN_FILE: join(folder, 'tokens'),
    CLUSTER_NAME: 'test',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: TOKEN,
    AWS_ENDPOINT_URL_EC2: NOWHERE,
    SHUTDOWN_DELAY_SECONDS: '0',
    LOG_LEVEL: 'trace',
  };
};

describe('the process of the hooks', () => {
  it('does not start with a wrong configuration, and says everything that is wrong', async () => {
    const [code] = (await once(start({ PORT: 'x', EC2_RETRY: '4' }), 'exit')) as [number];
    expect(code).toBe(1);
    for (const name of ['PORT', 'CLUSTER_NAME', 'AWS_REGION', 'EC2_RETRY'])
      expect(output).toMatch(new RegExp(`^ {2}- ${name} `, 'm'));
    expect(output).not.toContain('    at ');
  });

  it('starts without a cluster, is not ready, names a cloud that is not AWS, and logs no secret', async () => {
    const started = start(usable());
    const port = await vi.waitFor(
      () => {
        const found = /"port":(\d+)/.exec(output)?.[1];
        if (found === undefined) throw new Error(`not listening: ${output}`);
        return found;
      },
      { timeout: 15_000, interval: 20 },
    );
    const url = `http://127.0.0.1:${port}`;
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
    const answer = await fetch(`${url}/questdb/sync`, { method: 'POST', headers, body: JSON.stringify(syncBody()) });
    expect([429, 503]).toContain(answer.status);
    started.kill('SIGTERM');
    expect(await once(started, 'exit'), output).toEqual([0, null]);
    expect(output).toMatch(/"level":"warn".*"endpoint":"http:\/\/127\.0\.0\.1:1"/);
    expect(output).not.toContain(TOKEN);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEFAULT_PORTS } from '../../../local/settings.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulated-ec2-'));
});
afterEach(() => rm(folder, { recursive: true }));

const listening = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => new Promise((done) => server.close(done)) };
};

const startMain = async (port: number) => {
  await writeFile(join(folder, 'ports.json'), JSON.stringify({ ...DEFAULT_PORTS, ec2: port }));
  const child = spawn(process.execPath, ['local/ec2/main.ts'], { env: { ...process.env, LOCAL_STATE_DIR: folder } });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => void (output.text += chunk.toString()));
  }
  return { child, output, exit: once(child, 'exit') as Promise<[number | null]> };
};

it('listens where the settings say, and ends cleanly on SIGTERM', async () => {
  const free = await listening();
  await free.close();
  const { child, output, exit } = await startMain(free.port);
  await expect.poll(() => output.text, { timeout: 10_000 }).toContain(`listens on http://127.0.0.1:${free.port}`);
  const body = new URLSearchParams({ Action: 'DescribeSubnets' });
  expect((await fetch(`http://127.0.0.1:${free.port}/`, { method: 'POST', body })).status).toBe(200);
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
});

it('says that its port is taken, and ends with an error', async () => {
  const taken = await listening();
  const { output, exit } = await startMain(taken.port);
  expect((await exit)[0]).toBe(1);
  expect(output.text).toMatch(/cannot start: .*EADDRINUSE/);
  await taken.close();
});

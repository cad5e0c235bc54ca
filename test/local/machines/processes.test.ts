import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile as read, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { killLeftOvers, processesIn, type Command } from '../../../local/machines/processes.ts';

let folder: string;
let log: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'processes-'));
  log = join(folder, 'log');
  await mkdir(join(folder, 'pids'));
});
afterEach(() => rm(folder, { recursive: true }));

const shell = (script: string): Command => ({
  file: 'sh',
  args: ['-c', script],
  env: { PATH: process.env.PATH ?? '' },
  cwd: folder,
});

const open = () => processesIn(join(folder, 'pids'));
const output = () => read(log, 'utf8');

/** A zombie is dead: who should bury it is not our business. */
const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${String(pid)}/stat`) && !readFileSync(`/proc/${String(pid)}/stat`, 'utf8').includes(') Z ');

describe('processes of a machine', () => {
  it('write their log, tell how they ended, and are forgotten then', async () => {
    const processes = open();
    const running = processes.start(shell('echo out; echo err >&2; exit 3'), log);
    expect(await readdir(join(folder, 'pids'))).toEqual([String(running.pid)]);
    expect(await running.exited).toMatchObject({ code: 3 });
    expect((await output()).split('\n').toSorted()).toEqual(['', 'err', 'out']);
    expect(await readdir(join(folder, 'pids'))).toEqual([]);
    expect(processes.running()).toBe(0);
  });

  it('end with 128 and the number of the signal', async () => {
    const processes = open();
    const running = processes.start(shell('sleep 60'), log);
    running.signal('SIGTERM');
    expect(await running.exited).toMatchObject({ code: 143 });
  });

  it('that cannot be started end with 127', async () => {
    expect(await open().start({ ...shell(''), file: '/nowhere/java' }, log).exited).toMatchObject({ code: 127 });
  });

  it('take what they started with them', async () => {
    const processes = open();
    const running = processes.start(shell('sleep 60 & echo $!; wait'), log);
    await expect.poll(output).toMatch(/\d+/);
    const child = Number(await output());
    running.signal('SIGKILL');
    await running.exited;
    await expect.poll(() => isAlive(child)).toBe(false);
  });

  it('are all dead after a power loss, and none starts again', async () => {
    const processes = open();
    const running = [1, 2].map(() => processes.start(shell('trap "" TERM; sleep 60'), log));
    processes.killAll();
    expect((await Promise.all(running.map(({ exited }) => exited))).map(({ code }) => code)).toEqual([137, 137]);
    expect(() => processes.start(shell('true'), log)).toThrow('off');
  });

  it('cannot write where nobody may, not even for root', async () => {
    const readOnly = join(folder, 'read-only');
    await mkdir(readOnly);
    await chmod(readOnly, 0o555);
    const running = open().start(shell('echo x > read-only/file'), log);
    expect((await running.exited).code).not.toBe(0);
    expect(await readdir(readOnly)).toEqual([]);
  });
});

describe('processes that an earlier run left', () => {
  it('are killed, and only they', async () => {
    const left = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    const pid = left.pid ?? 0;
    const stat = await read(`/proc/${String(pid)}/stat`, 'utf8');
    const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const pids = join(folder, 'pids');
    // Another process has the id by now: its start time differs.
    await writeFile(join(pids, String(pid)), JSON.stringify({ pid, startTime: '1' }));
    await writeFile(join(pids, 'broken'), '{');
    expect(killLeftOvers(pids)).toBe(0);
    expect(isAlive(pid)).toBe(true);
    await writeFile(join(pids, String(pid)), JSON.stringify({ pid, startTime }));
    const ended = new Promise((resolve) => left.once('exit', (_code, signal) => resolve(signal)));
    expect(killLeftOvers(pids)).toBe(1);
    expect(await ended).toBe('SIGKILL');
    expect(await readdir(pids)).toEqual([]);
  });
});

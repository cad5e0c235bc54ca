import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { stopCluster } from '../../../local/processes/cluster.ts';
import { actOnPart, askStatus, controlSocket, findSupervisor } from '../../../local/processes/control.ts';
import { waitUntil } from '../../../local/processes/health.ts';
import { identify, isRunning } from '../../../local/processes/identity.ts';
import { endLeftovers, leftoversOf } from '../../../local/processes/leftovers.ts';
import { makeStateDirectory, superviseScripts, type ClusterOfScripts } from './cluster-of-scripts.ts';

const FOREVER = 'exec sleep 600';

let cluster: ClusterOfScripts | undefined;

const supervising = async (scripts: Record<string, string>): Promise<ClusterOfScripts> => {
  cluster = await superviseScripts(scripts);
  return cluster;
};

afterEach(async () => {
  await cluster?.remove();
  cluster = undefined;
});

describe('a supervised part', () => {
  it('runs nothing before it is told to', async () => {
    const { settings } = await supervising({ one: FOREVER });
    expect((await askStatus(settings)).parts).toEqual([{ name: 'one', state: 'stopped', restarts: 0 }]);
  });

  it('is started again when it is killed, and the status says so', async () => {
    const { settings, part } = await supervising({ one: FOREVER });
    await actOnPart(settings, 'one', 'start');
    const first = await part('one', ({ state }) => state === 'running');
    await actOnPart(settings, 'one', 'kill');
    const second = await part('one', ({ state, restarts }) => state === 'running' && restarts === 1);
    expect(second.pid).not.toBe(first.pid);
    expect(second.lastExit).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('waits longer each time it ends by itself', async () => {
    const { settings, part } = await supervising({ broken: 'echo no configuration; exit 3' });
    await actOnPart(settings, 'broken', 'start');
    const crashed = await part('broken', ({ state, restarts }) => state === 'crashed' && restarts === 2);
    expect(crashed.lastExit?.code).toBe(3);
    expect(crashed.pid).toBeUndefined();
    const exits = readFileSync(join(settings.paths.logs, 'broken.log'), 'utf8').match(/no configuration/g);
    expect(exits).toHaveLength(3);
  });

  it('says that a command cannot be run instead of ending with it', async () => {
    const { settings, part } = await supervising({ missing: 'exec /no/such/program', other: FOREVER });
    await actOnPart(settings, 'missing', 'start');
    const crashed = await part('missing', ({ state }) => state === 'crashed');
    expect(crashed.lastExit?.code).toBe(127);
    await actOnPart(settings, 'other', 'start');
    await part('other', ({ state }) => state === 'running');
  });

  it('stays stopped until it is started', async () => {
    const { settings, part } = await supervising({ one: FOREVER });
    await actOnPart(settings, 'one', 'start');
    const { pid } = await part('one', ({ state }) => state === 'running');
    await actOnPart(settings, 'one', 'stop');
    expect(identify(pid ?? 0)).toBeUndefined();
    expect(existsSync(join(settings.paths.pids, 'one.json'))).toBe(false);
    expect((await part('one', () => true)).state).toBe('stopped');
    await actOnPart(settings, 'one', 'start');
    const again = await part('one', ({ state }) => state === 'running');
    expect(again.restarts).toBe(0);
  });

  it('takes what it started with it when it ends', async () => {
    const { settings, part } = await supervising({ parent: 'sleep 601 & echo $!; wait' });
    await actOnPart(settings, 'parent', 'start');
    const { pid = 0 } = await part('parent', ({ state }) => state === 'running');
    const log = join(settings.paths.logs, 'parent.log');
    const child = await waitUntil(
      () => Promise.resolve(identify(Number(readFileSync(log, 'utf8').split('\n')[0] ?? 0))),
      { seconds: 10, message: () => 'no child' },
    );
    process.kill(pid, 'SIGKILL');
    const gone = () => Promise.resolve(isRunning(child) ? undefined : true);
    await waitUntil(gone, { seconds: 10, message: () => 'the child outlives its parent' });
  });

  it('is named when there is no such part', async () => {
    const { settings } = await supervising({ one: FOREVER, two: FOREVER });
    await expect(actOnPart(settings, 'three', 'stop')).rejects.toThrow(
      'there is no part "three"; the parts are one, two',
    );
  });
});

describe('the end of a cluster', () => {
  const startAll = async (scripts: Record<string, string>): Promise<ClusterOfScripts> => {
    const all = await supervising(scripts);
    for (const name of Object.keys(scripts)) {
      await actOnPart(all.settings, name, 'start');
      await all.part(name, ({ state }) => state === 'running');
    }
    return all;
  };

  it('comes in reverse order of the start', async () => {
    const tell = (name: string) =>
      `trap 'echo ${name} >> ../ends; exit 0' TERM; touch ../heeds-${name}; while :; do sleep 0.05; done`;
    const { settings } = await startAll({ a: `cd logs; ${tell('a')}`, b: `cd logs; ${tell('b')}` });
    const heed = ['a', 'b'].map((name) => join(settings.stateDir, `heeds-${name}`));
    const both = () => Promise.resolve(heed.every((file) => existsSync(file)) ? true : undefined);
    await waitUntil(both, { seconds: 10, message: () => 'a part runs and does not heed SIGTERM yet' });
    await stopCluster({ stateDir: settings.stateDir });
    expect(readFileSync(join(settings.stateDir, 'ends'), 'utf8')).toBe('b\na\n');
    expect(existsSync(controlSocket(settings))).toBe(false);
  });

  it('leaves no process', async () => {
    const { settings } = await startAll({ one: FOREVER, two: FOREVER });
    expect(leftoversOf(settings)).toHaveLength(3);
    expect(await stopCluster({ stateDir: settings.stateDir })).toBe(3);
    expect(leftoversOf(settings)).toEqual([]);
    expect(findSupervisor(settings)).toBeUndefined();
  });

  it('leaves no process after the supervisor was killed, not even one that left its process group', async () => {
    const { settings, supervisor } = await startAll({ one: FOREVER, two: 'setsid sleep 602 & wait' });
    const three = () => Promise.resolve(leftoversOf(settings).length === 4 ? true : undefined);
    await waitUntil(three, { seconds: 10, message: () => `${leftoversOf(settings).length} processes` });
    supervisor.kill('SIGKILL');
    await once(supervisor, 'exit');
    expect(leftoversOf(settings)).toHaveLength(3);
    expect(findSupervisor(settings)).toBeUndefined();
    await stopCluster({ stateDir: settings.stateDir });
    expect(leftoversOf(settings)).toEqual([]);
  });

  it('comes by SIGKILL for what does not heed SIGTERM', async () => {
    const { settings, supervisor } = await startAll({ deaf: "trap '' TERM; while :; do sleep 0.1; done" });
    supervisor.kill('SIGKILL');
    await once(supervisor, 'exit');
    await stopCluster({ stateDir: settings.stateDir });
    expect(leftoversOf(settings)).toEqual([]);
  });

  it('spares a process that has the pid of a part but is another one', async () => {
    const settings = makeStateDirectory();
    const stranger = spawn('sleep', ['603']);
    try {
      mkdirSync(settings.paths.pids);
      const identity = identify(stranger.pid ?? 0);
      const recycled = { ...identity, startTime: '1' };
      writeFileSync(join(settings.paths.pids, 'etcd.json'), JSON.stringify(recycled));
      expect(await endLeftovers(settings)).toBe(0);
      expect(identity !== undefined && isRunning(identity)).toBe(true);
    } finally {
      stranger.kill();
      rmSync(settings.stateDir, { recursive: true });
    }
  });

  it('with its state deletes nothing where no cluster was', async () => {
    const settings = makeStateDirectory();
    writeFileSync(join(settings.stateDir, 'precious'), '');
    await expect(stopCluster({ stateDir: settings.stateDir, remove: true })).rejects.toThrow('not deleted');
    expect(existsSync(join(settings.stateDir, 'precious'))).toBe(true);
    rmSync(settings.stateDir, { recursive: true });
  });
});

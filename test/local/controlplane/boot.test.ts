import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl } from '../../../local/controlplane/kubectl.ts';
import { startCluster, stopCluster } from '../../../local/processes/cluster.ts';
import { actOnPart, askStatus, findSupervisor } from '../../../local/processes/control.ts';
import { waitUntil } from '../../../local/processes/health.ts';
import { leftoversOf } from '../../../local/processes/leftovers.ts';
import type { Settings } from '../../../local/settings.ts';

/** The real control plane; its binaries must have been built (`npm run local -- build`). */
const stateDir = mkdtempSync(join(tmpdir(), 'fleet-boot-'));
const boot = () => startCluster({ stateDir, components: 'control-plane' });
let settings: Settings;

beforeAll(async () => {
  settings = await boot();
});

afterAll(async () => {
  await stopCluster({ stateDir, remove: true });
});

describe('the control plane', () => {
  it('serves its administrator', async () => {
    expect(await kubectl(settings, ['auth', 'whoami', '--output=jsonpath={.status.userInfo.username}'])).toBe('admin');
    expect(await kubectl(settings, ['auth', 'can-i', '*', '*'])).toContain('yes');
  });

  it('gives each part a user of its own', async () => {
    const whoami = (component: string) =>
      kubectl(settings, [
        'auth',
        'whoami',
        `--kubeconfig=${join(settings.paths.kubeconfigs, `${component}.kubeconfig`)}`,
        '--output=jsonpath={.status.userInfo.username}',
      ]);
    expect(await whoami('scheduler')).toBe('system:kube-scheduler');
    expect(await whoami('controller-manager')).toBe('system:kube-controller-manager');
    expect(await whoami('router')).toBe('local:router');
  });

  it('is left alone by a second start', async () => {
    const before = (await askStatus(settings)).parts.map(({ pid }) => pid);
    await boot();
    expect((await askStatus(settings)).parts.map(({ pid }) => pid)).toEqual(before);
  });

  it('comes back with its data when the API server is killed', async () => {
    await kubectl(settings, ['create', 'namespace', 'before-the-crash']);
    await actOnPart(settings, 'kube-apiserver', 'kill');
    const back = async () => {
      const { parts } = await askStatus(settings);
      const part = parts.find(({ name }) => name === 'kube-apiserver');
      return part?.restarts === 1 && part.state === 'running' ? true : undefined;
    };
    await waitUntil(back, { seconds: 30, message: () => 'the API server does not come back' });
    expect(await kubectl(settings, ['get', 'namespace', 'before-the-crash'])).toContain('Active');
  });

  it('comes back with its data and its tokens after a stop', async () => {
    const kubeconfig = readFileSync(settings.paths.kubeconfig, 'utf8');
    await kubectl(settings, ['create', 'namespace', 'before-the-stop']);
    await stopCluster({ stateDir });
    expect(leftoversOf(settings)).toEqual([]);
    await boot();
    expect(readFileSync(settings.paths.kubeconfig, 'utf8')).toBe(kubeconfig);
    expect(await kubectl(settings, ['get', 'namespace', 'before-the-stop'])).toContain('Active');
  });

  it('starts anew over what a killed supervisor left', async () => {
    const supervisor = findSupervisor(settings);
    if (supervisor === undefined) throw new Error('no supervisor');
    process.kill(supervisor.pid, 'SIGKILL');
    const alone = () => Promise.resolve(findSupervisor(settings) === undefined ? true : undefined);
    await waitUntil(alone, { seconds: 5, message: () => 'the supervisor lives' });
    const orphans = leftoversOf(settings);
    expect(orphans).toHaveLength(3);
    await boot();
    const pids = leftoversOf(settings).map(({ pid }) => pid);
    expect(pids).toHaveLength(4);
    for (const { pid } of orphans) expect(pids).not.toContain(pid);
  });
});

describe('npm run local', () => {
  const local = async (...args: string[]) => {
    const cli = join(import.meta.dirname, '..', '..', '..', 'local', 'cli.ts');
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args]);
      return { code: 0, text: stdout };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, text: stdout + stderr };
    }
  };

  it('shows each part', async () => {
    const { text } = await local('status', '--state-dir', stateDir);
    expect(text).toMatch(/^kube-apiserver +running +\d+/m);
    expect(text).toMatch(/^hooks +stopped/m);
  });

  it('says that nothing runs', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'fleet-none-'));
    expect(await local('status', '--state-dir', empty)).toEqual({ code: 3, text: 'The cluster is not running.\n' });
    expect((await local('down', '--state-dir', empty)).text).toBe('Nothing was running.\n');
    expect((await local('stop', 'hooks', '--state-dir', empty)).text).toContain('The cluster is not running');
    rmSync(empty, { recursive: true });
  });

  it.each([
    [['bogus'], 'There is no command "bogus". Commands: quickstart, up, down, status'],
    [['up', '--delete'], '`up` has no option --delete'],
    [['up', '--fast'], "Unknown option '--fast'"],
    [['up', 'now'], 'Usage: up'],
    [['logs'], 'Usage: logs PART [-f]'],
    [['logs', 'nothing', '--state-dir', stateDir], 'There is no log of "nothing". Logs: etcd, kube-apiserver'],
    [['kill', 'nothing', '--state-dir', stateDir], 'there is no part "nothing"; the parts are etcd, kube-apiserver'],
    [['aws', 'state', '--state-dir', stateDir], 'The simulated EC2 does not answer'],
  ])('%j is answered by what is allowed', async (args, sentence) => {
    const { code, text } = await local(...args);
    expect(code).toBe(1);
    expect(text).toContain(sentence);
  });

  it('names a port that is in use before it starts anything', async () => {
    await stopCluster({ stateDir });
    const intruder = createServer().listen(settings.ports.ec2, '127.0.0.1');
    await once(intruder, 'listening');
    const { code, text } = await local('up', '--state-dir', stateDir);
    intruder.close();
    expect(code).toBe(1);
    expect(text).toContain(`port ${settings.ports.ec2} (ec2) is in use by process ${process.pid}`);
    expect(leftoversOf(settings)).toEqual([]);
  });
});

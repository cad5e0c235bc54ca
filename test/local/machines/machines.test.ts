import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensurePki } from '../../../local/controlplane/pki.ts';
import { addressBook } from '../../../local/machines/addresses.ts';
import { apiWithCertificate } from '../../../local/machines/api.ts';
import { issueNodeCertificate } from '../../../local/machines/client-certificate.ts';
import { runMachines } from '../../../local/machines/machines.ts';
import { launch, openAccount, type TestAccount } from '../ec2/account.ts';
import { startApiServer, type ApiServer } from './api-server.ts';

const TIMING = { boot: 0, poll: 20, lease: 20, nodeStatus: 20, nodeReport: 60_000, backOff: 20, refresh: 20 };
const VERSION = '9.9.9';
const SOON = { timeout: 10_000 };

let folder: string;
let account: TestAccount;
let apiServer: ApiServer;
let log: string[];
let machines: ReturnType<typeof runMachines>;

const pki = () => join(folder, 'pki');
const addresses = () => join(folder, 'addresses');

const userData = async (): Promise<string> => {
  const authority = Buffer.from(await readFile(join(pki(), 'ca.crt'))).toString('base64');
  const cluster = {
    name: 'local',
    apiServerEndpoint: apiServer.url,
    certificateAuthority: authority,
    cidr: '10.0.0.0/16',
  };
  const config = { apiVersion: 'node.eks.aws/v1alpha1', kind: 'NodeConfig', spec: { cluster } };
  return Buffer.from(
    `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="XX"\n\n--XX\nContent-Type: application/node.eks.aws\n\n${JSON.stringify(config)}\n--XX--\n`,
  ).toString('base64');
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'machines-'));
  log = [];
  await ensurePki(pki());
  apiServer = await startApiServer(pki());
  account = await openAccount({ settings: { shuffle: false } });
  const jar = join(folder, 'maven', 'org', 'questdb', 'questdb', VERSION, `questdb-${VERSION}.jar`);
  await mkdir(dirname(jar), { recursive: true });
  await writeFile(jar, '');
  const authority = await readFile(join(pki(), 'ca.crt'), 'utf8');
  machines = runMachines({
    log: pino({ level: 'info' }, { write: (line) => void log.push(line) }),
    timing: TIMING,
    ec2Url: account.simulator.url,
    api: apiWithCertificate(apiServer.url, authority, await issueNodeCertificate(pki(), 'machines')),
    apiServerUrl: apiServer.url,
    pkiFolder: pki(),
    machinesFolder: join(folder, 'machines'),
    mavenRepository: join(folder, 'maven'),
    csi: { stage: refuse, publish: refuse, unpublish: refuse, unstage: refuse, expand: refuse },
    addresses: addressBook(addresses()),
  });
});
afterEach(async () => {
  await machines.close();
  apiServer.close();
  await account.close();
  await rm(folder, { recursive: true });
});

/** No pod here has a disk. */
const refuse = () => Promise.reject(new Error('no disks here'));

const command = (name: string, body: Record<string, unknown> = {}) => account.simulator.command(name, body);

/** Launches an instance and waits until its Node is there. */
const boot = async (bootAs: 'process' | 'kwok'): Promise<{ id: string; node: string }> => {
  command('set', { bootAs });
  const { Instances } = await account.ec2.send(new RunInstancesCommand(launch({ UserData: await userData() })));
  account.simulator.advance(5);
  const node = Instances?.[0]?.PrivateDnsName ?? '';
  await expect.poll(() => apiServer.get(`/api/v1/nodes/${node}`), SOON).toBeDefined();
  return { id: Instances?.[0]?.InstanceId ?? '', node };
};

const POD = '/api/v1/namespaces/acme/pods/beating';
const runPod = (nodeName: string): void => {
  const command = ['/bin/sh', '-c', 'while :; do echo beat >> /data/beats; sleep 0.02; done'];
  const container = { name: 'c', image: `questdb/questdb:${VERSION}`, command, volumeMounts: [{ name: 'd', mountPath: '/data' }] }; // prettier-ignore
  apiServer.put(POD, {
    metadata: { name: 'beating', namespace: 'acme', uid: 'u1' },
    spec: {
      nodeName,
      terminationGracePeriodSeconds: 1,
      containers: [container],
      volumes: [{ name: 'd', emptyDir: {} }],
    },
  });
};

const beats = (node: string): number => {
  const file = join(folder, 'machines', node, 'pods', 'u1', 'volumes', 'kubernetes.io~empty-dir', 'd', 'beats');
  return existsSync(file) ? readFileSync(file, 'utf8').length : 0;
};
/** Waits until the pod's process has written more than it has by now. */
const goesOn = async (node: string): Promise<void> => {
  const before = beats(node);
  await expect.poll(() => beats(node), SOON).toBeGreaterThan(before + 20);
};
const readyOf = (path: string): string | undefined => {
  const status = apiServer.get(path)?.status as { conditions?: { type: string; status: string }[] } | undefined;
  return status?.conditions?.find(({ type }) => type === 'Ready')?.status;
};
const processes = (node: string): number => readdirSync(join(folder, 'machines', node, 'processes')).length;
const isReachable = (node: string): boolean => !existsSync(join(addresses(), `unreachable-${node}`));
/** What was said in the name of a Node, or of the pod that runs on it. */
const callsOf = (node: string): string[] =>
  apiServer.calls.filter((call) => call.includes(node) || call.includes('/namespaces/acme/'));
const leases = (node: string): number =>
  apiServer.calls.filter((call) => call.startsWith('PATCH') && call.endsWith(`/leases/${node}`)).length;

describe('a machine without a network', () => {
  it.each(['isolate', 'impair'])('goes on by itself, and its kubelet is silent: %s', async (trouble) => {
    const { id, node } = await boot('process');
    runPod(node);
    await goesOn(node);
    expect(isReachable(node)).toBe(true);
    command(trouble, { id });
    await expect.poll(() => isReachable(node), SOON).toBe(false);
    // What was on its way arrives.
    await goesOn(node);
    const calls = callsOf(node).length;
    const renewed = leases(node);
    apiServer.remove(POD);
    await goesOn(node);
    await goesOn(node);
    expect(callsOf(node).slice(calls), 'nothing gets through').toEqual([]);
    command('heal');
    await expect.poll(() => processes(node), { ...SOON, message: 'it finds its pod deleted' }).toBe(0);
    await expect.poll(() => leases(node), SOON).toBeGreaterThan(renewed);
    expect(isReachable(node)).toBe(true);
  });

  it('answers for its pods again when it is back', async () => {
    const { id, node } = await boot('process');
    runPod(node);
    await expect.poll(() => readyOf(POD), SOON).toBe('True');
    command('isolate', { id });
    await expect.poll(() => isReachable(node), SOON).toBe(false);
    await goesOn(node);
    const pod = apiServer.get(POD) ?? {};
    apiServer.put(POD, { ...pod, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] } });
    await goesOn(node);
    expect(readyOf(POD)).toBe('False');
    command('heal');
    await expect.poll(() => readyOf(POD), SOON).toBe('True');
  });

  it('is well again when it was stopped and started', async () => {
    const { id, node } = await boot('process');
    runPod(node);
    await goesOn(node);
    command('isolate', { id });
    await expect.poll(() => isReachable(node), SOON).toBe(false);
    command('stop-instance', { id });
    account.simulator.advance(5);
    await expect.poll(() => processes(node), SOON).toBe(0);
    expect(isReachable(node), 'no packet reaches a machine that is off').toBe(false);
    const renewed = leases(node);
    command('start-instance', { id });
    account.simulator.advance(5);
    await expect.poll(() => leases(node), SOON).toBeGreaterThan(renewed);
    expect(isReachable(node)).toBe(true);
  });
});

describe('a machine that is stuck in stopping', () => {
  it('runs on, out of reach, until it has stopped', async () => {
    const { id, node } = await boot('process');
    runPod(node);
    await goesOn(node);
    command('stick', { id });
    command('stop-instance', { id });
    account.simulator.advance(60);
    await expect.poll(() => isReachable(node), SOON).toBe(false);
    await goesOn(node);
    command('stick', { id, stuck: false });
    await expect.poll(() => processes(node), SOON).toBe(0);
  });

  it('is not booted for it', async () => {
    const { id, node } = await boot('process');
    runPod(node);
    await goesOn(node);
    command('stop-instance', { id });
    await expect.poll(() => processes(node), SOON).toBe(0);
    command('stick', { id });
    // Another machine, which boots meanwhile, shows that this one was looked at.
    const other = await boot('process');
    await expect.poll(() => leases(other.node), SOON).toBeGreaterThan(0);
    expect(log.filter((line) => line.includes('power on') && line.includes(id))).toHaveLength(1);
  });
});

describe('a machine that KWOK plays', () => {
  const LEASE = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
  const holder = (node: string) => (apiServer.get(`${LEASE}/${node}`)?.spec as Record<string, unknown>).holderIdentity;
  const annotations = (node: string) => apiServer.get(`/api/v1/nodes/${node}`)?.metadata.annotations;
  const SILENT = { 'kwok.x-k8s.io/node': 'fake', 'questdb-fleet.dev/local-silent': 'true' };

  /** KWOK holds the lease of a Node that it plays. */
  const played = async (): Promise<{ id: string; node: string }> => {
    const machine = await boot('kwok');
    apiServer.put(`${LEASE}/${machine.node}`, { metadata: { name: machine.node }, spec: { holderIdentity: 'kwok' } });
    return machine;
  };
  const readiness = (node: string, status: string) =>
    apiServer.put(POD, {
      metadata: { name: 'beating', namespace: 'acme', uid: 'u1' },
      spec: { nodeName: node },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status }] },
    });

  it('is let go without a network, and taken back with it', async () => {
    const { id, node } = await played();
    command('isolate', { id });
    await expect.poll(() => holder(node), SOON).toBe('nobody');
    expect(annotations(node)).toMatchObject(SILENT);
    expect(isReachable(node)).toBe(false);
    readiness(node, 'False');
    const calls = apiServer.calls.length;
    const other = await boot('kwok');
    expect(
      apiServer.calls.slice(calls).filter((call) => call.includes(node)),
      'it says nothing',
    ).toEqual([]);
    expect(other.node).not.toBe(node);
    command('heal');
    await expect.poll(() => holder(node), SOON).toBeUndefined();
    expect(annotations(node)).not.toHaveProperty('questdb-fleet.dev/local-silent');
    await expect.poll(() => readyOf(POD), { ...SOON, message: 'it says again that its pod is ready' }).toBe('True');
  });

  it('is let go without power, and taken back when it boots', async () => {
    const { id, node } = await played();
    command('stop-instance', { id });
    await expect.poll(() => holder(node), SOON).toBe('nobody');
    expect(annotations(node)).toMatchObject(SILENT);
    account.simulator.advance(5);
    command('start-instance', { id });
    account.simulator.advance(5);
    await expect.poll(() => holder(node), SOON).toBeUndefined();
    expect(annotations(node)).not.toHaveProperty('questdb-fleet.dev/local-silent');
  });
});

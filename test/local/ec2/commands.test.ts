import {
  AttachVolumeCommand,
  CreateVolumeCommand,
  DescribeInstancesCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WORKER_INSTANCE_ID } from '../../../local/ec2/builtin.ts';
import { launch, openAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeEach(async () => {
  account = await openAccount({ settings: { shuffle: false } });
});
afterEach(() => account.close());

const run = async (changes = {}): Promise<string> => {
  const { Instances } = await account.ec2.send(new RunInstancesCommand(launch(changes)));
  account.simulator.advance(5);
  return Instances?.[0]?.InstanceId ?? '';
};

const post = async (name: string, body: unknown = {}) => {
  const response = await fetch(`${account.simulator.url}/_simulator/commands/${name}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

const get = async (name: string): Promise<unknown> =>
  (await fetch(`${account.simulator.url}/_simulator/${name}`)).json();

const describeOne = async (id: string) => {
  const { Reservations } = await account.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0];
};

describe('AWS itself', () => {
  it('terminates an instance that is protected', async () => {
    const id = await run({ DisableApiTermination: true });
    expect(await post('terminate-instance', { id })).toMatchObject({ status: 200, body: { state: 'shutting-down' } });
    account.simulator.advance(5);
    expect(await describeOne(id)).toMatchObject({
      State: { Name: 'terminated' },
      StateReason: { Code: 'Server.InternalError' },
    });
    expect(await get('journal')).toMatchObject([
      { caller: 'test' },
      { caller: 'aws', action: 'Transition', effects: [{ to: 'running' }] },
      { caller: 'aws', action: 'terminate-instance', ids: [id], effects: [{ to: 'shutting-down' }] },
      { caller: 'aws', action: 'Transition', effects: [{ to: 'terminated' }] },
      { effects: [{ effect: 'volume-detached' }] },
      { effects: [{ effect: 'volume-deleted' }] },
    ]);
  });

  it('stops and starts', async () => {
    const id = await run({ DisableApiStop: true });
    await post('stop-instance', { id });
    account.simulator.advance(5);
    expect(await describeOne(id)).toMatchObject({
      State: { Name: 'stopped' },
      StateReason: { Code: 'Server.ScheduledStop' },
    });
    expect((await post('stop-instance', { id })).status).toBe(400);
    await post('start-instance', { id });
    account.simulator.advance(5);
    expect(await describeOne(id)).toMatchObject({ State: { Name: 'running' } });
  });

  it('loses a volume', async () => {
    const id = await run();
    const [root] = Object.keys(account.simulator.model.account.volumes);
    await post('delete-volume', { id: root });
    expect(await describeOne(id)).toMatchObject({ BlockDeviceMappings: [] });
  });

  it.each([
    ['terminate-instance', {}, 'id is missing'],
    ['terminate-instance', { id: 'i-0' }, 'there is no instance i-0'],
    ['terminate-instance', { id: WORKER_INSTANCE_ID }, 'a machine of the local cluster itself'],
    ['delete-volume', { id: 'vol-0' }, 'there is no volume vol-0'],
    ['impair', { id: 'i-0' }, 'there is no instance i-0'],
    ['fail', { action: 'DescribeMoons' }, 'no action DescribeMoons; there are AttachVolume'],
    ['fail', { action: 'RunInstances', when: 'during' }, 'when is "before" or "after"'],
    ['capacity', { instanceType: 'x', zone: 'eu-west-1a', available: 1 }, 'no instance type x'],
    ['set', { colour: 'red' }, 'no setting colour; there are speed'],
    ['set', { bootAs: 'cloud' }, 'bootAs is one of process, kwok'],
    ['set', { pendingSeconds: -1 }, 'pendingSeconds is not negative'],
    ['set', { throttling: 'yes' }, 'throttling is a boolean'],
    ['advance', { seconds: 'x' }, 'seconds is missing'],
    ['explode', {}, 'no command explode; there are terminate-instance'],
    ['heal', '[]', 'not a JSON object'],
    ['heal', '{', 'not JSON'],
  ])('answers 400 to %s %j', async (name, body, message) => {
    const answer = await post(name, body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(message);
    expect(answer.body.commands).toHaveProperty('terminate-instance');
  });
});

describe('views', () => {
  it('show every machine that is not terminated, with what a kubelet needs', async () => {
    account.simulator.command('set', { visibilityDelaySeconds: 1000, bootAs: 'kwok' });
    const id = await run({ UserData: Buffer.from('boot').toString('base64'), SubnetId: 'subnet-local-b' });
    const machines = (await get('machines')) as { instanceId: string }[];
    expect(machines.map((machine) => machine.instanceId)).toEqual([WORKER_INSTANCE_ID, id]);
    expect(machines[0]).toMatchObject({ bootAs: 'none', state: 'running', zone: 'eu-west-1a' });
    expect(machines[1]).toEqual({
      instanceId: id,
      instanceType: 'm6i.large',
      vcpus: 2,
      memoryMiB: 8192,
      architecture: 'x86_64',
      zone: 'eu-west-1b',
      state: 'running',
      hasPower: true,
      hasNetwork: true,
      privateIpAddress: '10.2.64.10',
      privateDnsName: 'ip-10-2-64-10.eu-west-1.compute.internal',
      bootAs: 'kwok',
      attachedVolumes: [{ volumeId: expect.stringMatching(/^vol-/), device: '/dev/xvda' }],
    });
    expect(await get(`user-data/${id}`)).toEqual({ userData: 'Ym9vdA==' });
    expect(await get(`user-data/${WORKER_INSTANCE_ID}`)).toEqual({ userData: '' });
    account.simulator.command('terminate-instance', { id });
    account.simulator.advance(5);
    expect(await get('machines')).toHaveLength(1);
  });

  it('attach volumes to the built-in machine', async () => {
    const { VolumeId } = await account.ec2.send(
      new CreateVolumeCommand({ AvailabilityZone: 'eu-west-1a', Size: 1, VolumeType: 'gp3' }),
    );
    account.simulator.advance(1);
    const attach = { VolumeId, InstanceId: WORKER_INSTANCE_ID, Device: '/dev/xvdba' };
    await account.ec2.send(new AttachVolumeCommand(attach));
    expect(await get('machines')).toMatchObject([{ attachedVolumes: [] }]);
    account.simulator.advance(1);
    expect(await get('machines')).toMatchObject([{ attachedVolumes: [{ volumeId: VolumeId, device: '/dev/xvdba' }] }]);
  });

  it('show the whole account under the names of EC2', async () => {
    const id = await run();
    expect(await get('state')).toMatchObject({
      clock: { speed: 0 },
      calls: { RunInstances: 1 },
      instances: [{ instanceId: WORKER_INSTANCE_ID }, { instanceId: id, instanceType: 'm6i.large', state: 'running' }],
      volumes: [{ volumeType: 'gp3', state: 'in-use', attachments: [{ instanceId: id, state: 'attached' }] }],
      snapshots: [],
    });
    expect(await get('violations')).toEqual([]);
    const nothing = await fetch(`${account.simulator.url}/_simulator/nothing`);
    expect(nothing.status).toBe(404);
  });

  it('are empty again after a reset, and no id comes twice', async () => {
    const first = await run();
    account.simulator.command('set', { reuseAddresses: true });
    expect((await post('reset')).status).toBe(200);
    expect(await get('state')).toMatchObject({
      instances: [{ instanceId: WORKER_INSTANCE_ID }],
      volumes: [],
      calls: {},
    });
    expect(await get('journal')).toEqual([]);
    expect(account.simulator.model.settings.reuseAddresses).toBe(false);
    expect(await run()).not.toBe(first);
  });
});

describe('addresses', () => {
  const addressOf = async (id: string) => (await describeOne(id))?.PrivateIpAddress;

  it('are used again late, or at once when set so', async () => {
    const first = await run();
    const used = await addressOf(first);
    account.simulator.command('terminate-instance', { id: first });
    account.simulator.advance(5);
    expect(await addressOf(await run())).not.toBe(used);
    account.simulator.command('set', { reuseAddresses: true });
    expect(await addressOf(await run())).toBe(used);
  });
});

describe('a machine that shuts itself down', () => {
  it.each([
    ['stop', 'stopped'],
    ['terminate', 'terminated'],
  ] as const)('launched to %s is %s', async (InstanceInitiatedShutdownBehavior, state) => {
    const id = await run({ InstanceInitiatedShutdownBehavior });
    await post('power-off', { id });
    account.simulator.advance(5);
    expect(await describeOne(id)).toMatchObject({
      State: { Name: state },
      StateReason: { Code: 'Client.InstanceInitiatedShutdown' },
    });
  });
});

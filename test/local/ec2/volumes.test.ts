import {
  AttachVolumeCommand,
  type AttachVolumeCommandInput,
  CreateTagsCommand,
  CreateVolumeCommand,
  type CreateVolumeCommandInput,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, launch, openAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeEach(async () => {
  account = await openAccount({ settings: { shuffle: false } });
});
afterEach(() => account.close());

const create = async (changes: Partial<CreateVolumeCommandInput> = {}): Promise<string> => {
  const answer = await account.ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: 'eu-west-1a', Size: 20, VolumeType: 'gp3', ...changes }),
  );
  return answer.VolumeId ?? '';
};

const describeOne = async (id: string) => {
  const { Volumes } = await account.ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] }));
  return Volumes?.[0];
};

const runningInstance = async (subnet = 'subnet-local-a'): Promise<string> => {
  const { Instances } = await account.ec2.send(new RunInstancesCommand(launch({ SubnetId: subnet })));
  account.simulator.advance(5);
  return Instances?.[0]?.InstanceId ?? '';
};

const attach = (VolumeId: string, InstanceId: string, changes: Partial<AttachVolumeCommandInput> = {}) =>
  account.ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device: '/dev/xvdba', ...changes }));

describe('CreateVolume', () => {
  it('creates, then has, then loses a volume, in the shape the SDK reads', async () => {
    const answer = await account.ec2.send(
      new CreateVolumeCommand({
        AvailabilityZone: 'eu-west-1b',
        Size: 30,
        VolumeType: 'gp3',
        Encrypted: true,
        TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'a', Value: 'b' }] }],
      }),
    );
    expect(answer).toMatchObject({
      VolumeId: expect.stringMatching(/^vol-0[0-9a-f]{16}$/),
      State: 'creating',
      Size: 30,
      Iops: 3000,
      Throughput: 125,
      VolumeType: 'gp3',
      AvailabilityZone: 'eu-west-1b',
      Encrypted: true,
      Tags: [{ Key: 'a', Value: 'b' }],
      CreateTime: expect.any(Date),
    });
    const id = answer.VolumeId ?? '';
    account.simulator.advance(1);
    expect(await describeOne(id)).toMatchObject({ State: 'available', Attachments: [], MultiAttachEnabled: false });
    await account.ec2.send(new DeleteVolumeCommand({ VolumeId: id }));
    expect(await errorOf(describeOne(id))).toMatchObject({ name: 'InvalidVolume.NotFound' });
  });

  it.each<[Partial<CreateVolumeCommandInput>, string]>([
    [{ AvailabilityZone: 'eu-west-1z' }, 'InvalidZone.NotFound'],
    [{ Size: 70_000 }, 'InvalidParameterValue'],
    [{ Iops: 90_000, Size: 1000 }, 'InvalidParameterValue'],
    [{ Iops: 12_000, Size: 20 }, 'InvalidParameterValue'],
    [{ Throughput: 1000, Iops: 3000 }, 'InvalidParameterValue'],
    [{ Throughput: 3000, Iops: 80_000, Size: 1000 }, 'InvalidParameterValue'],
    [{ VolumeType: 'gp2', Throughput: 200 }, 'InvalidParameterCombination'],
    [{ SnapshotId: 'snap-0123456789abcdef0' }, 'InvalidSnapshot.NotFound'],
  ])('refuses %j with %s', async (changes, code) => {
    expect((await errorOf(create(changes))).name).toBe(code);
    expect(account.simulator.model.account.volumes).toEqual({});
  });

  it('is idempotent by client token', async () => {
    const first = await create({ ClientToken: 'pvc-1' });
    expect(await create({ ClientToken: 'pvc-1' })).toBe(first);
    expect((await errorOf(create({ ClientToken: 'pvc-1', Size: 21 }))).name).toBe('IdempotentParameterMismatch');
  });
});

describe('AttachVolume and DetachVolume', () => {
  it('attaches, shows it from both sides, detaches', async () => {
    const instance = await runningInstance();
    const volume = await create();
    account.simulator.advance(1);
    expect(await attach(volume, instance)).toMatchObject({
      State: 'attaching',
      VolumeId: volume,
      InstanceId: instance,
      Device: '/dev/xvdba',
    });
    account.simulator.advance(1);
    expect(await describeOne(volume)).toMatchObject({
      State: 'in-use',
      Attachments: [{ InstanceId: instance, State: 'attached', DeleteOnTermination: false }],
    });
    const detached = await account.ec2.send(new DetachVolumeCommand({ VolumeId: volume }));
    expect(detached).toMatchObject({ State: 'detaching', InstanceId: instance });
    expect(await describeOne(volume)).toMatchObject({ State: 'in-use', Attachments: [{ State: 'detaching' }] });
    account.simulator.advance(1);
    expect(await describeOne(volume)).toMatchObject({ State: 'available', Attachments: [] });
    expect(account.simulator.violations()).toEqual([]);
  });

  it('refuses a second attachment, another zone, a used device, a volume or instance in the wrong state', async () => {
    const here = await runningInstance();
    const elsewhere = await runningInstance('subnet-local-b');
    const fresh = await create();
    expect((await errorOf(attach(fresh, here))).name).toBe('IncorrectState');
    account.simulator.advance(1);
    expect((await errorOf(attach(fresh, elsewhere))).name).toBe('InvalidVolume.ZoneMismatch');
    expect((await errorOf(attach(fresh, here, { Device: '/dev/xvda' }))).name).toBe('InvalidParameterValue');
    expect((await errorOf(attach(fresh, here, { Device: 'nonsense' }))).name).toBe('InvalidParameterValue');
    await attach(fresh, here);
    expect((await errorOf(attach(fresh, here))).name).toBe('VolumeInUse');
    const second = await create();
    account.simulator.advance(1);
    expect((await errorOf(attach(second, here))).name).toBe('InvalidParameterValue');
    const { Instances } = await account.ec2.send(new RunInstancesCommand(launch()));
    expect((await errorOf(attach(second, Instances?.[0]?.InstanceId ?? ''))).name).toBe('IncorrectState');
  });

  it('refuses to delete what is attached and to detach what is not', async () => {
    const instance = await runningInstance();
    const volume = await create();
    account.simulator.advance(1);
    const detach = (VolumeId: string, InstanceId?: string) =>
      account.ec2.send(new DetachVolumeCommand({ VolumeId, ...(InstanceId && { InstanceId }) }));
    expect((await errorOf(detach(volume))).name).toBe('IncorrectState');
    await attach(volume, instance);
    expect((await errorOf(account.ec2.send(new DeleteVolumeCommand({ VolumeId: volume })))).name).toBe('VolumeInUse');
    expect((await errorOf(detach(volume, 'i-00000000000000001'))).name).toBe('InvalidAttachment.NotFound');
  });

  it('frees a data volume when its instance is terminated, and the journal tells', async () => {
    const instance = await runningInstance();
    const volume = await create();
    account.simulator.advance(1);
    await attach(volume, instance);
    account.simulator.advance(1);
    await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
    account.simulator.advance(2);
    expect(await describeOne(volume)).toMatchObject({ State: 'available' });
    expect(account.simulator.violations()).toEqual([expect.stringContaining(`data volumes attached: ${volume}`)]);
  });
});

describe('tags', () => {
  it('adds, overwrites and removes', async () => {
    const id = await create();
    await account.ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: '1' }] }));
    await account.ec2.send(
      new CreateTagsCommand({
        Resources: [id],
        Tags: [
          { Key: 'a', Value: '2' },
          { Key: 'b', Value: '' },
        ],
      }),
    );
    expect((await describeOne(id))?.Tags).toEqual([
      { Key: 'a', Value: '2' },
      { Key: 'b', Value: '' },
    ]);
    await account.ec2.send(
      new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: 'other' }, { Key: 'b' }] }),
    );
    expect((await describeOne(id))?.Tags).toEqual([{ Key: 'a', Value: '2' }]);
    const gone = new CreateTagsCommand({ Resources: ['vol-0123456789abcdef0'], Tags: [{ Key: 'a', Value: '1' }] });
    expect((await errorOf(account.ec2.send(gone))).name).toBe('InvalidVolume.NotFound');
  });
});

describe('a volume that is stuck', () => {
  const detach = (VolumeId: string, changes = {}) =>
    account.ec2.send(new DetachVolumeCommand({ VolumeId, ...changes }));
  const stuck = async () => {
    const [id, instanceId] = [await create(), await runningInstance()];
    await attach(id, instanceId);
    account.simulator.advance(1);
    account.simulator.command('stick-volume', { id });
    await detach(id);
    account.simulator.advance(3600);
    return { id, instanceId };
  };
  const attachments = async (id: string) => (await describeOne(id))?.Attachments?.map(({ State }) => State);

  it('stays detaching, and can be attached nowhere, until it is let go', async () => {
    const { id } = await stuck();
    expect(await attachments(id)).toEqual(['detaching']);
    expect((await errorOf(attach(id, await runningInstance()))).name).toBe('VolumeInUse');
    account.simulator.command('stick-volume', { id, stuck: false });
    account.simulator.advance(1);
    expect(await attachments(id)).toEqual([]);
  });

  it.each<[string, (trouble: { id: string; instanceId: string }) => unknown]>([
    ['force', ({ id }) => detach(id, { Force: true })],
    [
      'the end of its instance',
      ({ instanceId }) => account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] })),
    ],
    ['heal', () => account.simulator.command('heal')],
  ])('is let go by %s', async (_what, end) => {
    const trouble = await stuck();
    await end(trouble);
    account.simulator.advance(60);
    expect(await attachments(trouble.id)).toEqual([]);
    const next = await runningInstance();
    await attach(trouble.id, next);
    account.simulator.advance(1);
    expect(await attachments(trouble.id)).toEqual(['attached']);
  });
});

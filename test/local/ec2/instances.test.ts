import {
  DescribeInstancesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, launch, openAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeEach(async () => {
  account = await openAccount({ settings: { shuffle: false } });
});
afterEach(() => account.close());

const run = async (changes = {}): Promise<string> => {
  const { Instances } = await account.ec2.send(new RunInstancesCommand(launch(changes)));
  return Instances?.[0]?.InstanceId ?? '';
};

const describeOne = async (id: string) => {
  const { Reservations } = await account.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0];
};

const stateOf = async (id: string) => (await describeOne(id))?.State?.Name;

describe('RunInstances', () => {
  it('answers a pending instance in the shape the SDK reads', async () => {
    const answer = await account.ec2.send(
      new RunInstancesCommand(
        launch({
          ClientToken: 'token-1',
          UserData: Buffer.from('hello').toString('base64'),
          TagSpecifications: [
            { ResourceType: 'instance', Tags: [{ Key: 'owner', Value: 'me' }] },
            { ResourceType: 'volume', Tags: [{ Key: 'owner', Value: 'root' }] },
            { ResourceType: 'network-interface', Tags: [{ Key: 'owner', Value: 'eni' }] },
          ],
          MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
          EbsOptimized: true,
        }),
      ),
    );
    expect(answer.ReservationId).toMatch(/^r-0[0-9a-f]{16}$/);
    expect(answer.Instances).toHaveLength(1);
    expect(answer.Instances?.[0]).toMatchObject({
      InstanceId: expect.stringMatching(/^i-0[0-9a-f]{16}$/),
      State: { Code: 0, Name: 'pending' },
      ImageId: 'ami-local-x86',
      InstanceType: 'm6i.large',
      Architecture: 'x86_64',
      ClientToken: 'token-1',
      Placement: { AvailabilityZone: 'eu-west-1a' },
      PrivateIpAddress: '10.2.0.10',
      PrivateDnsName: 'ip-10-2-0-10.eu-west-1.compute.internal',
      EbsOptimized: true,
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      RootDeviceName: '/dev/xvda',
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Status: 'attaching', DeleteOnTermination: true } }],
      Tags: [{ Key: 'owner', Value: 'me' }],
      LaunchTime: expect.any(Date),
    });
  });

  it.each([
    [{ ImageId: 'ami-0' }, 'InvalidAMIID.NotFound'],
    [{ ImageId: 'ami-local-arm64' }, 'InvalidParameterValue'],
    [{ InstanceType: 'x9.nano' }, 'InvalidParameterValue'],
    [{ SubnetId: 'subnet-none' }, 'InvalidSubnetID.NotFound'],
    [{ SecurityGroupIds: ['sg-none'] }, 'InvalidGroup.NotFound'],
    [{ InstanceType: 'm7g.large', ImageId: 'ami-local-arm64', SubnetId: 'subnet-local-c' }, 'Unsupported'],
    [{ UserData: 'not base64!' }, 'InvalidUserData.Malformed'],
    [{ UserData: Buffer.alloc(16_385).toString('base64') }, 'InvalidParameterValue'],
    [{ MinCount: 2 }, 'InvalidParameterValue'],
    [{ RamdiskId: 'ari-1' }, 'UnknownParameter'],
    [{ DryRun: true }, 'DryRunOperation'],
    [
      { TagSpecifications: [{ ResourceType: 'instance' as const, Tags: [{ Key: 'aws:x', Value: 'y' }] }] },
      'InvalidParameterValue',
    ],
    [{ TagSpecifications: [{ ResourceType: 'subnet' as const, Tags: [] }] }, 'InvalidParameterValue'],
    [{ BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8 } }] }, 'InvalidBlockDeviceMapping'],
  ])('refuses %j with %s and launches nothing', async (changes, code) => {
    expect((await errorOf(run(changes))).name).toBe(code);
    expect(Object.keys(account.simulator.model.account.instances)).toHaveLength(1);
    expect(account.simulator.model.journal.entries.at(-1)).toMatchObject({ outcome: code, effects: [] });
  });
});

describe('client tokens', () => {
  it('answers the same instance for the same parameters', async () => {
    const first = await run({ ClientToken: 'same' });
    expect(await run({ ClientToken: 'same' })).toBe(first);
    expect(await run({ ClientToken: 'other' })).not.toBe(first);
  });

  it('refuses other parameters', async () => {
    await run({ ClientToken: 'same' });
    const error = await errorOf(run({ ClientToken: 'same', InstanceType: 'r6i.large' }));
    expect(error).toMatchObject({ name: 'IdempotentParameterMismatch', status: 400 });
  });

  it('counts per zone', async () => {
    const first = await run({ ClientToken: 'same' });
    expect(await run({ ClientToken: 'same', SubnetId: 'subnet-local-b' })).not.toBe(first);
  });

  it('says that its instance was terminated, until the token is forgotten a day later', async () => {
    const first = await run({ ClientToken: 'same' });
    await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [first] }));
    account.simulator.advance(10);
    expect((await errorOf(run({ ClientToken: 'same' }))).name).toBe('IdempotentInstanceTerminated');
    account.simulator.advance(4000);
    expect((await errorOf(run({ ClientToken: 'same' }))).name).toBe('IdempotentInstanceTerminated');
    account.simulator.advance(86_400);
    expect(await run({ ClientToken: 'same' })).not.toBe(first);
  });

  it('repeats a launch whose instance is not visible yet', async () => {
    account.simulator.command('set', { visibilityDelaySeconds: 60 });
    const first = await run({ ClientToken: 'same' });
    expect(await run({ ClientToken: 'same' })).toBe(first);
  });
});

describe('visibility', () => {
  it('hides a new instance from lists and by id until its time has come', async () => {
    account.simulator.command('set', { visibilityDelaySeconds: 30 });
    const id = await run({ ClientToken: 'hidden' });
    const byToken = new DescribeInstancesCommand({ Filters: [{ Name: 'client-token', Values: ['hidden'] }] });
    expect(await errorOf(describeOne(id))).toMatchObject({
      name: 'InvalidInstanceID.NotFound',
      message: `The instance ID '${id}' does not exist`,
    });
    expect((await account.ec2.send(byToken)).Reservations).toEqual([]);
    const terminate = account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    expect((await errorOf(terminate)).name).toBe('InvalidInstanceID.NotFound');
    account.simulator.advance(30);
    expect(await stateOf(id)).toBe('running');
    expect((await account.ec2.send(byToken)).Reservations).toHaveLength(1);
  });
});

describe('states', () => {
  it('goes pending, running, stopping, stopped, pending, running, shutting-down, terminated, gone', async () => {
    const id = await run();
    expect(await stateOf(id)).toBe('pending');
    account.simulator.advance(2);
    expect(await describeOne(id)).toMatchObject({
      State: { Name: 'running', Code: 16 },
      BlockDeviceMappings: [{ Ebs: { Status: 'attached' } }],
    });
    const stopped = await account.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    expect(stopped.StoppingInstances).toMatchObject([
      { InstanceId: id, PreviousState: { Name: 'running' }, CurrentState: { Name: 'stopping', Code: 64 } },
    ]);
    account.simulator.advance(2);
    expect(await stateOf(id)).toBe('stopped');
    const started = await account.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
    expect(started.StartingInstances).toMatchObject([{ CurrentState: { Name: 'pending' } }]);
    account.simulator.advance(2);
    const ended = await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    expect(ended.TerminatingInstances).toMatchObject([{ CurrentState: { Name: 'shutting-down', Code: 32 } }]);
    account.simulator.advance(2);
    expect(await describeOne(id)).toMatchObject({ State: { Name: 'terminated' }, BlockDeviceMappings: [] });
    account.simulator.advance(3599);
    expect(await stateOf(id)).toBe('terminated');
    account.simulator.advance(2);
    expect((await errorOf(describeOne(id))).name).toBe('InvalidInstanceID.NotFound');
  });

  it('refuses to stop what is pending and to start what is stopping', async () => {
    const id = await run();
    const stop = () => account.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    expect((await errorOf(stop())).name).toBe('IncorrectInstanceState');
    account.simulator.advance(2);
    await stop();
    const start = account.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
    expect((await errorOf(start)).name).toBe('IncorrectInstanceState');
  });

  it('takes the root volume along', async () => {
    const id = await run();
    expect(Object.keys(account.simulator.model.account.volumes)).toHaveLength(1);
    await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    account.simulator.advance(2);
    await stateOf(id);
    expect(Object.keys(account.simulator.model.account.volumes)).toHaveLength(0);
  });

  it('does not terminate a protected instance, nor another in the same call', async () => {
    const free = await run();
    const kept = await run({ DisableApiTermination: true });
    const error = await errorOf(account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [free, kept] })));
    expect(error).toMatchObject({ name: 'OperationNotPermitted', status: 400 });
    expect(await stateOf(free)).toBe('pending');
  });
});

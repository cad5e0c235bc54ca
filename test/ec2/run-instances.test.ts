import { DescribeInstanceAttributeCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCompute } from '../../hooks/aws/compute.ts';
import { launchInput, launchInstance } from '../../hooks/aws/launch.ts';
import type { LaunchIntent } from '../../hooks/questdbnode/memory.ts';
import type { LaunchOutcome } from '../../hooks/questdbnode/ports.ts';
import type { Instance } from '../../local/ec2/model.ts';
import { CLUSTER_NAME, intent } from './objects.ts';
import { openDeadWire, openWire, type Wire } from './wire.ts';

let wire: Wire;
beforeEach(async () => {
  wire = await openWire();
});
afterEach(() => wire.close());

const launch = (changes: Partial<LaunchIntent> = {}): Promise<LaunchOutcome> =>
  launchInstance(wire.clients.once, intent(changes));

const instances = (): Instance[] =>
  Object.values(wire.simulator.model.account.instances).filter(({ builtIn }) => !builtIn);

const launched = (): Instance => {
  const [instance, another] = instances();
  if (instance === undefined || another !== undefined) throw new Error(`${instances().length} instances, not one`);
  return instance;
};

const rootVolume = (instance: Instance) =>
  Object.values(wire.simulator.model.account.volumes).find(({ attachment }) => attachment?.instanceId === instance.id);

const fail = (code: string, when: 'before' | 'after' = 'before', times = 1): void =>
  void wire.simulator.command('fail', { action: 'RunInstances', code, when, times });

describe('a launch', () => {
  it('gives EC2 what the intent says', async () => {
    const result = await launch();
    expect(result).toEqual({ outcome: 'Launched', instanceId: launched().id });
    expect(launched()).toMatchObject({
      imageId: 'ami-local-x86',
      type: 'm6i.large',
      subnetId: 'subnet-local-a',
      zone: 'eu-west-1a',
      securityGroupIds: ['sg-local'],
      clientToken: intent().token,
      instanceProfileArn: 'arn:aws:iam::000000000000:instance-profile/questdb-nodes',
      tags: intent().tags,
    });
    expect(Buffer.from(launched().userData, 'base64').toString()).toBe('user data with ümlauts');
  });

  it('is safe: IMDSv2 alone, protected, stopped rather than lost when it shuts down, EBS optimised', async () => {
    await launch();
    expect(launched()).toMatchObject({
      metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1, httpEndpoint: 'enabled' },
      disableApiTermination: true,
      shutdownBehavior: 'stop',
      ebsOptimized: true,
    });
    const InstanceId = launched().id;
    const attribute = await wire.clients.twice.send(
      new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'disableApiTermination' }),
    );
    expect(attribute.DisableApiTermination?.Value).toBe(true);
  });

  it('makes an encrypted root volume that goes with the instance and carries no tag of data', async () => {
    await launch();
    const volume = rootVolume(launched());
    expect(volume).toMatchObject({ size: 30, type: 'gp3', encrypted: true, attachment: { deleteOnTermination: true } });
    expect(volume?.tags).toMatchObject({ team: 'data', 'questdb-fleet.dev/cluster': CLUSTER_NAME });
    expect(Object.keys(volume?.tags ?? {})).not.toContain('questdb-fleet.dev/database');
    expect(launched().networkInterfaceTags).toEqual(volume?.tags);
  });

  it('attaches no volume but the root', async () => {
    await launch();
    const { volumes } = wire.simulator.model.account;
    expect(Object.keys(volumes)).toHaveLength(1);
    expect(launchInput(intent()).BlockDeviceMappings).toHaveLength(1);
  });

  it('of the same intent is the same request, whatever the order of its tags', () => {
    const reversed = Object.fromEntries(Object.entries(intent().tags ?? {}).reverse());
    expect(JSON.stringify(launchInput(intent({ tags: reversed })))).toBe(JSON.stringify(launchInput(intent())));
    expect(launchInput(intent({ requestedAt: '2027-01-01T00:00:00Z' }))).toEqual(launchInput(intent()));
  });

  it('that is repeated answers the same instance', async () => {
    expect(await launch()).toEqual(await launch({ requestedAt: '2027-01-01T00:00:00Z' }));
    expect(instances()).toHaveLength(1);
  });
});

describe('an outcome', () => {
  it.each([
    'InsufficientInstanceCapacity',
    'InsufficientFreeAddressesInSubnet',
    'InstanceLimitExceeded',
    'VcpuLimitExceeded',
    'Unsupported',
  ])('%s is a lack of capacity, told in EC2 words, and not repeated by the SDK', async (code) => {
    fail(code);
    expect(await launch()).toEqual({ outcome: 'NoCapacity', code, message: 'A fault that was asked for.' });
    expect(wire.simulator.model.calls.RunInstances).toBe(1);
    expect(wire.told).toEqual([`RunInstances ${code}`]);
  });

  it('of other parameters with a used token is a mismatch', async () => {
    await launch();
    expect(await launch({ imageId: 'ami-local-x86-previous' })).toEqual({ outcome: 'TokenMismatch' });
    expect(instances()).toHaveLength(1);
  });

  it('of a token whose instance is gone is spent', async () => {
    await launch();
    wire.simulator.command('terminate-instance', { id: launched().id });
    wire.simulator.advance(10);
    expect(await launch()).toEqual({ outcome: 'TokenSpent' });
  });

  it.each([
    ['an image that does not exist', { imageId: 'ami-none' }, 'InvalidAMIID.NotFound'],
    ['a subnet that does not exist', { subnetId: 'subnet-none' }, 'InvalidSubnetID.NotFound'],
    ['a security group that does not exist', { securityGroupIds: ['sg-none'] }, 'InvalidGroup.NotFound'],
    ['a type that does not exist', { instanceType: 'm6i.metre' }, 'InvalidParameterValue'],
    ['user data that is too long', { userData: 'x'.repeat(16_385) }, 'InvalidParameterValue'],
  ])('of %s is refused', async (_what, changes, code) => {
    expect(await launch(changes)).toMatchObject({ outcome: 'Refused', code });
    expect(instances()).toEqual([]);
  });

  it.each(['UnauthorizedOperation', 'AuthFailure', 'OptInRequired'])('%s is refused', async (code) => {
    fail(code);
    expect(await launch()).toMatchObject({ outcome: 'Refused', code });
  });

  it.each(['RequestLimitExceeded', 'InternalError', 'ServiceUnavailable', 'Unavailable', 'ConnectionReset'])(
    '%s is none: it is asked later, once, with time between',
    async (code) => {
      fail(code);
      await expect(launch()).rejects.toMatchObject({ name: 'RetryLater' });
      await expect(launch()).resolves.toMatchObject({ outcome: 'Launched' });
      expect(wire.simulator.model.calls.RunInstances).toBe(2);
    },
  );

  it.each(['InternalError', 'ConnectionReset'])('that is lost (%s) is found by asking again', async (code) => {
    fail(code, 'after');
    await expect(launch()).rejects.toMatchObject({ name: 'RetryLater' });
    expect(await launch()).toEqual({ outcome: 'Launched', instanceId: launched().id });
  });

  it('that never comes is given up, while a hook still has time to say so', async () => {
    fail('NoAnswer', 'after');
    await expect(launch()).rejects.toMatchObject({
      name: 'RetryLater',
      message: expect.stringContaining('TimeoutError'),
    });
    expect(instances()).toHaveLength(1);
    // What gives up is the client, and its limit is less than half of the budget of a hook.
    expect(wire.told).toEqual(['RunInstances TimeoutError']);
  });

  it('of an endpoint where nobody listens is none', async () => {
    const dead = await openDeadWire();
    await expect(launchInstance(dead.clients.once, intent())).rejects.toMatchObject({ name: 'RetryLater' });
    await dead.close();
  });

  it('is asked for again after a time that differs, so that a fleet does not come back all at once', async () => {
    fail('RequestLimitExceeded', 'before', 30);
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => launch()));
    const waits = results.map((result) =>
      result.status === 'rejected' ? (result.reason as { afterSeconds: number }).afterSeconds : 0,
    );
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(3);
    expect(new Set(waits).size).toBeGreaterThan(1);
  });
});

describe('compute', () => {
  it('launches, finds, retires', async () => {
    const { clients, now, simulator } = wire;
    const compute = createCompute({ clients, clusterName: CLUSTER_NAME, snapshotMaxAgeSeconds: 10, now });
    const result = await compute.launch(intent());
    const instanceId = result.outcome === 'Launched' ? result.instanceId : '';
    simulator.advance(5);
    expect(await compute.fleet()).toEqual([await compute.describe(instanceId)]);
    expect(await compute.describe(instanceId)).toEqual({
      instanceId,
      launchTime: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      state: 'running',
      instanceType: 'm6i.large',
      zone: 'eu-west-1a',
      clientToken: intent().token,
      tags: intent().tags,
      dataVolumeIds: [],
    });
    await compute.terminate(instanceId);
    await compute.terminate(instanceId);
    expect((await compute.describe(instanceId))?.state).toBe('shutting-down');
    expect(await compute.offeredTypes('eu-west-1a')).toContain('m7g.large');
    expect(await compute.offeredTypes('eu-west-1c')).not.toContain('m7g.large');
  });
});

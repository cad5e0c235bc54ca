import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCompute } from '../../hooks/aws/compute.ts';
import { terminateInstance } from '../../hooks/aws/instance-state.ts';
import { describeInstance, readFleet } from '../../hooks/aws/instances.ts';
import { launchInput } from '../../hooks/aws/launch.ts';
import { readOfferedTypes } from '../../hooks/aws/offerings.ts';
import { createBlockStorage } from '../../hooks/aws/volumes.ts';
import type { Compute } from '../../hooks/questdbnode/ports.ts';
import type { BlockStorage } from '../../hooks/questdbvolume/ports.ts';
import { CLUSTER_NAME, intent } from './objects.ts';
import { attachVolume } from './volumes.ts';
import { openDeadWire, openWire, type Wire } from './wire.ts';

let wire: Wire;
beforeEach(async () => {
  wire = await openWire();
});
afterEach(() => wire.close());

const UNKNOWN = 'i-0123456789abcdef0';

const launch = async (count: number, clusterName = CLUSTER_NAME): Promise<string[]> => {
  const input = launchInput(intent({ tags: { 'questdb-fleet.dev/cluster': clusterName } }));
  const { Instances = [] } = await wire.clients.once.send(
    new RunInstancesCommand({ ...input, ClientToken: clusterName, MinCount: count, MaxCount: count }),
  );
  return Instances.map(({ InstanceId }) => InstanceId ?? '').sort();
};

const calls = (action: string): number => wire.simulator.model.calls[action] ?? 0;

const compute = (): Compute => {
  const { clients, now } = wire;
  return createCompute({ clients, clusterName: CLUSTER_NAME, snapshotMaxAgeSeconds: 10, now });
};

const storage = (): BlockStorage => {
  const { clients, now } = wire;
  return createBlockStorage({
    clients,
    clusterName: CLUSTER_NAME,
    snapshotMaxAgeSeconds: 10,
    volumeCheckSeconds: 300,
    now,
  });
};

describe('the fleet', () => {
  it.each([1, 3, 7])(
    'is whole in pages of any size up to %d, in any order, empty ones among them',
    async (maxPageSize) => {
      wire.simulator.command('set', { maxPageSize });
      const ids = await launch(23);
      for (let reading = 0; reading < 5; reading += 1) {
        const fleet = await readFleet(wire.clients.twice, CLUSTER_NAME);
        expect(fleet.map(({ instanceId }) => instanceId).sort()).toEqual(ids);
      }
      expect(calls('DescribeInstances')).toBeGreaterThan(5 * (23 / maxPageSize));
    },
  );

  it('has nothing of another fleet in the account, and nothing without a fleet', async () => {
    await launch(3, 'another');
    expect(await readFleet(wire.clients.twice, CLUSTER_NAME)).toEqual([]);
  });

  it('shows terminated instances as long as EC2 does', async () => {
    const [id = ''] = await launch(1);
    wire.simulator.command('terminate-instance', { id });
    wire.simulator.advance(10);
    expect(await readFleet(wire.clients.twice, CLUSTER_NAME)).toMatchObject([{ instanceId: id, state: 'terminated' }]);
    wire.simulator.advance(3600);
    expect(await readFleet(wire.clients.twice, CLUSTER_NAME)).toEqual([]);
  });

  it('is asked for again when the first answer is lost, and told of later when there is none', async () => {
    const ids = await launch(2);
    wire.simulator.command('fail', { action: 'DescribeInstances', code: 'ConnectionReset' });
    expect(await readFleet(wire.clients.twice, CLUSTER_NAME)).toHaveLength(ids.length);
    for (const code of ['RequestLimitExceeded', 'InternalError', 'ConnectionReset']) {
      wire.simulator.command('fail', { action: 'DescribeInstances', code, times: 2 });
      await expect(readFleet(wire.clients.twice, CLUSTER_NAME)).rejects.toMatchObject({ name: 'RetryLater' });
    }
  });

  it('is not half of itself when a page fails', async () => {
    await launch(20);
    wire.simulator.command('set', { maxPageSize: 5, shuffle: false });
    const reading = readFleet(wire.clients.twice, CLUSTER_NAME);
    wire.simulator.command('fail', { action: 'DescribeInstances', code: 'InternalError', times: 100 });
    await expect(reading).rejects.toMatchObject({ name: 'RetryLater' });
  });

  it('is refused in words that say what to check', async () => {
    wire.simulator.command('fail', { action: 'DescribeInstances', code: 'UnauthorizedOperation' });
    await expect(readFleet(wire.clients.twice, CLUSTER_NAME)).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringMatching(/UnauthorizedOperation.*IAM/),
    });
    expect(calls('DescribeInstances')).toBe(1);
  });

  it('is none where nobody listens', async () => {
    const dead = await openDeadWire();
    await expect(readFleet(dead.clients.twice, CLUSTER_NAME)).rejects.toMatchObject({ name: 'RetryLater' });
    await dead.close();
  });
});

describe('one instance', () => {
  it('that EC2 does not know, or hides, is undefined', async () => {
    expect(await describeInstance(wire.clients.twice, UNKNOWN)).toBeUndefined();
    wire.simulator.command('set', { visibilityDelaySeconds: 60 });
    const [id = ''] = await launch(1);
    expect(await describeInstance(wire.clients.twice, id)).toBeUndefined();
    wire.simulator.advance(60);
    expect((await describeInstance(wire.clients.twice, id))?.instanceId).toBe(id);
  });

  it('names the volumes that stay when it goes, and no other', async () => {
    const [id = ''] = await launch(1);
    wire.simulator.advance(5);
    expect((await describeInstance(wire.clients.twice, id))?.dataVolumeIds).toEqual([]);
    const volumeId = attachVolume(wire.simulator.model, id);
    expect((await describeInstance(wire.clients.twice, id))?.dataVolumeIds).toEqual([volumeId]);
  });

  it('that EC2 does not know is terminated already', async () => {
    await expect(terminateInstance(wire.clients.twice, UNKNOWN)).resolves.toBeUndefined();
  });

  it.each(['ModifyInstanceAttribute', 'TerminateInstances'])(
    'is terminated although the answer of %s is lost',
    async (action) => {
      const [id = ''] = await launch(1);
      wire.simulator.command('fail', { action, when: 'after' });
      await terminateInstance(wire.clients.twice, id);
      expect(wire.simulator.model.account.instances[id]?.state).toBe('shutting-down');
    },
  );
});

describe('a shared reading', () => {
  it('is made once for all who ask at the same time, and while it is fresh', async () => {
    const { fleet } = compute();
    await Promise.all(Array.from({ length: 50 }, () => fleet()));
    wire.simulator.advance(9);
    await fleet();
    expect(calls('DescribeInstances')).toBe(1);
    wire.simulator.advance(2);
    await Promise.all(Array.from({ length: 50 }, () => fleet()));
    expect(calls('DescribeInstances')).toBe(2);
  });

  it('fails for all who wait for it, and for nobody after', async () => {
    const { fleet } = compute();
    wire.simulator.command('fail', { action: 'DescribeInstances', code: 'ServiceUnavailable', times: 2 });
    const results = await Promise.allSettled([fleet(), fleet(), fleet()]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(calls('DescribeInstances')).toBe(2);
    expect(await fleet()).toEqual([]);
  });

  it('that is too old for one who just made something is made anew', async () => {
    const { fleet } = compute();
    expect(await fleet()).toEqual([]);
    wire.simulator.advance(1);
    await launch(1);
    expect(await fleet()).toEqual([]);
    expect(await fleet(wire.now())).toHaveLength(1);
  });

  it('of what a zone offers is made once an hour for each zone, in whole', async () => {
    wire.simulator.command('set', { maxPageSize: 3, shuffle: false });
    const { offeredTypes } = compute();
    const types = await offeredTypes('eu-west-1a');
    expect(types).toEqual([...types].sort());
    expect(types.length).toBeGreaterThan(10);
    const once = calls('DescribeInstanceTypeOfferings');
    await offeredTypes('eu-west-1a');
    expect(calls('DescribeInstanceTypeOfferings')).toBe(once);
    expect(await readOfferedTypes(wire.clients.twice, 'eu-west-1c')).not.toEqual(types);
  });

  it('of volumes is shared by all databases, and gives each its own', async () => {
    wire.simulator.command('set', { shuffle: false });
    const { volumesOf, tag } = storage();
    const [id = ''] = await launch(1);
    wire.simulator.advance(5);
    const volumeId = attachVolume(wire.simulator.model, id);
    await tag(volumeId, { namespace: 'tenants', database: 'orders' }, {});
    const since = wire.now();
    const found = await Promise.all(
      ['orders', 'trades', 'quotes'].map((database) => volumesOf({ namespace: 'tenants', database }, since)),
    );
    expect(found.map((volumes) => volumes.map((volume) => volume.volumeId))).toEqual([[volumeId], [], []]);
    expect(await volumesOf({ namespace: 'elsewhere', database: 'orders' }, since)).toEqual([]);
    expect(calls('DescribeVolumes')).toBe(1);
  });
});

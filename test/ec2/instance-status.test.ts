import { EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rfc3339 } from '../../hooks/api/conditions.ts';
import { CLUSTER } from '../../hooks/api/labels.ts';
import { createCompute } from '../../hooks/aws/compute.ts';
import { readImpaired } from '../../hooks/aws/instance-status.ts';
import { launchInput } from '../../hooks/aws/launch.ts';
import { NOW, STAMP } from '../fixtures/clock.ts';
import { CLUSTER_NAME, intent } from './objects.ts';
import { openDeadWire, openWire, type Wire } from './wire.ts';

const SETTLING_SECONDS = 60;

let wire: Wire;
beforeEach(async () => {
  wire = await openWire();
});
afterEach(() => wire.close());

const running = async (count: number, clusterName = CLUSTER_NAME): Promise<string[]> => {
  const input = launchInput(intent({ tags: { [CLUSTER]: clusterName } }));
  const { Instances = [] } = await wire.clients.once.send(
    new RunInstancesCommand({ ...input, ClientToken: clusterName, MinCount: count, MaxCount: count }),
  );
  wire.simulator.advance(SETTLING_SECONDS);
  return Instances.map(({ InstanceId }) => InstanceId ?? '').sort();
};

const impair = (id: string, check: 'instance' | 'system' | 'both' = 'both'): string => {
  const since = rfc3339(wire.now());
  wire.simulator.command('impair', { id, check });
  return since;
};

const impaired = () => readImpaired(wire.clients.twice, wire.now());
const requests = (): number => wire.simulator.model.calls.DescribeInstanceStatus ?? 0;

describe('impaired instances', () => {
  it('are none while all checks pass, or have not been made yet', async () => {
    await running(3);
    expect(await impaired()).toEqual(new Map());
    await wire.clients.once.send(new RunInstancesCommand({ ...launchInput(intent()), ClientToken: 'just-launched' }));
    expect(await impaired()).toEqual(new Map());
  });

  it.each(['instance', 'system', 'both'] as const)('are found by the check of %s, with since when', async (check) => {
    const [, id = ''] = await running(3);
    const since = impair(id, check);
    wire.simulator.advance(600);
    expect(await impaired()).toEqual(new Map([[id, since]]));
  });

  it('are asked for by each check alone: filters are joined by and', async () => {
    const [first = '', second = '', third = ''] = await running(4);
    impair(first, 'instance');
    impair(second, 'system');
    impair(third, 'both');
    expect([...(await impaired()).keys()].sort()).toEqual([first, second, third].sort());
  });

  it.each([1, 3, 7])('are all found in pages of any size up to %d, empty ones among them', async (maxPageSize) => {
    const ids = await running(23);
    const failing = ids.filter((_id, index) => index % 2 === 0);
    failing.forEach((id, index) => impair(id, index % 3 === 0 ? 'system' : 'instance'));
    wire.simulator.command('set', { maxPageSize });
    for (let reading = 0; reading < 5; reading += 1) expect([...(await impaired()).keys()].sort()).toEqual(failing);
    expect(requests()).toBeGreaterThan(5 * (failing.length / maxPageSize));
  });

  it('are so no more when the checks pass again, and while they do not run', async () => {
    const [first = '', second = '', third = ''] = await running(3);
    for (const id of [first, second, third]) impair(id);
    wire.simulator.command('impair', { id: first, impaired: false });
    wire.simulator.command('stop-instance', { id: second });
    expect([...(await impaired()).keys()]).toEqual([third]);
  });

  it('of other fleets of the account come along, since EC2 knows no filter by tag here', async () => {
    const [id = ''] = await running(1, 'another');
    impair(id);
    expect([...(await impaired()).keys()]).toEqual([id]);
  });
});

describe('a reading of them', () => {
  it('is not half of itself when a page fails', async () => {
    for (const id of await running(20)) impair(id);
    wire.simulator.command('set', { maxPageSize: 5, shuffle: false });
    const reading = impaired();
    wire.simulator.command('fail', { action: 'DescribeInstanceStatus', code: 'InternalError', times: 100 });
    await expect(reading).rejects.toMatchObject({ name: 'RetryLater' });
  });

  it.each(['RequestLimitExceeded', 'InternalError', 'ConnectionReset'])(
    'that fails (%s) is tried later',
    async (code) => {
      wire.simulator.command('fail', { action: 'DescribeInstanceStatus', code, times: 4 });
      await expect(impaired()).rejects.toMatchObject({
        name: 'RetryLater',
        message: expect.stringMatching(/^EC2 DescribeInstanceStatus: /),
      });
      await running(1);
      wire.simulator.command('heal');
      expect(await impaired()).toEqual(new Map());
    },
  );

  it('that is refused says what to check', async () => {
    wire.simulator.command('fail', { action: 'DescribeInstanceStatus', code: 'UnauthorizedOperation', times: 2 });
    await expect(impaired()).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringMatching(/UnauthorizedOperation.*IAM/),
    });
    // One for each check, and none that is repeated.
    expect(requests()).toBeLessThanOrEqual(2);
  });

  it('is none where nobody listens', async () => {
    const dead = await openDeadWire();
    await expect(readImpaired(dead.clients.twice, wire.now())).rejects.toMatchObject({ name: 'RetryLater' });
    await dead.close();
  });

  it('is shared, and three times as old as a snapshot at most', async () => {
    const { clients, now } = wire;
    const compute = createCompute({ clients, clusterName: CLUSTER_NAME, snapshotMaxAgeSeconds: 10, now });
    await Promise.all(Array.from({ length: 50 }, () => compute.impaired()));
    wire.simulator.advance(29);
    await compute.impaired();
    // Two requests: one for each check.
    expect(requests()).toBe(2);
    wire.simulator.advance(2);
    await Promise.all(Array.from({ length: 50 }, () => compute.impaired()));
    expect(requests()).toBe(4);
  });
});

/** An EC2 that answers every request with the same instance. */
const clientAnswering = (system: string, instance: string): EC2Client => {
  const check = (name: string, since: string): string =>
    `<${name}><status>impaired</status><details><item><name>reachability</name><status>failed</status>${since}</item></details></${name}>`;
  const item = `<item><instanceId>i-1</instanceId>${check('systemStatus', system)}${check('instanceStatus', instance)}</item>`;
  const body = `<DescribeInstanceStatusResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><instanceStatusSet>${item}</instanceStatusSet></DescribeInstanceStatusResponse>`;
  const response = { statusCode: 200, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) };
  return new EC2Client({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'hooks', secretAccessKey: 'local' },
    requestHandler: {
      handle: () => Promise.resolve({ response }),
      updateHttpClientConfig: () => undefined,
      httpHandlerConfigs: () => ({}),
    },
  });
};

describe('since when an instance is impaired', () => {
  const since = (time: string): string => `<impairedSince>${time}</impairedSince>`;

  it.each<[what: string, system: string, instance: string, expected: string]>([
    [
      'the earlier of both checks',
      since('2026-02-01T10:00:00.000Z'),
      since('2026-02-01T09:00:00.000Z'),
      '2026-02-01T09:00:00Z',
    ],
    ['the one check that says so', '', since('2026-02-01T09:00:00.000Z'), '2026-02-01T09:00:00Z'],
    ['now, where EC2 does not say', '', '', STAMP],
  ])('is %s', async (_what, system, instance, expected) => {
    const client = clientAnswering(system, instance);
    expect(await readImpaired(client, NOW)).toEqual(new Map([['i-1', expected]]));
    client.destroy();
  });
});

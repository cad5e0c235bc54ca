import {
  CreateVolumeCommand,
  DescribeInstancesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientOf, errorOf, launch, openAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeEach(async () => {
  account = await openAccount({ settings: { shuffle: false } });
});
afterEach(() => account.close());

const run = (changes = {}) => account.ec2.send(new RunInstancesCommand(launch({ ClientToken: 'token', ...changes })));
const launched = () => Object.values(account.simulator.model.account.instances).filter((one) => !one.builtIn);

describe('fail', () => {
  it('before: nothing happens', async () => {
    account.simulator.command('fail', { action: 'RunInstances', code: 'RequestLimitExceeded' });
    expect(await errorOf(run())).toMatchObject({ name: 'RequestLimitExceeded', status: 503 });
    expect(launched()).toEqual([]);
    await run();
    expect(launched()).toHaveLength(1);
  });

  it('after, with a code: it happens and the caller is told otherwise', async () => {
    account.simulator.command('fail', { action: 'RunInstances', code: 'InternalError', when: 'after' });
    expect(await errorOf(run())).toMatchObject({ name: 'InternalError', status: 500 });
    const [instance] = launched();
    expect((await run()).Instances?.[0]?.InstanceId).toBe(instance?.id);
    expect(account.simulator.model.journal.entries).toMatchObject([
      { action: 'RunInstances', caller: 'test', outcome: 'InternalError', fault: 'after' },
      { action: 'RunInstances', caller: 'test', outcome: 'ok', effects: [] },
    ]);
  });

  it('after, without a code: the connection is cut', async () => {
    account.simulator.command('fail', { action: 'RunInstances', when: 'after', times: 2 });
    for (let call = 0; call < 2; call += 1) {
      const error = await errorOf(run());
      expect(error.status).toBeUndefined();
      expect(`${error.name} ${error.message}`).toMatch(/ECONNRESET|socket hang up/);
    }
    expect(launched()).toHaveLength(1);
    await run();
  });

  it('with no answer at all: the caller has to give up by itself', async () => {
    account.simulator.command('fail', { action: 'RunInstances', code: 'NoAnswer', when: 'after' });
    const requestHandler = new NodeHttpHandler({ requestTimeout: 100, throwOnRequestTimeout: true });
    const impatient = clientOf(account.simulator.url, { requestHandler });
    expect((await errorOf(impatient.send(new RunInstancesCommand(launch())))).name).toBe('TimeoutError');
    expect(launched()).toHaveLength(1);
    impatient.destroy();
  });

  it('of any action, until healed; retries of the SDK use it up', async () => {
    account.simulator.command('fail', { action: '*', code: 'ServiceUnavailable', times: 100 });
    expect((await errorOf(account.ec2.send(new DescribeInstancesCommand({})))).name).toBe('ServiceUnavailable');
    account.simulator.command('heal');
    await account.ec2.send(new DescribeInstancesCommand({}));
    account.simulator.command('fail', { action: 'DescribeInstances', code: 'ServiceUnavailable' });
    const patient = clientOf(account.simulator.url, { maxAttempts: 2 });
    await patient.send(new DescribeInstancesCommand({}));
    patient.destroy();
    expect(account.simulator.model.calls).toEqual({ DescribeInstances: 4 });
  });
});

describe('capacity', () => {
  const set = (available: number) =>
    account.simulator.command('capacity', { instanceType: 'm6i.large', zone: 'eu-west-1a', available });

  it('runs out by type and zone, and comes back', async () => {
    set(1);
    await run({ ClientToken: 'a' });
    expect(await errorOf(run({ ClientToken: 'b' }))).toMatchObject({
      name: 'InsufficientInstanceCapacity',
      status: 500,
    });
    await run({ ClientToken: 'b', SubnetId: 'subnet-local-b' });
    await run({ ClientToken: 'c', InstanceType: 'r6i.large' });
    set(1);
    expect((await run({ ClientToken: 'b' })).Instances).toHaveLength(1);
  });

  it('gives what it has between MinCount and MaxCount', async () => {
    set(2);
    expect((await run({ MinCount: 1, MaxCount: 5 })).Instances).toHaveLength(2);
  });

  it('is given up by a stop, and needed for a start', async () => {
    set(1);
    const id = (await run()).Instances?.[0]?.InstanceId ?? '';
    account.simulator.advance(5);
    await account.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    account.simulator.advance(5);
    set(0);
    const start = () => account.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
    expect((await errorOf(start())).name).toBe('InsufficientInstanceCapacity');
    set(1);
    await start();
  });

  it('has a limit of vCPUs', async () => {
    account.simulator.command('set', { vcpuLimit: 3 });
    await run({ ClientToken: 'a' });
    expect((await errorOf(run({ ClientToken: 'b' }))).name).toBe('VcpuLimitExceeded');
  });
});

describe('throttling', () => {
  it('allows five launches at once and two a second after that; a read has its own bucket', async () => {
    account.simulator.command('set', { throttling: true });
    const tries = async (count: number): Promise<number> => {
      const results = await Promise.allSettled(
        Array.from({ length: count }, (_, number) => run({ ClientToken: `${number}/${Math.random()}` })),
      );
      return results.filter((result) => result.status === 'fulfilled').length;
    };
    expect(await tries(8)).toBe(5);
    expect(await errorOf(run())).toMatchObject({ name: 'RequestLimitExceeded', status: 503 });
    await account.ec2.send(new DescribeInstancesCommand({}));
    account.simulator.advance(2);
    expect(await tries(8)).toBe(4);
  });

  it('gives unfiltered lists half of what filtered ones have', async () => {
    account.simulator.command('set', { throttling: true });
    const reads = async (input: object): Promise<number> => {
      const calls = Array.from({ length: 120 }, () => account.ec2.send(new DescribeInstancesCommand(input)));
      return (await Promise.allSettled(calls)).filter((result) => result.status === 'fulfilled').length;
    };
    expect(await reads({})).toBe(50);
    expect(await reads({ MaxResults: 100 })).toBe(100);
  });
});

describe('protocol', () => {
  const post = async (form: Record<string, string>) => {
    const response = await fetch(account.simulator.url, { method: 'POST', body: new URLSearchParams(form) });
    return { status: response.status, body: await response.text() };
  };

  it.each([
    [{}, 'MissingAction'],
    [{ Action: 'DescribeMoons' }, 'InvalidAction'],
    [{ Action: 'RunInstances' }, 'MissingParameter'],
    [{ Action: 'RunInstances', MinCount: 'x', MaxCount: '1' }, 'InvalidParameterValue'],
    [{ Action: 'DescribeInstances', 'Filter.1.Value.1': 'x' }, 'MissingParameter'],
    [{ Action: 'TerminateInstances' }, 'MissingParameter'],
    [{ Action: 'TerminateInstances', 'InstanceId.1': 'nonsense' }, 'InvalidInstanceID.Malformed'],
    [{ Action: 'AttachVolume', Device: '/dev/xvdb', InstanceId: 'i-1' }, 'MissingParameter'],
    [{ Action: 'CreateTags', 'ResourceId.1': 'i-00000000000000001' }, 'MissingParameter'],
    [{ Action: 'CreateTags', 'ResourceId.1': 'rtb-1', 'Tag.1.Key': 'a', 'Tag.1.Value': 'b' }, 'InvalidID'],
  ])('answers %j with %s', async (form, code) => {
    const answer = await post(form);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(`<Response><Errors><Error><Code>${code}</Code><Message>`);
    expect(answer.body).toContain('<RequestID>');
  });

  it('escapes what goes into the XML', async () => {
    const Tags = [{ Key: 'a<b>&"c"', Value: "ü ' ]]> \u{1F600}" }];
    const volume = await account.ec2.send(
      new CreateVolumeCommand({
        AvailabilityZone: 'eu-west-1a',
        Size: 1,
        VolumeType: 'gp3',
        TagSpecifications: [{ ResourceType: 'volume', Tags }],
      }),
    );
    expect(volume.Tags).toEqual(Tags);
  });

  it('journals who called', async () => {
    const csi = clientOf(account.simulator.url, {
      credentials: { accessKeyId: 'csi', secretAccessKey: 'local' },
    });
    await csi.send(new RunInstancesCommand(launch({ UserData: 'c2VjcmV0' })));
    csi.destroy();
    expect(account.simulator.model.journal.entries.at(-1)).toMatchObject({
      caller: 'csi',
      action: 'RunInstances',
      ids: [expect.stringMatching(/^i-/), expect.stringMatching(/^vol-/)],
      parameters: { InstanceType: 'm6i.large', UserData: expect.stringMatching(/^sha256:/) },
      effects: [
        { effect: 'instance-launched' },
        { effect: 'volume-created', root: true },
        { effect: 'volume-attached' },
      ],
    });
  });
});

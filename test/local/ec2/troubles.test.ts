import {
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Machine } from '../../../local/machines/account.ts';
import { errorOf, launch, openAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeEach(async () => {
  account = await openAccount({ settings: { shuffle: false } });
});
afterEach(() => account.close());

const command = (name: string, body: Record<string, unknown> = {}) => account.simulator.command(name, body);
const advance = (seconds: number) => account.simulator.advance(seconds);
const run = async (): Promise<string> => {
  const { Instances } = await account.ec2.send(new RunInstancesCommand(launch()));
  return Instances?.[0]?.InstanceId ?? '';
};
const running = async (): Promise<string> => {
  const id = await run();
  advance(5);
  return id;
};
const stateOf = async (id: string) => {
  const { Reservations } = await account.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0]?.State?.Name;
};
const stop = (id: string, input = {}) => account.ec2.send(new StopInstancesCommand({ InstanceIds: [id], ...input }));
const start = (id: string) => account.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
const terminate = (id: string) => account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));

const terminated = async (id: string) => {
  await terminate(id);
  advance(5);
};

const restarted = async (id: string) => {
  await stop(id);
  advance(2);
  await start(id);
  advance(2);
};

describe('an instance that is stuck', () => {
  it.each([
    ['pending', 'running', run, undefined],
    ['stopping', 'stopped', running, stop],
    ['shutting-down', 'terminated', running, terminate],
  ] as const)('stays %s until it is freed, and is %s then', async (state, next, launched, change) => {
    const id = await launched();
    command('stick', { id });
    await change?.(id);
    advance(3600);
    expect(await stateOf(id)).toBe(state);
    command('stick', { id, stuck: false });
    expect(await stateOf(id)).toBe(next);
  });

  it('takes its next state when it is freed, not before', async () => {
    const id = await running();
    command('stick', { id });
    await stop(id);
    advance(3600);
    command('heal');
    expect(await stateOf(id)).toBe('stopped');
    const entries = account.simulator.model.journal.entries;
    const freed = entries.find(({ action }) => action === 'heal');
    const stopped = entries.find(({ effects }) => effects.some((one) => one.effect === 'instance-state' && one.to === 'stopped')); // prettier-ignore
    expect(stopped?.time).toBe(freed?.time);
  });

  it('in stopping is moved by a forced stop only', async () => {
    const id = await running();
    command('stick', { id });
    await stop(id, { Force: true });
    advance(60);
    expect(await stateOf(id), 'the first stop is the one that hangs').toBe('stopping');
    await stop(id);
    advance(60);
    expect(await stateOf(id)).toBe('stopping');
    const { StoppingInstances } = await stop(id, { Force: true });
    expect(StoppingInstances).toMatchObject([
      { PreviousState: { Name: 'stopping' }, CurrentState: { Name: 'stopping' } },
    ]);
    expect(await stateOf(id)).toBe('stopping');
    advance(2);
    expect(await stateOf(id)).toBe('stopped');
    await start(id);
    advance(2);
    expect(await stateOf(id), 'it is stuck no longer').toBe('running');
  });

  it('says that true or false is meant', async () => {
    const id = await running();
    expect(() => command('stick', { id, stuck: 'no' })).toThrow('stuck is true or false');
  });
});

describe('StopInstances', () => {
  it('leaves alone what is stopped', async () => {
    const id = await running();
    await stop(id);
    advance(2);
    for (const input of [{}, { Force: true }]) {
      const { StoppingInstances } = await stop(id, input);
      expect(StoppingInstances).toMatchObject([
        { CurrentState: { Name: 'stopped' }, PreviousState: { Name: 'stopped' } },
      ]);
    }
  });

  it.each([
    ['pending', run, undefined, "cannot be stopped as it has never reached the 'running' state"],
    ['shutting-down', running, terminate, 'is not in a state from which it can be stopped'],
    ['terminated', running, terminated, 'is not in a state from which it can be stopped'], // prettier-ignore
  ] as const)('refuses what is %s', async (state, launched, change, sentence) => {
    const id = await launched();
    await change?.(id);
    expect(await stateOf(id)).toBe(state);
    for (const input of [{}, { Force: true }]) {
      const error = await errorOf(stop(id, input));
      expect(error).toMatchObject({ name: 'IncorrectInstanceState', status: 400 });
      expect(error.message).toContain(sentence);
    }
  });
});

const machineOf = async (id: string) => {
  const machines = (await (await fetch(`${account.simulator.url}/_simulator/machines`)).json()) as Machine[];
  const machine = machines.find(({ instanceId }) => instanceId === id);
  return machine && { hasPower: machine.hasPower, hasNetwork: machine.hasNetwork };
};

const CHECKS = ['instance-status.status', 'system-status.status', 'attached-ebs-status.status'];

describe('an impaired instance', () => {
  /** The filters that find the instance, and what the answer says of each check. */
  const failing = async (id: string) => {
    const found: string[] = [];
    for (const name of CHECKS) {
      const command = new DescribeInstanceStatusCommand({ Filters: [{ Name: name, Values: ['impaired'] }] });
      const { InstanceStatuses = [] } = await account.ec2.send(command);
      if (InstanceStatuses.some(({ InstanceId }) => InstanceId === id)) found.push(name);
    }
    return found;
  };
  const statusOf = async (id: string) => {
    const command = new DescribeInstanceStatusCommand({ InstanceIds: [id] });
    return (await account.ec2.send(command)).InstanceStatuses?.[0];
  };

  it.each([
    [{}, CHECKS.slice(0, 2)],
    [{ check: 'both' }, CHECKS.slice(0, 2)],
    [{ check: 'instance' }, CHECKS.slice(0, 1)],
    [{ check: 'system' }, CHECKS.slice(1, 2)],
  ])('by %j fails %j, and has no network', async (body, checks) => {
    const id = await running();
    expect(await failing(id)).toEqual([]);
    expect(await machineOf(id)).toEqual({ hasPower: true, hasNetwork: true });
    command('impair', { id, ...body });
    expect(await failing(id)).toEqual(checks);
    expect(await machineOf(id)).toEqual({ hasPower: true, hasNetwork: false });
    command('impair', { id, impaired: false });
    expect(await failing(id)).toEqual([]);
    expect(await machineOf(id)).toEqual({ hasPower: true, hasNetwork: true });
  });

  it('says since when, also when more checks fail later', async () => {
    const id = await running();
    command('impair', { id, check: 'instance' });
    advance(60);
    command('impair', { id });
    const ImpairedSince = (await statusOf(id))?.InstanceStatus?.Details?.[0]?.ImpairedSince;
    expect(ImpairedSince).toEqual(expect.any(Date));
    expect((await statusOf(id))?.SystemStatus).toMatchObject({ Status: 'impaired', Details: [{ Name: 'reachability', Status: 'failed', ImpairedSince }] }); // prettier-ignore
    expect((await statusOf(id))?.AttachedEbsStatus).toMatchObject({ Status: 'ok' });
  });

  it('knows three checks', async () => {
    const id = await running();
    expect(() => command('impair', { id, check: 'ebs' })).toThrow('check is one of instance, system, both');
  });
});

describe('an isolated instance', () => {
  it('has no network, and EC2 sees nothing wrong with it', async () => {
    const id = await running();
    advance(10);
    command('isolate', { id });
    expect(await machineOf(id)).toEqual({ hasPower: true, hasNetwork: false });
    const { InstanceStatuses } = await account.ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: [id] }));
    expect(InstanceStatuses).toMatchObject([{ InstanceStatus: { Status: 'ok' }, SystemStatus: { Status: 'ok' } }]);
    command('isolate', { id, isolated: false });
    expect(await machineOf(id)).toEqual({ hasPower: true, hasNetwork: true });
  });

  it.each([
    ['a stop and a start', restarted],
    ['heal', () => command('heal')],
  ])('is well again after %s', async (_what, cure) => {
    const id = await running();
    command('isolate', { id });
    command('impair', { id });
    await cure(id);
    expect(await machineOf(id)).toEqual({ hasPower: true, hasNetwork: true });
    const { InstanceStatuses } = await account.ec2.send(new DescribeInstanceStatusCommand({ Filters: [{ Name: CHECKS[0], Values: ['impaired'] }] })); // prettier-ignore
    expect(InstanceStatuses).toEqual([]);
  });

  it('is journaled', async () => {
    const id = await running();
    command('isolate', { id });
    command('heal');
    const entries = account.simulator.model.journal.entries.slice(-2);
    expect(entries).toMatchObject([
      { action: 'isolate', caller: 'aws', ids: [id], effects: [{ change: { isolated: true } }] },
      { action: 'heal', caller: 'aws', ids: [id] },
    ]);
  });
});

describe('the power of a machine', () => {
  it.each([
    ['a stop', false, stop],
    ['a stop that hangs', true, stop],
    ['a termination that hangs', true, terminate],
  ] as const)('during %s', async (what, stuck, end) => {
    const id = await running();
    command('stick', { id, stuck });
    await end(id);
    const lasts = what === 'a stop that hangs';
    expect(await machineOf(id)).toEqual({ hasPower: lasts, hasNetwork: false });
  });
});

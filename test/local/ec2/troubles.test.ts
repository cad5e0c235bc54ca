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

import {
  DescribeInstancesCommand,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
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

const WHERE = { InstanceType: 'r6i.large', SubnetId: 'subnet-local-a' } as const;
const RESERVED = { CapacityReservationTarget: { CapacityReservationId: 'cr-local' } };

const run = async (changes: Partial<RunInstancesCommandInput> = {}): Promise<string> => {
  const { Instances } = await account.ec2.send(new RunInstancesCommand(launch({ ...WHERE, ...changes })));
  account.simulator.advance(5);
  return Instances?.[0]?.InstanceId ?? '';
};
const reserved = (changes: Partial<RunInstancesCommandInput> = {}) =>
  run({ CapacityReservationSpecification: RESERVED, ...changes });
const describeOne = async (id: string) => {
  const { Reservations } = await account.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0];
};
const stop = async (id: string) => {
  await account.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  account.simulator.advance(5);
};
const start = (id: string) => account.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
const slots = async () => {
  const response = await fetch(`${account.simulator.url}/_simulator/state`);
  return ((await response.json()) as { capacityReservations: unknown }).capacityReservations;
};
const exhaust = () => account.simulator.command('capacity', { instanceType: 'r6i.large', zone: 'eu-west-1a', available: 0 }); // prettier-ignore

const FULL = { name: 'ReservationCapacityExceeded', status: 400 };

describe('a capacity reservation', () => {
  it('is there for those who name it when all other capacity is gone', async () => {
    exhaust();
    expect((await errorOf(run())).name).toBe('InsufficientInstanceCapacity');
    const first = await reserved();
    expect(await describeOne(first)).toMatchObject({
      State: { Name: 'running' },
      CapacityReservationId: 'cr-local',
      CapacityReservationSpecification: {
        CapacityReservationPreference: 'capacity-reservations-only',
        ...RESERVED,
      },
    });
    await reserved();
    expect(await slots()).toEqual([
      { capacityReservationId: 'cr-local', instanceType: 'r6i.large', zone: 'eu-west-1a', total: 2, available: 0 },
    ]);
    expect(await errorOf(reserved())).toMatchObject(FULL);
    await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [first] }));
    expect(await slots()).toMatchObject([{ available: 1 }]);
    await reserved();
  });

  it('is not taken by those who do not name it, nor does it take of the rest', async () => {
    account.simulator.command('capacity', { instanceType: 'r6i.large', zone: 'eu-west-1a', available: 1 });
    await reserved();
    const open = await run();
    expect(await describeOne(open)).toMatchObject({
      CapacityReservationSpecification: { CapacityReservationPreference: 'open' },
    });
    expect((await describeOne(open))?.CapacityReservationId).toBeUndefined();
    expect(await slots()).toMatchObject([{ available: 1 }]);
    expect((await errorOf(run())).name).toBe('InsufficientInstanceCapacity');
  });

  it('has no slot for an instance that is stopped, which needs one to start', async () => {
    const id = await reserved();
    await stop(id);
    expect((await describeOne(id))?.CapacityReservationId).toBeUndefined();
    expect(await describeOne(id)).toMatchObject({ CapacityReservationSpecification: RESERVED });
    const others = [await reserved(), await reserved()];
    expect(await errorOf(start(id))).toMatchObject(FULL);
    await stop(others[0] ?? '');
    await start(id);
    expect(await describeOne(id)).toMatchObject({ CapacityReservationId: 'cr-local' });
  });

  it('does not fit an instance whose type has changed', async () => {
    const id = await reserved();
    await stop(id);
    await account.ec2.send(
      new ModifyInstanceAttributeCommand({ InstanceId: id, InstanceType: { Value: 'r6i.xlarge' } }),
    );
    expect(await errorOf(start(id))).toMatchObject(FULL);
  });

  it('gives what it has between MinCount and MaxCount', async () => {
    await reserved({ MinCount: 1, MaxCount: 5 });
    expect(await slots()).toMatchObject([{ available: 0 }]);
  });

  const named = (CapacityReservationId: string) => ({ CapacityReservationTarget: { CapacityReservationId } });
  it.each<[string, Partial<RunInstancesCommandInput>, string, string]>([
    ['another type', { InstanceType: 'r6i.xlarge' }, 'ReservationCapacityExceeded', 'sufficient compatible and available capacity'], // prettier-ignore
    ['another zone', { SubnetId: 'subnet-local-b' }, 'ReservationCapacityExceeded', 'sufficient compatible and available capacity'], // prettier-ignore
    ['an unknown one', { CapacityReservationSpecification: named('cr-0') }, 'InvalidCapacityReservationId.NotFound', "The capacity reservation ID 'cr-0' was not found"], // prettier-ignore
    ['none of those there are', { CapacityReservationSpecification: { CapacityReservationPreference: 'capacity-reservations-only' } }, 'ReservationCapacityExceeded', 'sufficient'], // prettier-ignore
    ['one and any at once', { CapacityReservationSpecification: { ...RESERVED, CapacityReservationPreference: 'open' } }, 'InvalidParameterCombination', "preference 'open'"], // prettier-ignore
    ['a group', { CapacityReservationSpecification: { CapacityReservationTarget: { CapacityReservationResourceGroupArn: 'arn:x' } } }, 'InvalidParameterValue', 'Groups are not modelled'], // prettier-ignore
    ['a wrong preference', { CapacityReservationSpecification: { CapacityReservationPreference: 'maybe' as never } }, 'InvalidParameterValue', 'maybe'], // prettier-ignore
  ])('is refused to a launch that asks for %s', async (_what, changes, name, message) => {
    const error = await errorOf(reserved(changes));
    expect(error).toMatchObject({ name, status: 400 });
    expect(error.message).toContain(message);
    expect(account.simulator.model.journal.entries.at(-1)).toMatchObject({ outcome: name, effects: [] });
  });

  it('is journaled with the launch', async () => {
    await reserved();
    expect(account.simulator.model.journal.entries.find(({ action }) => action === 'RunInstances')).toMatchObject({
      outcome: 'ok',
      parameters: { CapacityReservationSpecification: RESERVED },
    });
  });
});

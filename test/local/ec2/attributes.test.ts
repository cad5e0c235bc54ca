import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, launch, openAccount, type TestAccount } from './account.ts';

let account: TestAccount;
let id: string;
beforeEach(async () => {
  account = await openAccount({ settings: { shuffle: false } });
  const { Instances } = await account.ec2.send(new RunInstancesCommand(launch({ DisableApiTermination: true })));
  id = Instances?.[0]?.InstanceId ?? '';
});
afterEach(() => account.close());

const terminate = () => account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));

describe('ModifyInstanceAttribute', () => {
  it('lifts termination protection', async () => {
    const read = new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'disableApiTermination' });
    expect((await account.ec2.send(read)).DisableApiTermination).toEqual({ Value: true });
    expect((await errorOf(terminate())).name).toBe('OperationNotPermitted');
    await account.ec2.send(
      new ModifyInstanceAttributeCommand({ InstanceId: id, DisableApiTermination: { Value: false } }),
    );
    expect((await account.ec2.send(read)).DisableApiTermination).toEqual({ Value: false });
    await terminate();
  });

  it('changes the type of a stopped instance only', async () => {
    const retype = () =>
      account.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: id, InstanceType: { Value: 'm6i.xlarge' } }));
    account.simulator.advance(5);
    expect((await errorOf(retype())).name).toBe('IncorrectInstanceState');
    await account.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    account.simulator.advance(5);
    await retype();
    const { Reservations } = await account.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    expect(Reservations?.[0]?.Instances?.[0]?.InstanceType).toBe('m6i.xlarge');
  });

  it('takes one attribute at a time', async () => {
    const both = new ModifyInstanceAttributeCommand({
      InstanceId: id,
      DisableApiTermination: { Value: false },
      DisableApiStop: { Value: false },
    });
    expect((await errorOf(account.ec2.send(both))).name).toBe('InvalidParameterCombination');
    expect((await errorOf(terminate())).name).toBe('OperationNotPermitted');
  });
});

describe('DescribeInstanceStatus', () => {
  const status = async (input = {}) => {
    const answer = await account.ec2.send(new DescribeInstanceStatusCommand(input));
    return (answer.InstanceStatuses ?? []).filter((one) => one.InstanceId === id);
  };

  it('shows running instances, and the others when asked', async () => {
    expect(await status()).toEqual([]);
    expect(await status({ IncludeAllInstances: true })).toMatchObject([
      { InstanceState: { Name: 'pending' }, InstanceStatus: { Status: 'not-applicable' } },
    ]);
  });

  it('goes from initializing to ok to impaired', async () => {
    account.simulator.advance(2);
    expect(await status()).toMatchObject([{ SystemStatus: { Status: 'initializing' } }]);
    account.simulator.advance(5);
    expect(await status()).toMatchObject([
      {
        AvailabilityZone: 'eu-west-1a',
        InstanceState: { Name: 'running', Code: 16 },
        InstanceStatus: { Status: 'ok', Details: [{ Name: 'reachability', Status: 'passed' }] },
        SystemStatus: { Status: 'ok' },
        AttachedEbsStatus: { Status: 'ok' },
      },
    ]);
    account.simulator.command('impair', { id });
    const impaired = { Filters: [{ Name: 'system-status.status', Values: ['impaired'] }] };
    expect(await status(impaired)).toMatchObject([
      { SystemStatus: { Status: 'impaired', Details: [{ ImpairedSince: expect.any(Date) }] } },
    ]);
    account.simulator.command('impair', { id, impaired: false });
    expect(await status(impaired)).toEqual([]);
  });

  it('knows no tags', async () => {
    const byTag = status({ Filters: [{ Name: 'tag:a', Values: ['b'] }] });
    expect(await errorOf(byTag)).toMatchObject({
      name: 'InvalidParameterValue',
      message: "The filter 'tag:a' is invalid",
    });
  });
});

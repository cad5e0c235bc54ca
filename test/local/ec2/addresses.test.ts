import { DescribeSubnetsCommand, RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, launch, openAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeEach(async () => {
  account = await openAccount({ settings: { shuffle: false } });
});
afterEach(() => account.close());

const run = async (changes = {}) => {
  const { Instances = [] } = await account.ec2.send(new RunInstancesCommand(launch(changes)));
  return Instances.map(({ InstanceId, PrivateIpAddress }) => ({ id: InstanceId ?? '', address: PrivateIpAddress }));
};
const limit = (subnetId: string, free: number) => account.simulator.command('addresses', { subnetId, free });
const freeIn = async (subnetId: string) => {
  const { Subnets } = await account.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }));
  return Subnets?.[0]?.AvailableIpAddressCount;
};

describe('the addresses of a subnet', () => {
  it('run out, in this subnet only, and come back with the end of an instance', async () => {
    expect(limit('subnet-local-a', 1)).toEqual({ subnetId: 'subnet-local-a', free: 1 });
    const [first] = await run();
    const state = (await (await fetch(`${account.simulator.url}/_simulator/state`)).json()) as { addresses: unknown };
    expect(state.addresses).toEqual({ 'subnet-local-a': 0 });
    expect(await freeIn('subnet-local-a')).toBe(0);
    const error = await errorOf(run());
    expect(error).toMatchObject({ name: 'InsufficientFreeAddressesInSubnet', status: 400 });
    expect(error.message).toContain("not enough free addresses in subnet 'subnet-local-a'");
    await run({ SubnetId: 'subnet-local-a2' });
    account.simulator.advance(5);
    await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [first?.id ?? ''] }));
    expect((await errorOf(run())).name).toBe('InsufficientFreeAddressesInSubnet');
    account.simulator.advance(5);
    await run();
  });

  it('are given between MinCount and MaxCount', async () => {
    limit('subnet-local-b', 2);
    expect(await run({ SubnetId: 'subnet-local-b', MinCount: 1, MaxCount: 5 })).toHaveLength(2);
  });

  it('are as many as ever when all is healed', async () => {
    limit('subnet-local-b', 0);
    account.simulator.command('heal');
    expect(await freeIn('subnet-local-b')).toBe(16_379);
  });

  it('are never more than there are', async () => {
    limit('subnet-local-b', 1_000_000);
    expect(await freeIn('subnet-local-b')).toBe(16_379);
    expect(() => limit('subnet-none', 0)).toThrow('no subnet subnet-none; there are subnet-local-a, ');
  });
});

describe('a zone with two subnets', () => {
  it('gives addresses of the one that is named', async () => {
    const zone = new DescribeSubnetsCommand({ Filters: [{ Name: 'availability-zone', Values: ['eu-west-1a'] }] });
    const { Subnets = [] } = await account.ec2.send(zone);
    expect(Subnets.map(({ SubnetId }) => SubnetId).sort()).toEqual(['subnet-local-a', 'subnet-local-a2']);
    expect(new Set(Subnets.map(({ CidrBlock }) => CidrBlock)).size).toBe(2);
    expect(await run()).toMatchObject([{ address: '10.2.0.10' }]);
    expect(await run({ SubnetId: 'subnet-local-a2' })).toMatchObject([{ address: '10.2.192.10' }]);
  });

  it('is one zone to a client token', async () => {
    await run({ ClientToken: 'same' });
    const other = run({ ClientToken: 'same', SubnetId: 'subnet-local-a2' });
    expect((await errorOf(other)).name).toBe('IdempotentParameterMismatch');
  });
});

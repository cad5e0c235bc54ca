import { DescribeInstancesCommand, RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { launchInput } from '../../hooks/aws/launch.ts';
import { intent } from './objects.ts';
import { openDeadWire, openWire, type Wire } from './wire.ts';

let wire: Wire;
beforeEach(async () => {
  wire = await openWire();
});
afterEach(() => wire.close());

const fail = (code: string, times = 1): void =>
  void wire.simulator.command('fail', { action: 'DescribeInstances', code, times });
const describeInstances = () => wire.clients.twice.send(new DescribeInstancesCommand({}));

describe('what is told of the requests', () => {
  it('is each with its operation, in the words of EC2', async () => {
    await wire.clients.once.send(new RunInstancesCommand(launchInput(intent())));
    await describeInstances();
    const protectedOne = Object.keys(wire.simulator.model.account.instances);
    await wire.clients.twice.send(new TerminateInstancesCommand({ InstanceIds: protectedOne })).catch(() => undefined);
    expect(wire.told).toEqual(['RunInstances ok', 'DescribeInstances ok', 'TerminateInstances OperationNotPermitted']);
  });

  it('is also one that the SDK repeats, and each alone: EC2 counts both', async () => {
    fail('RequestLimitExceeded');
    await describeInstances();
    expect(wire.told).toEqual(['DescribeInstances RequestLimitExceeded', 'DescribeInstances ok']);
  });

  it('is no more than there were, when the last one fails too', async () => {
    fail('RequestLimitExceeded', 2);
    await expect(describeInstances()).rejects.toThrow();
    expect(wire.told).toEqual(['DescribeInstances RequestLimitExceeded', 'DescribeInstances RequestLimitExceeded']);
    expect(wire.simulator.model.calls.DescribeInstances).toBe(2);
  });

  it.each(['ConnectionReset', 'InternalError'])('is as many as there were, after %s', async (code) => {
    fail(code);
    await describeInstances();
    expect(wire.told).toHaveLength(2);
    expect(wire.told[1]).toBe('DescribeInstances ok');
  });

  it('is a failure too where nobody listens, once a request', async () => {
    const told: string[] = [];
    const dead = await openDeadWire(told);
    await expect(dead.clients.twice.send(new DescribeInstancesCommand({}))).rejects.toThrow();
    expect(told).toHaveLength(2);
    await dead.close();
  });

  it('is that there was none, without credentials', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/dev/null');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    await expect(describeInstances()).rejects.toMatchObject({ name: 'CredentialsProviderError' });
    expect(wire.told).toEqual(['DescribeInstances CredentialsProviderError']);
    expect(wire.simulator.model.calls.DescribeInstances).toBeUndefined();
  });
});

import { RunInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launchInput } from '../../hooks/aws/launch.ts';
import { createCompute } from '../../hooks/aws/compute.ts';
import type { Compute } from '../../hooks/questdbnode/ports.ts';
import { CLUSTER_NAME, INSTANCE_TYPE, intent, ZONE } from './objects.ts';
import { openDeadWire, openWire, type Wire } from './wire.ts';

const UNKNOWN = 'i-0123456789abcdef0';
const SETTLING_SECONDS = 60;

let wire: Wire;
let compute: Compute;
beforeEach(async () => {
  wire = await openWire();
  const { clients, now } = wire;
  compute = createCompute({ clients, clusterName: CLUSTER_NAME, snapshotMaxAgeSeconds: 10, now });
});
afterEach(() => wire.close());

const pendingInstance = async (): Promise<string> => {
  const { Instances } = await wire.clients.once.send(new RunInstancesCommand(launchInput(intent())));
  return Instances?.[0]?.InstanceId ?? '';
};

const runningInstance = async (): Promise<string> => {
  const id = await pendingInstance();
  wire.simulator.advance(SETTLING_SECONDS);
  return id;
};

const stoppedInstance = async (): Promise<string> => {
  const id = await runningInstance();
  wire.simulator.command('stop-instance', { id });
  wire.simulator.advance(SETTLING_SECONDS);
  return id;
};

const terminatedInstance = async (): Promise<string> => {
  const id = await runningInstance();
  wire.simulator.command('terminate-instance', { id });
  wire.simulator.advance(SETTLING_SECONDS);
  return id;
};

const stateOf = (id: string): string | undefined => {
  wire.simulator.model.present(() => undefined);
  return wire.simulator.model.account.instances[id]?.state;
};
const requests = (action: string): number => wire.simulator.model.calls[action] ?? 0;
const fail = (action: string, code: string, when: 'before' | 'after' = 'before', times = 1): void =>
  void wire.simulator.command('fail', { action, code, when, times });
/** What the requests for stops asked for besides the instance. */
const forced = (): unknown[] =>
  wire.simulator.model.journal.entries
    .filter(({ action }) => action === 'StopInstances')
    .map(({ parameters }) => parameters.Force);

const lookAgain = {
  name: 'RetryLater',
  afterSeconds: 2,
  message: expect.stringMatching(/another state by now; looking again\.$/) as string,
};

describe('a stop', () => {
  it('of a running instance asks its operating system, which takes its time', async () => {
    const id = await runningInstance();
    await compute.stop(id, { force: false });
    expect(stateOf(id)).toBe('stopping');
    wire.simulator.advance(SETTLING_SECONDS);
    expect(stateOf(id)).toBe('stopped');
    expect(forced()).toEqual([undefined]);
  });

  it('by force ends one that does not get there, and no other stop does', async () => {
    const id = await runningInstance();
    await compute.stop(id, { force: false });
    wire.simulator.command('stick', { id });
    wire.simulator.advance(3600);
    await compute.stop(id, { force: false });
    wire.simulator.advance(3600);
    expect(stateOf(id)).toBe('stopping');
    await compute.stop(id, { force: true });
    wire.simulator.advance(SETTLING_SECONDS);
    expect(stateOf(id)).toBe('stopped');
    expect(forced()).toEqual([undefined, undefined, 'true']);
  });

  it.each([true, false])('of one that is stopped already changes nothing (by force: %s)', async (force) => {
    const id = await stoppedInstance();
    await compute.stop(id, { force });
    expect(stateOf(id)).toBe('stopped');
  });

  it.each([
    ['is not started yet', pendingInstance, 'pending'],
    ['is terminated', terminatedInstance, 'terminated'],
  ])('of one that %s is a reason to look again, at once', async (_what, instance, state) => {
    const id = await instance();
    await expect(compute.stop(id, { force: false })).rejects.toMatchObject(lookAgain);
    expect(stateOf(id)).toBe(state);
    expect(requests('StopInstances')).toBe(1);
  });

  it('whose answer is lost is asked for again, and is one stop', async () => {
    const id = await runningInstance();
    fail('StopInstances', 'ConnectionReset', 'after');
    await compute.stop(id, { force: false });
    expect(stateOf(id)).toBe('stopping');
    expect(requests('StopInstances')).toBe(2);
  });
});

describe('a start', () => {
  it('of a stopped instance takes its time, and is a launch of its own', async () => {
    const id = await stoppedInstance();
    expect(await compute.start(id)).toEqual({ outcome: 'Started' });
    expect(stateOf(id)).toBe('pending');
    const startedAt = wire.now().getTime();
    wire.simulator.advance(SETTLING_SECONDS);
    expect(await compute.describe(id)).toMatchObject({ state: 'running' });
    expect(Date.parse((await compute.describe(id))?.launchTime ?? '')).toBeCloseTo(startedAt, -4);
  });

  it.each<[code: string, prepare: () => unknown]>([
    [
      'InsufficientInstanceCapacity',
      () => wire.simulator.command('capacity', { instanceType: INSTANCE_TYPE, zone: ZONE, available: 0 }),
    ],
    ['VcpuLimitExceeded', () => wire.simulator.command('set', { vcpuLimit: 1 })],
    ['InsufficientHostCapacity', () => fail('StartInstances', 'InsufficientHostCapacity')],
  ])('for which there is no room (%s) is told so, in EC2 words, after one request', async (code, prepare) => {
    const id = await stoppedInstance();
    prepare();
    expect(await compute.start(id)).toEqual({ outcome: 'NoCapacity', code, message: expect.stringMatching(/./) });
    expect(requests('StartInstances')).toBe(1);
    expect(stateOf(id)).toBe('stopped');
    wire.simulator.command('heal');
    wire.simulator.command('set', { vcpuLimit: null });
    expect(await compute.start(id)).toEqual({ outcome: 'Started' });
  });

  it.each([
    ['running', runningInstance],
    ['pending', pendingInstance],
  ])('of one that is %s already changes nothing', async (state, instance) => {
    const id = await instance();
    expect(await compute.start(id)).toEqual({ outcome: 'Started' });
    expect(stateOf(id)).toBe(state);
  });

  const stoppingInstance = async (): Promise<string> => {
    const id = await runningInstance();
    await wire.clients.once.send(new StopInstancesCommand({ InstanceIds: [id] }));
    return id;
  };

  it.each([
    ['is still stopping', stoppingInstance],
    ['is terminated', terminatedInstance],
  ])('of one that %s is a reason to look again, at once', async (_what, instance) => {
    const id = await instance();
    await expect(compute.start(id)).rejects.toMatchObject(lookAgain);
    expect(requests('StartInstances')).toBe(1);
  });

  it.each(['RequestLimitExceeded', 'InternalError', 'ConnectionReset'])(
    'that fails by %s is not repeated behind the back of the hook',
    async (code) => {
      const id = await stoppedInstance();
      fail('StartInstances', code);
      await expect(compute.start(id)).rejects.toMatchObject({ name: 'RetryLater' });
      expect(requests('StartInstances')).toBe(1);
      expect(stateOf(id)).toBe('stopped');
    },
  );

  it('whose answer is lost is found by asking again', async () => {
    const id = await stoppedInstance();
    fail('StartInstances', 'ConnectionReset', 'after');
    await expect(compute.start(id)).rejects.toMatchObject({ name: 'RetryLater' });
    expect(stateOf(id)).toBe('pending');
    expect(await compute.start(id)).toEqual({ outcome: 'Started' });
  });
});

describe.each<[operation: string, attempts: number, change: (id: string) => Promise<unknown>]>([
  ['StopInstances', 2, (id) => compute.stop(id, { force: false })],
  ['StopInstances', 2, (id) => compute.stop(id, { force: true })],
  ['StartInstances', 1, (id) => compute.start(id)],
  ['TerminateInstances', 2, (id) => compute.terminate(id)],
])('%s', (operation, attempts, change) => {
  it.each(['RequestLimitExceeded', 'ServiceUnavailable'])(
    'that EC2 has no time for (%s) is tried later',
    async (code) => {
      const id = await runningInstance();
      fail(operation, code, 'before', attempts);
      await expect(change(id)).rejects.toMatchObject({
        name: 'RetryLater',
        message: `EC2 ${operation}: ${code}; trying again.`,
      });
      expect(requests(operation)).toBe(attempts);
      expect(stateOf(id)).toBe('running');
    },
  );

  it.each(['UnauthorizedOperation', 'OperationNotPermitted'])(
    'that is refused (%s) says what to check',
    async (code) => {
      const id = await runningInstance();
      fail(operation, code);
      await expect(change(id)).rejects.toMatchObject({
        name: 'Refusal',
        message: expect.stringMatching(new RegExp(`^EC2 ${operation} was refused \\(${code}\\): .* IAM policy`)),
      });
      expect(requests(operation)).toBe(1);
      expect(stateOf(id)).toBe('running');
    },
  );

  it('is tried later where nobody listens', async () => {
    const dead = await openDeadWire();
    const options = { clients: dead.clients, clusterName: CLUSTER_NAME, snapshotMaxAgeSeconds: 10, now: wire.now };
    const alive = compute;
    compute = createCompute(options);
    await expect(change(UNKNOWN)).rejects.toMatchObject({ name: 'RetryLater' });
    compute = alive;
    await dead.close();
  });
});

describe('an instance that EC2 does not know, or does not show yet', () => {
  it.each<[what: string, change: (id: string) => Promise<unknown>]>([
    ['stopped', (id) => compute.stop(id, { force: false })],
    ['stopped by force', (id) => compute.stop(id, { force: true })],
    ['started', (id) => compute.start(id)],
  ])('is not %s but looked at again', async (_what, change) => {
    await expect(change(UNKNOWN)).rejects.toMatchObject(lookAgain);
    wire.simulator.command('set', { visibilityDelaySeconds: 600 });
    await expect(change(await pendingInstance())).rejects.toMatchObject(lookAgain);
  });

  it('is terminated already', async () => {
    await expect(compute.terminate(UNKNOWN)).resolves.toBeUndefined();
  });
});

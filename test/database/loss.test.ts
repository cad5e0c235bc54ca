import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { between } from '../../local/ec2/random.ts';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { createDatabase, type Database } from '../harness/questdb.ts';

const cluster = useCluster('process');

/** INTERRUPTIONS_SEED=<number> repeats a run. */
const SEED = Number(process.env.INTERRUPTIONS_SEED ?? Date.now() % 100_000);

const RECOVERY_SECONDS = 240;

type Served = { database: Database; instanceId: string };

const serve = async (namespace: string): Promise<Served> => {
  const database = createDatabase(cluster(), await cluster().namespace(namespace), 'trades');
  await database.apply();
  await database.waitUntilReady();
  await database.write();
  const [instance] = await database.liveInstances();
  if (instance === undefined) throw new Error('it is Ready without an instance');
  return { database, instanceId: instance.instanceId };
};

const events = async ({ database }: Served): Promise<string[]> =>
  (await cluster().kubectl.list('events', '-n', database.namespace)).map(
    (event) => (event as { reason?: string }).reason ?? '',
  );

const nodeStatus = async ({ database }: Served) =>
  (await database.nodes())[0]?.status as Record<string, unknown> | undefined;

/** It takes a moment until the loss is seen; then it serves again, with the same rows and one instance. */
const expectServedAgain = async ({ database }: Served, lost: () => Promise<void>): Promise<void> => {
  await lost();
  await eventually(async () => {
    await database.becomesReady(5);
    expect(await database.rows()).toEqual(database.written);
    expect(await database.liveInstances()).toHaveLength(1);
  }, RECOVERY_SECONDS);
};

const expectReplaced = async (before: Served): Promise<void> => {
  const { database, instanceId } = before;
  const [instance] = await database.liveInstances();
  expect(instance?.instanceId).not.toBe(instanceId);
  expect((await database.instances()).find((one) => one.instanceId === instanceId)?.state).toBe('terminated');
  expect(await events(before)).toContain('InstanceReplaced');
  const nodes = await cluster().kubectl.list('nodes', '-l', 'questdb-fleet.dev/node');
  expect(nodes.filter(({ spec }) => JSON.stringify(spec).includes(instanceId))).toEqual([]);
};

describe.concurrent('a database whose instance is lost has the same rows again', () => {
  it('when AWS terminates it', async () => {
    const before = await serve('lost-terminated');
    const { simulator } = cluster();
    await expectServedAgain(before, async () => {
      await simulator.command('terminate-instance', { id: before.instanceId });
      await before.database.says('NodeReady', 'LaunchDecided').catch(() => undefined);
      await eventually(async () => {
        expect((await nodeStatus(before))?.launch).toMatchObject({ attempt: 2 });
      }, 60);
    });
    await expectReplaced(before);
  });

  it('when somebody stops it: the same one is started', async () => {
    const before = await serve('lost-stopped');
    await expectServedAgain(before, async () => {
      await cluster().simulator.command('stop-instance', { id: before.instanceId });
      await eventually(async () => {
        expect(await events(before)).toContain('InstanceStarted');
      }, 60);
    });
    expect(await before.database.instances()).toMatchObject([{ instanceId: before.instanceId, state: 'running' }]);
  });

  it('when nobody reaches it: it is stopped before another one takes its place', async () => {
    const before = await serve('lost-isolated');
    const { simulator } = cluster();
    await expectServedAgain(before, async () => {
      await simulator.command('isolate', { id: before.instanceId });
      await eventually(async () => {
        expect((await nodeStatus(before))?.launch).toMatchObject({ attempt: 2 });
      }, 120);
    });
    await expectReplaced(before);
    const uid = (await before.database.nodes())[0]?.metadata.uid ?? '';
    const told = (await simulator.journal()).filter(
      ({ action, parameters, ids }) =>
        ['RunInstances', 'StopInstances', 'TerminateInstances'].includes(action) &&
        (ids.includes(before.instanceId) || JSON.stringify(parameters).includes(uid)),
    );
    expect(told.filter(({ effects }) => effects.length > 0).map(({ action }) => action)).toEqual([
      'RunInstances',
      'StopInstances',
      'RunInstances',
      'TerminateInstances',
    ]);
  });

  it('when it is impaired', async () => {
    const before = await serve('lost-impaired');
    await expectServedAgain(before, async () => {
      await cluster().simulator.command('impair', { id: before.instanceId });
      await eventually(async () => {
        expect((await nodeStatus(before))?.launch).toMatchObject({ attempt: 2 });
      }, 120);
    });
    await expectReplaced(before);
  });
});

describe('databases whose instances are lost while the hooks crash', () => {
  it(`have the same rows again (INTERRUPTIONS_SEED=${SEED})`, async () => {
    const commands = ['terminate-instance', 'stop-instance', 'isolate'];
    const random = { value: SEED };
    const served = await Promise.all(commands.map((command) => serve(`lost-crash-${command}`)));
    for (const [index, command] of commands.entries()) {
      await cluster().simulator.command(command, { id: served[index]?.instanceId });
    }
    for (let crash = 0; crash < 6; crash += 1) {
      await sleep(between(random, 500, 4000));
      await cluster().act('hooks', 'kill');
      await sleep(between(random, 0, 1000));
      // The supervisor would wait longer each time.
      await cluster().act('hooks', 'restart');
    }
    await Promise.all(served.map((before) => expectServedAgain(before, () => Promise.resolve())));
  });
});

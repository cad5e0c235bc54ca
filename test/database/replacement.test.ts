import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { between } from '../../local/ec2/random.ts';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { conditionIn, createDatabase, type Database } from '../harness/questdb.ts';
import { watch } from '../harness/watch.ts';

const cluster = useCluster('process');

/** INTERRUPTIONS_SEED=<number> repeats a run. */
const SEED = Number(process.env.INTERRUPTIONS_SEED ?? Date.now() % 100_000);

const MOVE_SECONDS = 240;
const LARGER = { instanceType: 'm6i.large' };

const serve = async (
  namespace: string,
  node?: { instanceType: string; replacement?: 'Recreate' },
): Promise<Database> => {
  const database = createDatabase(
    cluster(),
    await cluster().namespace(namespace),
    'trades',
    node === undefined ? {} : { node },
  );
  await database.apply();
  await database.waitUntilReady();
  await database.write();
  return database;
};

const nodeOf = async (database: Database): Promise<{ name: string; instanceId: string; instanceType: string }> =>
  (await database.find('QuestDB'))?.status?.node as { name: string; instanceId: string; instanceType: string };

/** One instance, another one than before, and the rows are there; the old one is terminated. */
const expectMoved = async (database: Database, before: { instanceId: string }, instanceType: string): Promise<void> => {
  await eventually(async () => {
    await database.becomesReady(5);
    const old = (await database.instances()).find(({ instanceId }) => instanceId === before.instanceId);
    expect(old?.state).toBe('terminated');
    expect(await database.liveInstances()).toMatchObject([{ instanceType }]);
    expect(await database.nodes()).toHaveLength(1);
    expect(conditionIn(await database.find('QuestDB'), 'Replacing')).toMatchObject({ status: 'False' });
  }, MOVE_SECONDS);
  expect(await database.rows()).toEqual(database.written);
  expect(await nodeOf(database)).toMatchObject({ instanceType });
};

describe.concurrent('a database that gets another instance has the same rows', () => {
  it('by SurgeFirst, and answers until its pod moves', async () => {
    const database = await serve('surge');
    const before = await nodeOf(database);
    const watching = watch(database);
    await database.changeNode(LARGER);
    const message = await database.says('Replacing', 'WaitingForNode');
    expect(message).toContain('r6i.large');
    expect(message).toContain('m6i.large');
    await expectMoved(database, before, 'm6i.large');
    const { interruptions, answers } = await watching.end();
    expect(answers.length).toBeGreaterThan(20);
    expect(interruptions, 'it was away once, while the pod moved').toBe(1);
  });

  it('by Recreate, with never more than one instance', async () => {
    const database = await serve('recreate', { instanceType: 'r6i.large', replacement: 'Recreate' });
    const before = await nodeOf(database);
    await database.changeNode({ ...LARGER, replacement: 'Recreate' });
    await expectMoved(database, before, 'm6i.large');
    const effects = (await cluster().simulator.journal()).flatMap((entry) => entry.effects);
    const owned = new Set((await database.instances()).map(({ instanceId }) => instanceId));
    const order = effects
      .filter((effect) => effect.effect === 'instance-state')
      .filter(({ id }) => owned.has(id))
      .map(({ id, to }) => `${id === before.instanceId ? 'old' : 'new'} ${to}`);
    expect(order).toContain('new running');
    expect(order.indexOf('old terminated')).toBeLessThan(order.indexOf('new running'));
  });

  it('a fresh one when its QuestDBNode is deleted', async () => {
    const database = await serve('fresh-deleted');
    const before = await nodeOf(database);
    const watching = watch(database);
    await cluster().kubectl.run('delete', 'questdbnode', before.name, '-n', database.namespace, '--wait=false');
    await expectMoved(database, before, 'r6i.large');
    expect((await watching.end()).interruptions).toBe(1);
  });

  it('a fresh one when an annotation asks for it', async () => {
    const database = await serve('fresh-annotated');
    const before = await nodeOf(database);
    const asks = 'questdb-fleet.dev/replace-node=monday';
    await cluster().kubectl.run('annotate', 'questdb', database.name, '-n', database.namespace, asks);
    await database.says('Replacing', 'WaitingForNode');
    await expectMoved(database, before, 'r6i.large');
  });
});

describe.concurrent('a database', () => {
  it('whose new instance has no capacity goes on serving, says when EC2 is asked next, and moves when there is', async () => {
    const database = await serve('short');
    const before = await nodeOf(database);
    const zone = (await database.liveInstances())[0]?.zone;
    const where = { instanceType: 'm6i.xlarge', zone };
    await cluster().simulator.command('capacity', { ...where, available: 0 });
    await database.changeNode({ instanceType: 'm6i.xlarge' });
    const message = await database.says('Ready', 'InsufficientInstanceCapacity');
    expect(message).toMatch(/asked again at \d{4}-/);
    expect(await database.rows()).toEqual(database.written);
    expect(conditionIn(await database.find('QuestDB'), 'Replacing')).toMatchObject({ status: 'True' });
    expect(await nodeOf(database)).toMatchObject({ instanceId: before.instanceId });
    await cluster().simulator.command('capacity', { ...where, available: 1 });
    await expectMoved(database, before, 'm6i.xlarge');
  });

  it('whose spec goes back on the way stays where it is, and the unused machine goes', async () => {
    const database = await serve('back');
    const before = await nodeOf(database);
    const watching = watch(database);
    await database.changeNode({ instanceType: 'r6i.xlarge' });
    await eventually(async () => {
      expect(await database.liveInstances()).toHaveLength(2);
    }, 60);
    await database.apply();
    await eventually(async () => {
      await database.becomesReady(5);
      expect(await database.liveInstances()).toMatchObject([{ instanceId: before.instanceId }]);
    }, MOVE_SECONDS);
    expect((await watching.end()).interruptions).toBe(0);
    expect(await database.rows()).toEqual(database.written);
  });

  it('whose Node is drained has moved when the drain ends', async () => {
    const database = await serve('drain');
    const before = await nodeOf(database);
    const node = (await database.pod())?.spec?.nodeName as string;
    // kubectl evicts by name: where it asks for the pod on the new instance it is refused, and the same drain again passes.
    const drain = ['drain', node, '--ignore-daemonsets', '--delete-emptydir-data'];
    await expect(cluster().kubectl.run(...drain, '--timeout=1s'), 'the budget holds it').rejects.toThrow();
    await eventually(() => cluster().kubectl.run(...drain, '--timeout=30s'), MOVE_SECONDS);
    await expectMoved(database, before, 'r6i.large');
  });
});

describe('databases that get other instances while the hooks crash', () => {
  it(`have the same rows (INTERRUPTIONS_SEED=${SEED})`, async () => {
    const random = { value: SEED };
    const [surge, recreate, fresh] = await Promise.all([
      serve('crash-surge'),
      serve('crash-recreate', { instanceType: 'r6i.large', replacement: 'Recreate' }),
      serve('crash-fresh'),
    ]);
    const before = await Promise.all([surge, recreate, fresh].map(nodeOf));
    await surge.changeNode(LARGER);
    await recreate.changeNode({ ...LARGER, replacement: 'Recreate' });
    await cluster().kubectl.run('delete', 'questdbnode', before[2]?.name ?? '', '-n', fresh.namespace, '--wait=false');
    for (let crash = 0; crash < 8; crash += 1) {
      await sleep(between(random, 500, 4000));
      await cluster().act('hooks', 'kill');
      await sleep(between(random, 0, 1000));
      // The supervisor would wait longer each time.
      await cluster().act('hooks', 'restart');
    }
    const types = ['m6i.large', 'm6i.large', 'r6i.large'];
    for (const [index, database] of [surge, recreate, fresh].entries()) {
      await expectMoved(database, before[index] ?? { instanceId: '' }, types[index] ?? '');
    }
  });
});

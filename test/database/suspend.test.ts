import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { conditionIn, createDatabase, type Database, type DatabaseSpec } from '../harness/questdb.ts';

const cluster = useCluster('process');

const createWithRows = async (name: string, spec: DatabaseSpec = {}): Promise<Database> => {
  const database = createDatabase(cluster(), await cluster().namespace(`suspend-${name}`), name, spec);
  await database.apply();
  await database.waitUntilReady();
  await database.write();
  return database;
};

const becomes = (database: Database, type: string, seconds = 120) =>
  cluster().kubectl.run(
    'wait',
    `--for=condition=${type}`,
    `questdb/${database.name}`,
    '-n',
    database.namespace,
    `--timeout=${seconds}s`,
  );

const eventsOf = async ({ namespace }: Database, reason: string): Promise<string> =>
  cluster().kubectl.run('get', 'events', '-n', namespace, '--field-selector', `reason=${reason}`, '-o', 'wide');

/** Nothing of it costs but the volume, which no instance holds. */
const expectAtRest = async (database: Database): Promise<void> => {
  expect(await database.pod()).toBeUndefined();
  expect(await database.nodes()).toEqual([]);
  expect(await database.liveInstances()).toEqual([]);
  const { volumeId } = ((await database.find('QuestDB'))?.status as { volume: { volumeId: string } }).volume;
  expect(await cluster().simulator.volume(volumeId)).toMatchObject({ state: 'available' });
};

describe.concurrent('a database that rests', () => {
  it('gives its instance up, keeps its volume, and is back with its rows on a new one', async () => {
    const database = await createWithRows('rest');
    const [before] = await database.liveInstances();
    await database.change({ suspend: true });
    await becomes(database, 'Suspended');
    expect(conditionIn(await database.find('QuestDB'), 'Ready')).toMatchObject({
      status: 'False',
      reason: 'Suspended',
    });
    await expectAtRest(database);

    await database.change({ suspend: false });
    await database.waitUntilReady();
    expect(await database.rows()).toEqual(database.written);
    const [after, ...others] = await database.liveInstances();
    expect(others).toEqual([]);
    expect(after?.instanceId).not.toBe(before?.instanceId);
    expect(conditionIn(await database.find('QuestDB'), 'Suspended')?.status).toBe('False');
    expect(await eventsOf(database, 'Resumed')).toContain('The database is started again.');
    expect(await eventsOf(database, 'ReplacementStarted')).not.toContain('ReplacementStarted');
  });

  it('may change its mind on the way, and be deleted where it rests', async () => {
    const database = await createWithRows('mind');
    await database.change({ suspend: true });
    await database.says('Ready', 'PodStopping');
    await database.change({ suspend: false });
    await database.waitUntilReady();
    expect(await database.rows()).toEqual(database.written);

    await database.change({ suspend: true });
    await becomes(database, 'Suspended');
    await database.remove();
    await database.apply();
    await database.waitUntilReady();
    expect(await database.rows()).toEqual(database.written);
  });

  it('because its time is over was told so before, and goes on when it gets more', async () => {
    const database = await createWithRows('trial', { expireAfter: '2m' });
    const expiresAt = (await database.find('QuestDB'))?.status as { expiresAt?: string };
    expect(await database.says('Expiring', 'ExpiresSoon', 120)).toContain(`suspended at ${expiresAt.expiresAt ?? '-'}`);
    expect(conditionIn(await database.find('QuestDB'), 'Ready')?.status).toBe('True');
    expect(await eventsOf(database, 'ExpiresSoon')).toContain('Warning');
    await becomes(database, 'Suspended', 150);
    await expectAtRest(database);
    expect(await database.says('Suspended', 'Expired')).toContain('set a longer spec.expireAfter');

    await database.change({ expireAfter: '1000h' });
    await database.waitUntilReady();
    expect(await database.rows()).toEqual(database.written);
  });

  it('from its first day costs nothing, and starts when it is to', async () => {
    const database = createDatabase(cluster(), await cluster().namespace('suspend-first'), 'first', { suspend: true });
    await database.apply();
    await becomes(database, 'Suspended');
    expect(await database.liveInstances()).toEqual([]);
    await eventually(async () => expect(await database.find('Service', 'first', 'v1')).toBeDefined(), 10);
    await database.change({ suspend: false });
    await database.waitUntilReady();
    await database.write();
  });
});

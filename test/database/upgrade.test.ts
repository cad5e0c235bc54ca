import { describe, expect, it } from 'vitest';
import { isReloadable } from '../../hooks/questdb/reloadable.ts';
import { useCluster } from '../harness/cluster.ts';
import { createDatabase, type Database } from '../harness/questdb.ts';

const cluster = useCluster('process');

const create = async (name: string, version: string): Promise<Database> => {
  const database = createDatabase(cluster(), await cluster().namespace(`upgrade-${name}`), name, {
    version,
    node: undefined,
  });
  await database.apply();
  await database.waitUntilReady();
  return database;
};

const versionOf = async (database: Database) =>
  ((await database.find('QuestDB'))?.status as { version?: string } | undefined)?.version;

const imageOf = async (database: Database) =>
  ((await database.pod())?.spec as { containers: { image: string }[] }).containers[0]?.image;

const eventsOf = async ({ namespace }: Database, reason: string): Promise<string> =>
  cluster().kubectl.run('get', 'events', '-n', namespace, '--field-selector', `reason=${reason}`, '-o', 'wide');

/** The operator owns what names users, whether it can be reloaded or not. */
const isOfUsers = (key: string): boolean => /^pg\.(readonly\.)?(user|password)/.test(key);

/** The list by which a restart is decided is what this very server says. */
const expectListOf = async (database: Database, version: string): Promise<void> => {
  const parameters = await database.sql('select property_path, reloadable from (show parameters)');
  const told = parameters.map(([key, can]) => [String(key), can === true] as const).filter(([key]) => !isOfUsers(key));
  expect(told.length).toBeGreaterThan(300);
  expect(told.filter(([key, can]) => isReloadable(key, version) !== can)).toEqual([]);
};

describe.concurrent('the version of a database', () => {
  it('goes up in place, and its rows stay', async () => {
    const database = await create('up', '9.1.0');
    await database.write();
    for (const version of ['9.1.0', '9.2.3', '9.3.4']) {
      await database.change({ version });
      await database.waitUntilReady();
      expect(await versionOf(database)).toBe(version);
      expect(await imageOf(database)).toBe(`questdb/questdb:${version}`);
      expect(await database.rows()).toEqual(database.written);
      await expectListOf(database, version);
    }
    expect(await eventsOf(database, 'UpgradeStarted')).toContain('From 9.2.3 to 9.3.4.');
    expect(await eventsOf(database, 'Upgraded')).toContain('The database runs 9.3.4.');
  });

  it('does not go down or to another major one; the database goes on', async () => {
    const database = await create('down', '9.3.4');
    await database.write();
    const uid = (await database.pod())?.metadata.uid;
    for (const [version, reason] of [
      ['9.2.3', 'DowngradeRefused'],
      ['10.0.0', 'MajorVersionRefused'],
    ] as const) {
      await database.change({ version });
      expect(await database.says('Ready', reason)).toContain('It goes on with the version it has');
      await database.says('Stalled', reason);
      expect(await database.rows()).toEqual(database.written);
    }
    await database.change({ version: '9.3.4' });
    await database.waitUntilReady();
    expect((await database.pod())?.metadata.uid).toBe(uid);
  });

  it('that does not start is told in the words of the pod, and may be taken back', async () => {
    const database = await create('failed', '9.2.3');
    await database.write();
    await database.change({ version: '9.9.9' });
    expect(await database.says('Upgrading', 'ImagePullBackOff', 120)).toContain('From 9.2.3 to 9.9.9.');
    expect(await database.says('Ready', 'ImagePullBackOff')).toContain('questdb/questdb:9.9.9');
    await database.change({ version: '9.2.3' });
    await database.waitUntilReady();
    expect(await database.rows()).toEqual(database.written);
    await database.change({ version: '9.3.4' });
    await database.waitUntilReady();
    expect(await database.rows()).toEqual(database.written);
  });
});

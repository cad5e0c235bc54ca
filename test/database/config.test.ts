import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { createDatabase, type Database, type DatabaseSpec } from '../harness/questdb.ts';

const cluster = useCluster('process');

const create = async (name: string, spec: DatabaseSpec = {}): Promise<Database> => {
  const database = createDatabase(cluster(), await cluster().namespace(`config-${name}`), name, {
    node: undefined,
    ...spec,
  });
  await database.apply();
  return database;
};

const podUidOf = async (database: Database) => (await database.pod())?.metadata.uid;

const valueOf = async (database: Database, key: string) =>
  (await database.sql(`select value from (show parameters) where property_path = '${key}'`))[0]?.[0];

describe.concurrent('the configuration of a database', () => {
  it('is taken over while it runs where QuestDB can, also when a key is removed', async () => {
    const config = { 'cairo.max.uncommitted.rows': '400000' };
    const database = await create('reload', { config });
    await database.waitUntilReady();
    const pod = await podUidOf(database);

    await database.change({ config: { ...config, 'pg.net.connection.limit': '77', 'query.tracing.enabled': 'true' } });
    await database.waitUntilReady();
    expect(await valueOf(database, 'pg.net.connection.limit')).toBe('77');
    expect(await valueOf(database, 'query.tracing.enabled')).toBe('true');
    await database.says('ConfigAccepted', 'ConfigApplied');

    await database.change({ config });
    await database.waitUntilReady();
    expect(await valueOf(database, 'pg.net.connection.limit')).toBe('64');
    expect(await valueOf(database, 'cairo.max.uncommitted.rows')).toBe('400000');
    expect(await podUidOf(database)).toBe(pod);
  });

  it('is taken over by exactly one restart where it cannot', async () => {
    const database = await create('restart');
    await database.waitUntilReady();
    await database.write();
    const pods = new Set([await podUidOf(database)]);

    await database.change({
      config: { 'cairo.max.uncommitted.rows': '300000', 'query.timeout': '90s', 'query.tracing.enabled': 'true' },
    });
    await eventually(async () => {
      const ready = (await database.find('QuestDB'))?.status?.conditions?.find(({ type }) => type === 'Ready');
      pods.add(await podUidOf(database));
      expect(ready).toMatchObject({ status: 'True', observedGeneration: 2 });
    }, 120);

    expect(pods.size - (pods.has(undefined) ? 1 : 0)).toBe(2);
    expect(await valueOf(database, 'query.timeout')).toBe('90s');
    expect(await valueOf(database, 'query.tracing.enabled')).toBe('true');
    expect(await database.rows()).toEqual(database.written);
  });

  it('may have keys that QuestDB does not know, and says which', async () => {
    const database = await create('unknown', { config: { 'cairo.no.such.key': '1', 'a.value.of.paths': 'C:\\x' } });
    await database.waitUntilReady();
    expect(await database.says('ConfigAccepted', 'UnknownKeys')).toContain('a.value.of.paths, cairo.no.such.key');
  });

  it('with a value that QuestDB refuses does not come up, says why, and comes up when it is mended', async () => {
    const database = await create('refused', { config: { 'query.timeout': 'soon' } });
    expect(await database.says('Ready', 'CrashLoopBackOff', 120)).toContain(
      'invalid configuration value [key=query.timeout, value=soon]',
    );
    await database.change({ config: { 'query.timeout': '100s' } });
    await database.waitUntilReady();
    expect(await valueOf(database, 'query.timeout')).toBe('100s');
  });
});

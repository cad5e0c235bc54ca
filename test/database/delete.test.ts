import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { createDatabase, type Database } from '../harness/questdb.ts';

const cluster = useCluster('process');

const RETAINED = 'questdb-fleet.dev/retained';

const createWithRows = async (namespace: string, name: string): Promise<Database> => {
  const database = createDatabase(cluster(), await cluster().namespace(namespace), name);
  await database.apply();
  await database.waitUntilReady();
  await database.write();
  return database;
};

const volumeIdOf = async (database: Database): Promise<string> =>
  ((await database.find('QuestDB'))?.status as { volume: { volumeId: string } }).volume.volumeId;

const uidOf = async (database: Database, kind: string, name: string, apiVersion?: string) =>
  (await database.find(kind, name, apiVersion))?.metadata.uid;

/** The claim is there, marked as kept, and nobody's; the database's one instance is no more. */
const expectDataKeptAndInstanceGone = async (database: Database, claimUid: string | undefined): Promise<void> => {
  const claim = await database.claim();
  expect(claim?.metadata.uid).toBe(claimUid);
  expect(claim?.metadata.deletionTimestamp).toBeUndefined();
  expect(claim?.metadata.ownerReferences).toBeUndefined();
  await eventually(async () => {
    expect((await database.claim())?.metadata.labels?.[RETAINED]).toBe('true');
    const states = (await database.instances()).map(({ state }) => state);
    expect(states).toEqual(['terminated']);
    expect(await database.pod()).toBeUndefined();
    expect(await database.find('StatefulSet', database.name, 'apps/v1')).toBeUndefined();
  }, 60);
};

describe.concurrent('a deleted database', () => {
  it.each(['background', 'foreground'])('by --cascade=%s keeps its data and loses its instance', async (cascade) => {
    const database = await createWithRows(`delete-${cascade}`, 'trades');
    const claimUid = (await database.claim())?.metadata.uid;
    const volumeId = await volumeIdOf(database);
    await database.remove(`--cascade=${cascade}`);
    await expectDataKeptAndInstanceGone(database, claimUid);
    const kept = await cluster().kubectl.run('get', 'pvc', '-l', RETAINED, '-n', database.namespace, '-o', 'name');
    expect(kept.trim()).toBe('persistentvolumeclaim/trades-data');

    await database.apply();
    await database.waitUntilReady();
    expect(await database.rows()).toEqual(database.written);
    expect(await volumeIdOf(database)).toBe(volumeId);
    expect((await database.claim())?.metadata.labels?.[RETAINED]).toBeUndefined();
    expect(await database.liveInstances()).toHaveLength(1);
  });

  it('by --cascade=orphan goes on serving, and the same manifest takes it over as it is', async () => {
    const database = await createWithRows('delete-orphan', 'trades');
    const before = await database.find('QuestDB');
    const node = (before?.status as { node: { name: string } }).node.name;
    const children = [
      ['Pod', 'trades-0', 'v1'],
      ['StatefulSet', 'trades', 'apps/v1'],
      ['QuestDBVolume', 'trades', undefined],
      ['QuestDBNode', node, undefined],
      ['PersistentVolumeClaim', 'trades-data', 'v1'],
    ] as const;
    const uids = () => Promise.all(children.map(([kind, name, api]) => uidOf(database, kind, name, api)));
    const uidsBefore = await uids();
    const [instance] = await database.instances();

    await database.remove('--cascade=orphan');
    expect(await database.exists()).toBe(false);
    expect(await uids()).toEqual(uidsBefore);
    expect(await database.rows()).toEqual(database.written);

    await database.apply();
    await database.waitUntilReady();
    expect(await uids()).toEqual(uidsBefore);
    expect(await database.rows()).toEqual(database.written);
    expect(await database.instances()).toMatchObject([{ instanceId: instance?.instanceId, state: 'running' }]);
    const uid = (await database.find('QuestDB'))?.metadata.uid;
    for (const [kind, name, api] of children.slice(1, 4)) {
      const owners = (await database.find(kind, name, api))?.metadata.ownerReferences;
      expect(owners, kind).toMatchObject([{ kind: 'QuestDB', uid, controller: true }]);
    }
  });

  it('is not deleted with its namespace by mistake; by somebody who means it it is, and is back with the same rows when both are made again', async () => {
    const database = await createWithRows('delete-namespace', 'trades');
    const volumeId = await volumeIdOf(database);
    const { kubectl } = cluster();
    await expect(kubectl.run('delete', 'namespace', database.namespace)).rejects.toThrow('holds data of QuestDB');
    expect(await database.rows()).toEqual(database.written);

    await kubectl.deleteConfirmed('namespace', database.namespace, '--timeout=150s');
    await eventually(async () => {
      expect((await database.instances()).map(({ state }) => state)).toEqual(['terminated']);
    }, 60);

    await cluster().namespace('delete-namespace');
    await database.apply();
    await database.waitUntilReady();
    expect(await database.rows()).toEqual(database.written);
    expect(await volumeIdOf(database)).toBe(volumeId);
  });
});

const DELETING = { storage: { deletionPolicy: 'Delete' } } as const;

/** What became of every volume, in the order in which it did. */
const deletedVolumes = async (): Promise<string[]> =>
  (await cluster().simulator.journal()).flatMap(({ effects }) =>
    effects.filter(({ effect }) => effect === 'volume-deleted').map(({ id }) => id),
  );

describe.concurrent('a database that is deleted with its data', () => {
  it.each(['background', 'foreground'])('by --cascade=%s, once confirmed, loses that one volume', async (cascade) => {
    const namespace = await cluster().namespace(`delete-data-${cascade}`);
    const { kubectl, simulator } = cluster();
    const [neighbour, database] = [
      createDatabase(cluster(), namespace, 'quotes', { node: undefined }),
      createDatabase(cluster(), namespace, 'trades', DELETING),
    ];
    await Promise.all([neighbour.apply(), database.apply()]);
    await Promise.all([neighbour.waitUntilReady(), database.waitUntilReady()]);
    await Promise.all([neighbour.write(), database.write()]);
    const volumeId = await volumeIdOf(database);

    await expect(database.remove()).rejects.toThrow('questdb-fleet.dev/confirm-delete=trades');
    expect(await database.rows()).toEqual(database.written);

    const flags = ['-n', namespace, '--timeout=120s', `--cascade=${cascade}`];
    await kubectl.deleteConfirmed('questdb', database.name, ...flags);
    expect(await simulator.volume(volumeId)).toBeUndefined();
    expect(await database.claim()).toBeUndefined();
    expect(await deletedVolumes()).toContain(volumeId);
    expect(await deletedVolumes()).not.toContain(await volumeIdOf(neighbour));
    expect(await neighbour.rows()).toEqual(neighbour.written);
    const events = await kubectl.run(
      'get',
      'events',
      '-n',
      namespace,
      '--field-selector=reason=DeletingData',
      '-o',
      'name',
    );
    expect(events).toContain('event/trades.');

    // It is gone: the same manifest is an empty database.
    await database.apply();
    await database.waitUntilReady();
    expect(await volumeIdOf(database)).not.toBe(volumeId);
    await expect(database.rows()).rejects.toThrow('does not exist');
  });

  it('keeps it when the policy went back to Retain, or is left by its owner', async () => {
    const database = createDatabase(cluster(), await cluster().namespace('delete-data-not'), 'trades', DELETING);
    await database.apply();
    await database.waitUntilReady();
    await database.write();
    const volumeId = await volumeIdOf(database);
    // The QuestDBVolume alone says nothing about the data.
    await cluster().kubectl.run('delete', 'questdbvolume', database.name, '-n', database.namespace, '--timeout=60s');
    await database.becomesReady();
    await database.changeStorage({ deletionPolicy: 'Retain' });
    await database.remove();
    expect((await database.claim())?.metadata.labels?.[RETAINED]).toBe('true');
    await database.apply();
    await database.waitUntilReady();
    expect(await database.rows()).toEqual(database.written);
    expect(await volumeIdOf(database)).toBe(volumeId);
  });
});

import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { createDatabase, type Database, type DatabaseSpec } from '../harness/questdb.ts';

const cluster = useCluster('process');

const createWithRows = async (name: string, spec: DatabaseSpec = {}): Promise<Database> => {
  const database = createDatabase(cluster(), await cluster().namespace(`growth-${name}`), name, spec);
  await database.apply();
  await database.waitUntilReady();
  await database.write();
  return database;
};

const volumeIdOf = async (database: Database): Promise<string> =>
  ((await database.find('QuestDB'))?.status as { volume: { volumeId: string } }).volume.volumeId;

const podUidOf = async (database: Database) => (await database.pod())?.metadata.uid;

const capacityOf = async (database: Database) =>
  ((await database.claim())?.status as { capacity?: { storage: string } } | undefined)?.capacity?.storage;

/** The changes EC2 took for the volume. */
const changesOf = async (volumeId: string) =>
  (await cluster().simulator.journal()).filter(
    ({ action, outcome, ids }) => action === 'ModifyVolume' && outcome === 'ok' && ids.includes(volumeId),
  );

const eventsOf = async ({ namespace }: Database, reason: string): Promise<string> =>
  cluster().kubectl.run('get', 'events', '-n', namespace, '--field-selector', `reason=${reason}`, '-o', 'wide');

describe.concurrent('a volume grows', () => {
  it('with IOPS and throughput in one change, under a database that goes on', async () => {
    const database = await createWithRows('online');
    const volumeId = await volumeIdOf(database);
    const podUid = await podUidOf(database);

    await database.changeStorage({ size: '40Gi', iops: 6000, throughput: 500 });
    await database.waitUntilReady();

    expect(await database.rows()).toEqual(database.written);
    await database.sql("INSERT INTO visits VALUES (now(), 'after', 4)");
    await eventually(async () => expect(await database.rows()).toHaveLength(4), 20);
    expect(await podUidOf(database)).toBe(podUid);
    expect(await capacityOf(database)).toBe('40Gi');
    expect(await cluster().simulator.volume(volumeId)).toMatchObject({ size: 40, iops: 6000, throughput: 500 });
    expect(await changesOf(volumeId)).toHaveLength(1);
    expect((await database.find('QuestDB'))?.status).toMatchObject({ volume: { volumeId, size: '40Gi' } });
    expect(await eventsOf(database, 'Resized')).toContain('The volume has 40Gi, 6000 IOPS, 500 MiB/s.');
  });

  it('while no machine can be had for its pod, and its file system when there is one', async () => {
    const node = { instanceType: 'r6i.xlarge' };
    const database = await createWithRows('down', { node });
    const volumeId = await volumeIdOf(database);
    const { simulator } = cluster();
    const [instance] = await database.liveInstances();
    const room = { ...node, zone: instance?.zone };
    await simulator.command('capacity', { ...room, available: 0 });
    await simulator.command('terminate-instance', { id: instance?.instanceId });
    await eventually(async () => expect(await database.liveInstances()).toEqual([]), 60);

    await database.changeStorage({ size: '40Gi' });
    expect(await database.says('Resizing', 'FileSystemResizePending')).toContain(volumeId);
    expect(await simulator.volume(volumeId)).toMatchObject({ size: 40 });
    expect(await capacityOf(database)).toBe('20Gi');

    await simulator.command('capacity', { ...room, available: 10 });
    await database.waitUntilReady();
    expect(await capacityOf(database)).toBe('40Gi');
    expect(await database.rows()).toEqual(database.written);
    expect(await changesOf(volumeId)).toHaveLength(1);
  });

  it('four times a day; the fifth time waits, says until when, and can be taken back', async () => {
    const database = await createWithRows('often');
    const volumeId = await volumeIdOf(database);
    for (const size of ['21Gi', '22Gi', '23Gi', '24Gi']) {
      await database.changeStorage({ size });
      await database.waitUntilReady();
    }
    await database.changeStorage({ size: '25Gi' });
    await eventually(async () => {
      // First EC2 may still be at work on the fourth change, which is told for the same reason.
      expect(await database.says('Resizing', 'ModificationLimited')).toMatch(
        /VolumeModificationRateExceeded.*Tried again at 20\d\d-/,
      );
    }, 60);
    expect(await changesOf(volumeId)).toHaveLength(4);
    expect(await database.rows()).toEqual(database.written);

    await database.changeStorage({ size: '24Gi' });
    await database.waitUntilReady();
    expect(await capacityOf(database)).toBe('24Gi');
    expect(await changesOf(volumeId)).toHaveLength(4);
  });

  it('again when EC2 took the change and failed, at the time that was said', async () => {
    const database = await createWithRows('failed');
    const volumeId = await volumeIdOf(database);
    await cluster().simulator.command('fail-modification', { id: volumeId, message: 'No luck.' });
    await database.changeStorage({ size: '40Gi' });
    expect(await database.says('Resizing', 'ModificationFailed')).toMatch(
      /No luck\..*as it was\. Tried again at 20\d\d-/,
    );
    expect(await database.rows()).toEqual(database.written);
    await database.waitUntilReady();
    expect(await capacityOf(database)).toBe('40Gi');
    expect(await changesOf(volumeId)).toHaveLength(2);
    expect(await database.rows()).toEqual(database.written);
  });

  it('is told that a type cannot have it, and the database goes on', async () => {
    const database = await createWithRows('limits');
    await expect(database.changeStorage({ iops: 10_001 })).rejects.toThrow('at most 500 per GiB');
    await database.changeStorage({ throughput: 1000 });
    expect(await database.says('Stalled', 'VolumeLimitExceeded')).toContain('at most 750 MiB/s');
    expect(await database.rows()).toEqual(database.written);
    await database.changeStorage({});
    await database.waitUntilReady();
    expect(await changesOf(await volumeIdOf(database))).toEqual([]);
  });
});

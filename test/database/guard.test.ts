import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import type { Stored } from '../harness/kubectl.ts';
import { createDatabase, READY_SECONDS, type Database } from '../harness/questdb.ts';

const cluster = useCluster('process');

const createWithRows = async (name: string): Promise<Database> => {
  const database = createDatabase(cluster(), await cluster().namespace(`guard-${name}`), name);
  await database.apply();
  await database.waitUntilReady();
  await database.write();
  return database;
};

const volumeIdOf = async (database: Database): Promise<string> =>
  ((await database.find('QuestDB'))?.status as { volume: { volumeId: string } }).volume.volumeId;

const volumeNameOf = async (database: Database): Promise<string> =>
  (await database.claim())?.spec?.volumeName as string;

const persistentVolume = async (name: string): Promise<Stored | undefined> =>
  (await cluster().kubectl.list('pv')).find(({ metadata }) => metadata.name === name);

const deleteClaim = ({ namespace, name }: Database, ...flags: string[]): Promise<string> =>
  cluster().kubectl.deleteConfirmed('pvc', `${name}-data`, '-n', namespace, ...flags);

const expectSameData = async (database: Database, volumeId: string): Promise<void> => {
  expect(await database.rows()).toEqual(database.written);
  expect(await volumeIdOf(database)).toBe(volumeId);
};

describe.concurrent('data is found again', () => {
  it('when somebody deletes the claim under the database, which serves on and has another claim after its next start', async () => {
    const database = await createWithRows('claim');
    const volumeId = await volumeIdOf(database);
    const before = await database.claim();
    await deleteClaim(database, '--wait=false');
    expect(await database.says('VolumeReady', 'ClaimTerminating')).toContain('Its volume is kept');
    expect(await database.rows()).toEqual(database.written);

    await cluster().kubectl.run('delete', 'pod', `${database.name}-0`, '-n', database.namespace, '--timeout=120s');
    await eventually(async () => {
      const claim = await database.claim();
      expect(claim?.metadata.uid).not.toBe(before?.metadata.uid);
      expect(claim?.status).toMatchObject({ phase: 'Bound' });
    }, 60);
    await database.becomesReady();
    await expectSameData(database, volumeId);
  });

  it('when the claim is deleted while there is no database, which leaves the PersistentVolume Released', async () => {
    const database = await createWithRows('released');
    const volumeId = await volumeIdOf(database);
    const volumeName = await volumeNameOf(database);
    await database.remove();
    await deleteClaim(database, '--timeout=60s');
    await eventually(async () => {
      expect((await persistentVolume(volumeName))?.status).toMatchObject({ phase: 'Released' });
    }, 60);

    await database.apply();
    await database.waitUntilReady();
    await expectSameData(database, volumeId);
    expect(await volumeNameOf(database)).toBe(volumeName);
  });

  it('when somebody forces the PersistentVolume away, which is made anew for the same claim', async () => {
    const database = await createWithRows('lost');
    const volumeId = await volumeIdOf(database);
    const name = await volumeNameOf(database);
    const before = await persistentVolume(name);
    const { kubectl } = cluster();
    await kubectl.deleteConfirmed('pv', name, '--wait=false');
    await kubectl.run('patch', 'pv', name, '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
    await eventually(async () => {
      const made = await persistentVolume(name);
      expect(made?.metadata.uid).not.toBe(before?.metadata.uid);
      expect(made?.status).toMatchObject({ phase: 'Bound' });
      expect((await database.claim())?.status).toMatchObject({ phase: 'Bound' });
    }, READY_SECONDS);
    await database.becomesReady();
    await expectSameData(database, volumeId);

    // What was made anew can be attached, and can grow.
    await kubectl.run('delete', 'pod', `${database.name}-0`, '-n', database.namespace, '--timeout=120s');
    await database.changeStorage({ size: '40Gi' });
    await database.waitUntilReady();
    await expectSameData(database, volumeId);
    expect((await database.claim())?.status).toMatchObject({ capacity: { storage: '40Gi' } });
  });
});

describe('data that is lost in EC2', () => {
  it('is said to be, and nothing empty is put in its place, also when all that named it is gone', async () => {
    const database = await createWithRows('gone');
    const volumeId = await volumeIdOf(database);
    const { simulator, kubectl } = cluster();
    await simulator.command('delete-volume', { id: volumeId });
    expect(await database.says('VolumeReady', 'VolumeMissing')).toContain(volumeId);
    expect(await database.says('Stalled', 'VolumeMissing')).toContain('No other volume is put in its place');

    await kubectl.run('delete', 'questdbvolume', database.name, '-n', database.namespace, '--timeout=60s');
    expect(await database.says('VolumeReady', 'VolumeMissing')).toContain(volumeId);
    const { volumes } = await simulator.state();
    expect(volumes.filter(({ tags }) => tags['questdb-fleet.dev/database'] === database.name)).toEqual([]);
  });
});

import { existsSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { createDatabase, type Database, type DatabaseSpec } from '../harness/questdb.ts';

const cluster = useCluster('process');

const volumeIdOf = async (database: Database): Promise<string> =>
  ((await database.find('QuestDB'))?.status as { volume: { volumeId: string } }).volume.volumeId;

/** Where what is on the simulated disk lies on this machine. */
const diskOf = (volumeId: string): string => join(cluster().settings.paths.volumes, volumeId);

const treeOf = async (volumeId: string): Promise<string[]> =>
  (await readdir(diskOf(volumeId), { recursive: true })).sort();

/** A database with rows, deleted so that its claim, or only its EBS volume, is left. */
const leaveVolume = async (
  namespace: string,
  keepClaim: boolean,
): Promise<{ volumeId: string; written: unknown[] }> => {
  const { kubectl, simulator } = cluster();
  const old = createDatabase(cluster(), namespace, 'old', { node: undefined });
  await old.apply();
  await old.waitUntilReady();
  await old.write();
  const volumeId = await volumeIdOf(old);
  const volumeName = (await old.claim())?.spec?.volumeName as string;
  await old.remove();
  await eventually(async () => expect(await simulator.volume(volumeId)).toMatchObject({ state: 'available' }), 60);
  if (!keepClaim) {
    await kubectl.deleteConfirmed('pvc', 'old-data', '-n', namespace, '--timeout=60s');
    await kubectl.deleteConfirmed('pv', volumeName, '--timeout=60s');
  }
  return { volumeId, written: old.written };
};

/** As a chart before 1.0 left it: what is in db/ lies at the root of the volume, and nothing else. */
const makeDbOnly = async (volumeId: string): Promise<void> => {
  const disk = diskOf(volumeId);
  const aside = `${disk}.aside`;
  await rename(disk, aside);
  await mkdir(disk);
  for (const name of await readdir(join(aside, 'db'))) await rename(join(aside, 'db', name), join(disk, name));
};

const takeOver = (namespace: string, name: string, from: NonNullable<DatabaseSpec['storage']>['from']): Database =>
  createDatabase(cluster(), namespace, name, { node: undefined, storage: { ...(from === undefined ? {} : { from }) } });

const podUidOf = async (database: Database) => (await database.pod())?.metadata.uid;

describe.concurrent('a volume of an older installation', () => {
  it('with the root directory is taken over by its claim; once it is bound the manifest may forget where it came from', async () => {
    const namespace = await cluster().namespace('layout-root');
    const { volumeId, written } = await leaveVolume(namespace, true);
    const database = takeOver(namespace, 'trades', { claimName: 'old-data' });
    await database.apply();
    await database.waitUntilReady();
    expect(await database.rows()).toEqual(written);
    expect(await volumeIdOf(database)).toBe(volumeId);

    const before = await podUidOf(database);
    await cluster().kubectl.apply({
      ...database.manifest,
      spec: { ...database.manifest.spec, storage: { size: '20Gi' } },
    });
    await database.waitUntilReady();
    expect(await podUidOf(database)).toBe(before);
    expect(await database.rows()).toEqual(written);
  });

  it('with db/ alone is refused as long as the manifest says otherwise, untouched, and taken over when it is corrected', async () => {
    const namespace = await cluster().namespace('layout-db');
    const { volumeId, written } = await leaveVolume(namespace, false);
    await makeDbOnly(volumeId);
    const tree = await treeOf(volumeId);
    const database = takeOver(namespace, 'trades', { volumeHandle: volumeId });
    await database.apply();
    expect(await database.says('Ready', 'LayoutMismatch', 120)).toContain('spec.storage.from.layout to DbOnly');
    expect(await treeOf(volumeId)).toEqual(tree);

    await database.changeStorage({ from: { volumeHandle: volumeId, layout: 'DbOnly' } });
    await database.waitUntilReady();
    expect(await database.rows()).toEqual(written);
    await database.sql("INSERT INTO visits VALUES (now(), 'after', 4)");
    await eventually(async () => expect(await database.rows()).toHaveLength(4), 20);
    expect((await cluster().simulator.volume(volumeId))?.tags).toMatchObject({ 'questdb-fleet.dev/layout': 'DbOnly' });

    // The layout is known from the data, whatever becomes of the objects: with another start, and from the EBS volume alone.
    await cluster().kubectl.run('delete', 'pod', 'trades-0', '-n', namespace, '--timeout=120s');
    await database.becomesReady();
    expect(await database.rows()).toHaveLength(4);
    expect(existsSync(join(diskOf(volumeId), 'db'))).toBe(false);
  });

  it('with the root directory is not started as db/ alone', async () => {
    const namespace = await cluster().namespace('layout-wrong');
    const { volumeId, written } = await leaveVolume(namespace, true);
    const tree = await treeOf(volumeId);
    const database = takeOver(namespace, 'trades', { claimName: 'old-data', layout: 'DbOnly' });
    await database.apply();
    expect(await database.says('Ready', 'LayoutMismatch', 120)).toContain('spec.storage.from.layout to Root');
    expect(await treeOf(volumeId)).toEqual(tree);
    await database.changeStorage({ from: { claimName: 'old-data', layout: 'Root' } });
    await database.waitUntilReady();
    expect(await database.rows()).toEqual(written);
  });
});

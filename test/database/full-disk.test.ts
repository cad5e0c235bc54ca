import { open, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { createDatabase, type Database } from '../harness/questdb.ts';

const cluster = useCluster('process');

const BYTES_PER_GIB = 32 * 1024 ** 2;

/** A volume of this class has so many bytes for each GiB, and not one more: its file system is a real one (docs/local-cluster.md). */
const SIZED = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'sized' },
  provisioner: 'ebs.csi.aws.com',
  parameters: { type: 'gp3', tagSpecification_1: `questdb-fleet.local/bytes-per-gib=${BYTES_PER_GIB}` },
  volumeBindingMode: 'WaitForFirstConsumer',
  allowVolumeExpansion: true,
  reclaimPolicy: 'Retain',
};

const BATCH = 500_000;
const MOST_BATCHES = 200;

const volumeIdOf = async (database: Database): Promise<string> =>
  ((await database.find('QuestDB'))?.status as { volume: { volumeId: string } }).volume.volumeId;

const bytesOn = async (volumeId: string): Promise<{ size: number; free: number }> => {
  const { bsize, blocks, bavail } = await statfs(join(cluster().settings.paths.volumes, volumeId));
  return { size: bsize * blocks, free: bsize * bavail };
};

/** Takes all the room there is on the volume. */
const leaveNoRoom = async (volumeId: string): Promise<void> => {
  const file = await open(join(cluster().settings.paths.volumes, volumeId, 'backup.tar'), 'a');
  try {
    for (const size of [1024 ** 2, 4096]) {
      while (
        await file.write(Buffer.alloc(size)).then(
          ({ bytesWritten }) => bytesWritten === size,
          () => false,
        )
      );
    }
  } finally {
    await file.close();
  }
};

/** Writes until the database refuses; answers how many rows it took, and its words. */
const fill = async (database: Database): Promise<{ taken: number; refusal: string }> => {
  await database.sql('CREATE TABLE filler (ts TIMESTAMP, a LONG, b LONG, c LONG) TIMESTAMP(ts) PARTITION BY DAY WAL');
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    try {
      const rows = `SELECT dateadd('s', x::int, to_timestamp('2026-01-01', 'yyyy-MM-dd')), x, x, x FROM long_sequence(${BATCH})`;
      await database.sql(`INSERT INTO filler ${rows}`);
    } catch (error) {
      return { taken: batch * BATCH, refusal: String(error) };
    }
  }
  throw new Error('the disk did not get full');
};

describe('a full disk', () => {
  it('grows under a database that cannot run on it, and no row is lost', async () => {
    const { kubectl } = cluster();
    await kubectl.apply(SIZED);
    const namespace = await cluster().namespace('full-disk');
    const database = createDatabase(cluster(), namespace, 'trades', {
      node: undefined,
      storage: { size: '20Gi', storageClassName: 'sized' },
    });
    await database.apply();
    await database.waitUntilReady();
    await database.write();
    const volumeId = await volumeIdOf(database);
    const { taken, refusal } = await fill(database);
    expect(refusal).toContain('No space left');
    // What is left, and what the engine gives back to the file system when it stops, goes too: a backup, say, that nobody took away.
    await leaveNoRoom(volumeId);
    await kubectl.run('delete', 'pod', 'trades-0', '-n', namespace, '--wait=false');
    const crash = await eventually(async () => {
      await leaveNoRoom(volumeId);
      return database.says('Ready', 'CrashLoopBackOff', 1);
    }, 120);
    expect(crash).toContain('could not write');
    expect((await bytesOn(volumeId)).free).toBe(0);

    await database.changeStorage({ size: '40Gi' });
    await database.waitUntilReady();
    expect((await bytesOn(volumeId)).size).toBe(40 * BYTES_PER_GIB);
    expect(await database.rows()).toEqual(database.written);
    // What it took before is applied after the start.
    await eventually(async () => expect(await database.sql('SELECT count() FROM filler')).toEqual([[taken]]), 60);
    await database.sql("INSERT INTO visits VALUES (now(), 'after', 4)");
    await eventually(async () => expect(await database.rows()).toHaveLength(4), 20);
  });
});

import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVolumeIn, GIB, openDriver, type TestDriver } from './driver.ts';

let driver: TestDriver;
let volumeId: string;
beforeAll(async () => {
  driver = await openDriver();
  volumeId = await createVolumeIn(driver, 'pvc-node');
});
afterAll(() => driver.close());

const paths = (machine: string) => ({
  volume_id: volumeId,
  staging_target_path: join(driver.folder, machine, 'globalmount'),
  publish_context: { devicePath: '/dev/xvdaa' },
});
const target = (machine: string) => ({ ...paths(machine), target_path: join(driver.folder, machine, 'pod', 'mount') });

describe('the node service', () => {
  it('shows the volume where it is published, and the data on the next machine', async () => {
    for (const machine of ['one', 'two']) {
      await driver.call('NodeStageVolume', paths(machine));
      await driver.call('NodeStageVolume', paths(machine));
      await driver.call('NodePublishVolume', target(machine));
      await driver.call('NodePublishVolume', target(machine));
      const file = join(driver.folder, machine, 'pod', 'mount', 'rows');
      if (machine === 'one') await writeFile(file, 'kept');
      expect(await readFile(file, 'utf8')).toBe('kept');
      for (const method of ['NodeUnpublishVolume', 'NodeUnstageVolume']) {
        await driver.call(method, target(machine));
        await driver.call(method, target(machine));
      }
      expect(await readdir(join(driver.folder, machine))).toEqual(['pod']);
      expect(await readdir(join(driver.folder, machine, 'pod'))).toEqual([]);
    }
  });

  it('publishes nothing that is not staged, and stages nothing that is not attached', async () => {
    await expect(driver.call('NodePublishVolume', target('three'))).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
    });
    await expect(driver.call('NodeStageVolume', { ...paths('three'), publish_context: {} })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
  });

  it('never removes a folder that is no mount', async () => {
    const folder = join(driver.folder, 'four', 'pod', 'mount');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'rows'), 'kept');
    await expect(driver.call('NodeUnpublishVolume', target('four'))).rejects.toThrow('is no mount');
    expect(await readFile(join(folder, 'rows'), 'utf8')).toBe('kept');
  });

  it('knows the size of the volume and what is used of it', async () => {
    await driver.call('NodeStageVolume', paths('five'));
    type Stats = { usage: { total: number; used: number }[] };
    const { usage } = await driver.call<Stats>('NodeGetVolumeStats', { volume_id: volumeId, volume_path: '/x' });
    expect(usage[0]?.total).toBe(20 * GIB);
    expect(usage[0]?.used).toBeGreaterThan(0);
    const expand = { volume_id: volumeId, volume_path: '/x', capacity_range: { required_bytes: GIB } };
    expect(await driver.call('NodeExpandVolume', expand)).toMatchObject({ capacity_bytes: 20 * GIB });
  });
});

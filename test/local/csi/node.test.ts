import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeVolumesCommand, ModifyVolumeCommand } from '@aws-sdk/client-ec2';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ZONE_KEY } from '../../../local/csi/names.ts';
import { createRequest, createVolumeIn, GIB, openDriver, type TestDriver } from './driver.ts';

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

  it('gives a volume its size where its class says so, which it keeps from machine to machine and grows', async () => {
    const zone = { accessibility_requirements: { preferred: [{ segments: { [ZONE_KEY]: 'eu-west-1a' } }] } };
    const parameters = { type: 'gp3', tagSpecification_1: 'questdb-fleet.local/bytes-per-gib=65536' };
    const request = createRequest('pvc-sized', { ...zone, parameters, capacity_range: { required_bytes: 2 * GIB } });
    const sized = (await driver.call<{ volume: { volume_id: string } }>('CreateVolume', request)).volume.volume_id;
    const at = { ...paths('six'), volume_id: sized };
    await driver.call('NodeStageVolume', at);
    const file = join(at.staging_target_path, 'rows');
    await writeFile(file, Buffer.alloc(65_536));
    await expect(writeFile(join(at.staging_target_path, 'more'), Buffer.alloc(100_000))).rejects.toThrow('ENOSPC');

    await driver.ec2.send(new ModifyVolumeCommand({ VolumeId: sized, Size: 4 }));
    await vi.waitFor(async () => {
      const { Volumes } = await driver.ec2.send(new DescribeVolumesCommand({ VolumeIds: [sized] }));
      expect(Volumes?.[0]?.Size).toBe(4);
    });
    await driver.call('NodeExpandVolume', { volume_id: sized, volume_path: '/x', capacity_range: null });
    await writeFile(join(at.staging_target_path, 'more'), Buffer.alloc(100_000));
    await driver.call('NodeUnstageVolume', at);
    const next = { ...paths('seven'), volume_id: sized };
    await driver.call('NodeStageVolume', next);
    expect((await readdir(next.staging_target_path)).sort()).toEqual(['more', 'rows']);
    await driver.call('NodeUnstageVolume', next);
    await driver.call('DeleteVolume', { volume_id: sized });
    expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(sized);
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

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBlockStorage } from '../../hooks/aws/volumes.ts';
import type { BlockStorage } from '../../hooks/questdbvolume/ports.ts';
import { CLUSTER_NAME } from './objects.ts';
import { createVolume } from './volumes.ts';
import { openWire, type Wire } from './wire.ts';

const SETTINGS = { modifyingSeconds: 10, optimizingSeconds: 3600, shuffle: false };
const IDENTITY = { namespace: 'tenants', database: 'orders' };

let wire: Wire;
let storage: BlockStorage;
beforeEach(async () => {
  wire = await openWire(SETTINGS);
  const { clients, now } = wire;
  const ages = { snapshotMaxAgeSeconds: 10, volumeCheckSeconds: 300 };
  storage = createBlockStorage({ clients, clusterName: CLUSTER_NAME, ...ages, now });
});
afterEach(() => wire.close());

const calls = (action: string): number => wire.simulator.model.calls[action] ?? 0;

const aVolume = async (): Promise<string> => {
  const volumeId = createVolume(wire.simulator.model);
  await storage.tag(volumeId, IDENTITY, {});
  return volumeId;
};

describe('a change of a volume', () => {
  it('is size, IOPS and throughput in one call, and can be used before it is over', async () => {
    const volumeId = await aVolume();
    const wish = { sizeGiB: 40, iops: 6000, throughput: 500 };
    expect(await storage.modify(volumeId, wish)).toEqual({ outcome: 'Accepted' });
    expect(calls('ModifyVolume')).toBe(1);
    expect(await storage.describeModification(volumeId)).toEqual({
      volumeId,
      state: 'modifying',
      target: wish,
      startedAt: `${wire.now().toISOString().slice(0, 19)}Z`,
    });
    expect(await storage.describe(volumeId)).toMatchObject({ type: 'gp3', sizeGiB: 10, iops: 3000, throughput: 125 });
    wire.simulator.advance(11);
    expect(await storage.describeModification(volumeId)).toMatchObject({ state: 'optimizing', target: wish });
    expect(await storage.describe(volumeId)).toMatchObject(wish);
    wire.simulator.advance(3600);
    expect(await storage.describeModification(volumeId)).toMatchObject({ state: 'completed', target: wish });
  });

  it('leaves out what is not asked for', async () => {
    const volumeId = await aVolume();
    await storage.modify(volumeId, { sizeGiB: 11 });
    expect(await storage.describeModification(volumeId)).toMatchObject({
      target: { sizeGiB: 11, iops: 3000, throughput: 125 },
    });
  });

  it('is none for a volume that never had one, or is not there', async () => {
    expect(await storage.describeModification(await aVolume())).toBeUndefined();
    expect(await storage.describeModification('vol-0123456789abcdef0')).toBeUndefined();
  });

  it('is one at a time, and four in a day', async () => {
    const volumeId = await aVolume();
    await storage.modify(volumeId, { sizeGiB: 11 });
    expect(await storage.modify(volumeId, { sizeGiB: 12 })).toMatchObject({
      outcome: 'NotNow',
      code: 'IncorrectModificationState',
    });
    for (const sizeGiB of [12, 13, 14]) {
      wire.simulator.advance(3611);
      expect(await storage.modify(volumeId, { sizeGiB })).toEqual({ outcome: 'Accepted' });
    }
    wire.simulator.advance(3611);
    expect(await storage.modify(volumeId, { sizeGiB: 15 })).toMatchObject({
      outcome: 'NotNow',
      code: 'VolumeModificationRateExceeded',
    });
    wire.simulator.advance(86_400);
    expect(await storage.modify(volumeId, { sizeGiB: 15 })).toEqual({ outcome: 'Accepted' });
  });

  it('is refused in EC2’s own words', async () => {
    const volumeId = await aVolume();
    expect(await storage.modify(volumeId, { sizeGiB: 9 })).toMatchObject({
      outcome: 'Refused',
      code: 'InvalidParameterValue',
      message: expect.stringContaining('smaller'),
    });
    wire.simulator.command('fail', { action: 'ModifyVolume', code: 'UnauthorizedOperation' });
    expect(await storage.modify(volumeId, { sizeGiB: 11 })).toMatchObject({
      outcome: 'Refused',
      code: 'UnauthorizedOperation',
    });
  });

  it.each(['before', 'after'] as const)('is not asked for again when the call is lost %s its effect', async (when) => {
    const volumeId = await aVolume();
    wire.simulator.command('fail', { action: 'ModifyVolume', when, code: 'ConnectionReset' });
    await expect(storage.modify(volumeId, { sizeGiB: 11 })).rejects.toMatchObject({ name: 'RetryLater' });
    expect(calls('ModifyVolume')).toBe(1);
    expect((await storage.describeModification(volumeId)) === undefined).toBe(when === 'before');
  });
});

describe('what the fleet shares', () => {
  it('is one reading of changes under way, and none of those that are over', async () => {
    const ids = await Promise.all([aVolume(), aVolume(), aVolume()]);
    for (const id of ids) await storage.modify(id, { sizeGiB: 11 });
    const seen = await Promise.all(ids.map((id) => storage.modificationUnderWay(id)));
    expect(seen.map((one) => one?.state)).toEqual(['modifying', 'modifying', 'modifying']);
    expect(calls('DescribeVolumesModifications')).toBe(1);
    wire.simulator.advance(7200);
    expect(await storage.modificationUnderWay(ids[0])).toBeUndefined();
  });

  it('is one reading of volumes; one that is not in it is read by its id', async () => {
    const volumeId = await aVolume();
    expect(await storage.describeShared(volumeId)).toMatchObject({ volumeId });
    expect(await storage.describeShared(volumeId)).toMatchObject({ volumeId });
    expect(calls('DescribeVolumes')).toBe(1);
    const later = createVolume(wire.simulator.model);
    expect(await storage.describeShared(later)).toMatchObject({ volumeId: later });
    expect(calls('DescribeVolumes')).toBe(2);
    expect(await storage.describeShared('vol-0123456789abcdef0')).toBeUndefined();
  });

  it('may be minutes old where nothing is asked of a volume', async () => {
    const volumeId = await aVolume();
    expect(await storage.glance(volumeId)).toMatchObject({ volumeId });
    wire.simulator.advance(299);
    expect(await storage.glance(volumeId)).toMatchObject({ volumeId });
    expect(calls('DescribeVolumes')).toBe(1);
    wire.simulator.advance(2);
    await storage.glance(volumeId);
    expect(calls('DescribeVolumes')).toBe(2);
    expect(await storage.glance(await aVolume()), 'it was made since').toBeUndefined();
  });
});

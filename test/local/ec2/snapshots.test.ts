import {
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DescribeSnapshotsCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, openAccount, type TestAccount } from './account.ts';

let account: TestAccount;
let volumeId: string;
beforeEach(async () => {
  account = await openAccount({ settings: { shuffle: false } });
  const volume = await account.ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: 'eu-west-1a', Size: 20, VolumeType: 'gp3', Encrypted: true }),
  );
  volumeId = volume.VolumeId ?? '';
});
afterEach(() => account.close());

const take = () =>
  account.ec2.send(
    new CreateSnapshotCommand({
      VolumeId: volumeId,
      Description: 'before the upgrade',
      TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'name', Value: 'first' }] }],
    }),
  );

const describeBy = async (input = {}) => (await account.ec2.send(new DescribeSnapshotsCommand(input))).Snapshots;

describe('snapshots', () => {
  it('are pending, completed, a source of volumes, deleted', async () => {
    expect((await errorOf(take())).name).toBe('IncorrectState');
    account.simulator.advance(1);
    const snapshot = await take();
    const id = snapshot.SnapshotId ?? '';
    expect(snapshot).toMatchObject({
      SnapshotId: expect.stringMatching(/^snap-0[0-9a-f]{16}$/),
      State: 'pending',
      Progress: '0%',
      VolumeId: volumeId,
      VolumeSize: 20,
      Encrypted: true,
      Description: 'before the upgrade',
      Tags: [{ Key: 'name', Value: 'first' }],
      StartTime: expect.any(Date),
    });
    const restore = (Size?: number) =>
      account.ec2.send(
        new CreateVolumeCommand({
          AvailabilityZone: 'eu-west-1b',
          SnapshotId: id,
          VolumeType: 'gp3',
          ...(Size && { Size }),
        }),
      );
    expect((await errorOf(restore())).name).toBe('IncorrectState');
    account.simulator.advance(3);
    expect(await describeBy({ SnapshotIds: [id] })).toMatchObject([
      { State: 'completed', Progress: '100%', CompletionTime: expect.any(Date) },
    ]);
    expect(await restore()).toMatchObject({ Size: 20, SnapshotId: id, Encrypted: true });
    expect((await errorOf(restore(10))).name).toBe('InvalidParameterValue');
    await account.ec2.send(new DeleteSnapshotCommand({ SnapshotId: id }));
    expect((await errorOf(describeBy({ SnapshotIds: [id] }))).name).toBe('InvalidSnapshot.NotFound');
  });

  it('are found by owner, tag and volume', async () => {
    account.simulator.advance(1);
    await take();
    expect(await describeBy({ OwnerIds: ['self'], Filters: [{ Name: 'tag:name', Values: ['first'] }] })).toHaveLength(
      1,
    );
    expect(await describeBy({ OwnerIds: ['amazon'] })).toEqual([]);
    expect(await describeBy({ Filters: [{ Name: 'volume-id', Values: ['vol-*'] }] })).toHaveLength(1);
    expect(await describeBy({ Filters: [{ Name: 'status', Values: ['completed'] }] })).toEqual([]);
  });
});

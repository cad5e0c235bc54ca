import {
  CreateSnapshotCommand,
  DeleteSnapshotCommand,
  DescribeSnapshotsCommand,
  type EC2Client,
  type Snapshot,
} from '@aws-sdk/client-ec2';
import { status } from '@grpc/grpc-js';
import { CsiError, ec2Code, required } from './errors.ts';
import { GIB, type CreateSnapshotRequest, type SnapshotMessage } from './messages.ts';

const NAME_TAG = 'CSIVolumeSnapshotName';

const snapshotNamed = async (ec2: EC2Client, name: string): Promise<Snapshot | undefined> => {
  const answer = await ec2.send(
    new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters: [{ Name: `tag:${NAME_TAG}`, Values: [name] }] }),
  );
  return answer.Snapshots?.[0];
};

const messageOf = (snapshot: Snapshot): SnapshotMessage => ({
  snapshot_id: snapshot.SnapshotId ?? '',
  source_volume_id: snapshot.VolumeId ?? '',
  size_bytes: (snapshot.VolumeSize ?? 0) * GIB,
  creation_time: { seconds: Math.floor((snapshot.StartTime?.getTime() ?? 0) / 1000), nanos: 0 },
  ready_to_use: snapshot.State === 'completed',
});

/**
 * Takes the snapshot of that name, or answers the one that exists. `ready_to_use` follows EC2's `completed`; the snapshotter
 * calls until it is true. EC2 has no client token here, so the name's tag is looked up first, as the AWS driver does.
 */
export const createSnapshot = async (
  ec2: EC2Client,
  request: CreateSnapshotRequest,
): Promise<{ snapshot: SnapshotMessage; isNew: boolean }> => {
  const name = required(request.name, 'name');
  const volumeId = required(request.source_volume_id, 'source_volume_id');
  const existing = await snapshotNamed(ec2, name);
  if (existing !== undefined && existing.VolumeId !== volumeId) {
    throw new CsiError(status.ALREADY_EXISTS, `snapshot ${name} is of volume ${existing.VolumeId ?? '?'}`);
  }
  if (existing !== undefined) return { snapshot: messageOf(existing), isNew: false };
  const Tags = [
    { Key: NAME_TAG, Value: name },
    { Key: 'ebs.csi.aws.com/cluster', Value: 'true' },
  ];
  const created = await ec2.send(
    new CreateSnapshotCommand({ VolumeId: volumeId, TagSpecifications: [{ ResourceType: 'snapshot', Tags }] }),
  );
  return { snapshot: messageOf(created), isNew: true };
};

/** Deletes the snapshot; one that is gone is a success. */
export const deleteSnapshot = async (ec2: EC2Client, snapshotId: string): Promise<void> => {
  required(snapshotId, 'snapshot_id');
  try {
    await ec2.send(new DeleteSnapshotCommand({ SnapshotId: snapshotId }));
  } catch (error) {
    if (ec2Code(error) !== 'InvalidSnapshot.NotFound') throw error;
  }
};

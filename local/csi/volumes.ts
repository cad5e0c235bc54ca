import { createHash } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import {
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  ModifyVolumeCommand,
  type CreateVolumeCommandInput,
  type EC2Client,
  type Tag,
  type Volume,
} from '@aws-sdk/client-ec2';
import { CsiError, ec2Code, required } from './errors.ts';
import { GIB, type CapacityRange, type CreateVolumeRequest, type CreateVolumeResponse } from './messages.ts';
import type { ExpandRequest, ExpandResponse } from './messages.ts';
import { ZONE_KEY } from './names.ts';
import { waitFor } from './wait.ts';

const DEFAULT_SIZE_GIB = 100;

/** The volume as EC2 shows it; undefined when EC2 does not know it. */
export const describeVolume = async (ec2: EC2Client, volumeId: string): Promise<Volume | undefined> => {
  try {
    const answer = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [volumeId] }));
    return answer.Volumes?.[0];
  } catch (error) {
    if (ec2Code(error) === 'InvalidVolume.NotFound') return undefined;
    throw error;
  }
};

/** Sizes are whole GiB on EBS: the request is rounded up, and refused when that passes its limit. */
export const sizeInGiB = (range: CapacityRange | null): number => {
  const wanted = range?.required_bytes ?? 0;
  const size = wanted > 0 ? Math.ceil(wanted / GIB) : DEFAULT_SIZE_GIB;
  const limit = range?.limit_bytes ?? 0;
  if (limit > 0 && size * GIB > limit) {
    throw new CsiError(status.OUT_OF_RANGE, `${String(size)} GiB is above the limit of ${String(limit)} bytes`);
  }
  return size;
};

const zoneOf = (request: CreateVolumeRequest): string => {
  const wanted = request.accessibility_requirements;
  const topologies = [...(wanted?.preferred ?? []), ...(wanted?.requisite ?? [])];
  const zone = topologies.map((topology) => topology.segments[ZONE_KEY]).find((found) => found !== undefined);
  if (zone === undefined) throw new CsiError(status.INVALID_ARGUMENT, `no topology with ${ZONE_KEY} was asked for`);
  return zone;
};

/** Parameters of the StorageClass that become tags; names as the AWS EBS CSI driver has them. */
const TAG_OF_PARAMETER: Readonly<Record<string, string>> = {
  'csi.storage.k8s.io/pvc/name': 'kubernetes.io/created-for/pvc/name',
  'csi.storage.k8s.io/pvc/namespace': 'kubernetes.io/created-for/pvc/namespace',
  'csi.storage.k8s.io/pv/name': 'kubernetes.io/created-for/pv/name',
};

const tagsOf = (request: CreateVolumeRequest): Tag[] => {
  const tags: Tag[] = [
    { Key: 'ebs.csi.aws.com/cluster', Value: 'true' },
    { Key: 'CSIVolumeName', Value: request.name },
  ];
  for (const [parameter, value] of Object.entries(request.parameters)) {
    const key = TAG_OF_PARAMETER[parameter];
    if (key !== undefined) tags.push({ Key: key, Value: value });
    const [extraKey, extraValue] = parameter.startsWith('tagSpecification_') ? value.split('=', 2) : [];
    if (extraKey !== undefined) tags.push({ Key: extraKey, Value: extraValue ?? '' });
  }
  return tags;
};

const KNOWN_PARAMETERS = /^(type|iops|throughput|encrypted|kmsKeyId|tagSpecification_\d+|csi\.storage\.k8s\.io\/.+)$/;

const numberOf = (parameters: Record<string, string>, name: string): number | undefined => {
  const value = parameters[name];
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw new CsiError(status.INVALID_ARGUMENT, `parameter ${name} is not a number: ${value}`);
  return Number(value);
};

const inputOf = (request: CreateVolumeRequest): CreateVolumeCommandInput => {
  const unknown = Object.keys(request.parameters).find((name) => !KNOWN_PARAMETERS.test(name));
  if (unknown !== undefined) throw new CsiError(status.INVALID_ARGUMENT, `unknown parameter ${unknown}`);
  const iops = numberOf(request.parameters, 'iops');
  const throughput = numberOf(request.parameters, 'throughput');
  const snapshotId = request.volume_content_source?.snapshot?.snapshot_id;
  const volumeType = (request.parameters.type ?? 'gp3') as NonNullable<CreateVolumeCommandInput['VolumeType']>;
  return {
    AvailabilityZone: zoneOf(request),
    // The name makes the call idempotent, and EC2 takes at most 64 characters.
    ClientToken: createHash('sha256').update(request.name).digest('hex'),
    Size: sizeInGiB(request.capacity_range),
    VolumeType: volumeType,
    ...(iops === undefined ? {} : { Iops: iops }),
    ...(throughput === undefined ? {} : { Throughput: throughput }),
    ...(request.parameters.encrypted === 'true' ? { Encrypted: true } : {}),
    ...(snapshotId === undefined ? {} : { SnapshotId: snapshotId }),
    TagSpecifications: [{ ResourceType: 'volume', Tags: tagsOf(request) }],
  };
};

/** Creates the volume of that name, or answers the one that exists; ends when EC2 calls it available. */
export const createVolume = async (ec2: EC2Client, request: CreateVolumeRequest): Promise<CreateVolumeResponse> => {
  required(request.name, 'name');
  if (request.volume_capabilities.length === 0) {
    throw new CsiError(status.INVALID_ARGUMENT, 'volume_capabilities are required');
  }
  if (request.volume_content_source?.type === 'volume') {
    throw new CsiError(status.INVALID_ARGUMENT, 'cloning a volume is not supported: restore a snapshot of it');
  }
  const created = await ec2.send(new CreateVolumeCommand(inputOf(request)));
  const volumeId = created.VolumeId ?? '';
  const volume = await waitFor(`volume ${volumeId} to be available`, async () => {
    const seen = await describeVolume(ec2, volumeId);
    return seen?.State === 'available' || seen?.State === 'in-use' ? seen : undefined;
  });
  const source = request.volume_content_source;
  return {
    volume: {
      volume_id: volumeId,
      capacity_bytes: (volume.Size ?? 0) * GIB,
      accessible_topology: [{ segments: { [ZONE_KEY]: volume.AvailabilityZone ?? '' } }],
      ...(source?.snapshot === undefined
        ? {}
        : { content_source: { snapshot: { snapshot_id: source.snapshot.snapshot_id } } }),
    },
  };
};

/** Deletes the volume; a volume that is gone is a success. */
export const deleteVolume = async (ec2: EC2Client, volumeId: string): Promise<void> => {
  required(volumeId, 'volume_id');
  try {
    await ec2.send(new DeleteVolumeCommand({ VolumeId: volumeId }));
  } catch (error) {
    if (ec2Code(error) !== 'InvalidVolume.NotFound') throw error;
  }
};

/** True once the new size can be used: EBS goes on optimizing for hours after that. */
const isModified = async (ec2: EC2Client, volumeId: string): Promise<boolean> => {
  const answer = await ec2.send(new DescribeVolumesModificationsCommand({ VolumeIds: [volumeId] }));
  const latest = (answer.VolumesModifications ?? []).toSorted(
    (a, b) => (b.StartTime?.getTime() ?? 0) - (a.StartTime?.getTime() ?? 0),
  )[0];
  if (latest?.ModificationState === 'failed') throw new CsiError(status.INTERNAL, latest.StatusMessage ?? 'failed');
  return latest?.ModificationState === 'optimizing' || latest?.ModificationState === 'completed';
};

/** Grows the volume; one that already has the size is left alone, for EC2 counts calls that change nothing too. */
export const expandVolume = async (ec2: EC2Client, request: ExpandRequest): Promise<ExpandResponse> => {
  const volumeId = required(request.volume_id, 'volume_id');
  const wanted = sizeInGiB(request.capacity_range);
  const volume = await describeVolume(ec2, volumeId);
  if (volume === undefined) throw new CsiError(status.NOT_FOUND, `volume ${volumeId} does not exist`);
  if ((volume.Size ?? 0) >= wanted) {
    return { capacity_bytes: (volume.Size ?? 0) * GIB, node_expansion_required: true };
  }
  await ec2.send(new ModifyVolumeCommand({ VolumeId: volumeId, Size: wanted }));
  await waitFor(`volume ${volumeId} to grow`, async () => ((await isModified(ec2, volumeId)) ? true : undefined));
  return { capacity_bytes: wanted * GIB, node_expansion_required: true };
};

import { status } from '@grpc/grpc-js';
import {
  AttachVolumeCommand,
  DescribeInstancesCommand,
  DetachVolumeCommand,
  type EC2Client,
  type Instance,
  type Volume,
  type VolumeAttachment,
} from '@aws-sdk/client-ec2';
import { CsiError, ec2Code, required } from './errors.ts';
import type { PublishRequest, UnpublishRequest } from './messages.ts';
import { describeVolume } from './volumes.ts';
import { waitFor } from './wait.ts';

/** Data devices are /dev/xvdaa to /dev/xvddx, as the AWS EBS CSI driver names them. */
const DEVICES = ['a', 'b', 'c', 'd'].flatMap((first) =>
  Array.from('abcdefghijklmnopqrstuvwx', (second) => `/dev/xvd${first}${second}`),
);

/** Errors of EC2 that say the attachment is not there, which is what a detach wants. */
const DETACHED = new Set(['InvalidVolume.NotFound', 'InvalidAttachment.NotFound', 'InvalidInstanceID.NotFound']);

const describeInstance = async (ec2: EC2Client, instanceId: string): Promise<Instance | undefined> => {
  try {
    const answer = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
    return answer.Reservations?.flatMap((reservation) => reservation.Instances ?? [])[0];
  } catch (error) {
    if (ec2Code(error) === 'InvalidInstanceID.NotFound') return undefined;
    throw error;
  }
};

const attachmentTo = (volume: Volume | undefined, instanceId: string): VolumeAttachment | undefined =>
  volume?.Attachments?.find((attachment) => attachment.InstanceId === instanceId && attachment.State !== 'detached');

const freeDevice = (instance: Instance): string => {
  const taken = new Set((instance.BlockDeviceMappings ?? []).map((mapping) => mapping.DeviceName));
  const device = DEVICES.find((candidate) => !taken.has(candidate));
  if (device === undefined) throw new CsiError(status.RESOURCE_EXHAUSTED, 'the instance has no free device name');
  return device;
};

const attach = async (ec2: EC2Client, volumeId: string, instanceId: string): Promise<void> => {
  const instance = await describeInstance(ec2, instanceId);
  if (instance === undefined) throw new CsiError(status.NOT_FOUND, `instance ${instanceId} does not exist`);
  try {
    const Device = freeDevice(instance);
    await ec2.send(new AttachVolumeCommand({ VolumeId: volumeId, InstanceId: instanceId, Device }));
  } catch (error) {
    // VolumeInUse is also EC2's answer when an earlier call of ours did it and its answer was lost.
    const attached = ec2Code(error) === 'VolumeInUse' && attachmentTo(await describeVolume(ec2, volumeId), instanceId);
    if (!attached) throw error;
  }
};

/** Attaches the volume to the instance and waits until EC2 calls it attached. Answers the device's name on the instance. */
export const publishVolume = async (
  ec2: EC2Client,
  request: PublishRequest,
): Promise<{ publish_context: { devicePath: string } }> => {
  const volumeId = required(request.volume_id, 'volume_id');
  const instanceId = required(request.node_id, 'node_id');
  if (request.volume_capability === null) {
    throw new CsiError(status.INVALID_ARGUMENT, 'volume_capability is required');
  }
  const volume = await describeVolume(ec2, volumeId);
  if (volume === undefined) throw new CsiError(status.NOT_FOUND, `volume ${volumeId} does not exist`);
  if (attachmentTo(volume, instanceId) === undefined) await attach(ec2, volumeId, instanceId);
  const devicePath = await waitFor(`volume ${volumeId} to be attached to ${instanceId}`, async () => {
    const attachment = attachmentTo(await describeVolume(ec2, volumeId), instanceId);
    return attachment?.State === 'attached' ? (attachment.Device ?? '') : undefined;
  });
  return { publish_context: { devicePath } };
};

/** Detaches the volume from the instance and waits until EC2 shows it gone, or there is no such volume or instance any more. */
export const unpublishVolume = async (ec2: EC2Client, request: UnpublishRequest): Promise<void> => {
  const volumeId = required(request.volume_id, 'volume_id');
  const instanceId = request.node_id;
  const attachment = attachmentTo(await describeVolume(ec2, volumeId), instanceId);
  if (attachment === undefined) return;
  if (attachment.State !== 'detaching') {
    try {
      await ec2.send(new DetachVolumeCommand({ VolumeId: volumeId, InstanceId: instanceId }));
    } catch (error) {
      if (DETACHED.has(ec2Code(error) ?? '')) return;
      const stillThere = attachmentTo(await describeVolume(ec2, volumeId), instanceId);
      if (stillThere !== undefined && stillThere.State !== 'detaching') throw error;
    }
  }
  await waitFor(`volume ${volumeId} to be detached from ${instanceId}`, async () => {
    const seen = attachmentTo(await describeVolume(ec2, volumeId), instanceId);
    return seen === undefined ? true : undefined;
  });
};

import type { Modification, Volume } from '../model.ts';
import { tagSet } from '../tags.ts';
import { time, type Xml } from '../xml.ts';
import type { Answer } from './action.ts';

export const attachmentXml = (volume: Volume, state?: string): Answer =>
  volume.attachment
    ? {
        volumeId: volume.id,
        instanceId: volume.attachment.instanceId,
        device: volume.attachment.device,
        status: state ?? volume.attachment.state,
        attachTime: time(volume.attachment.attachTime),
        deleteOnTermination: volume.attachment.deleteOnTermination,
      }
    : {};

export const volumeXml = (volume: Volume): Answer => ({
  volumeId: volume.id,
  size: volume.size,
  snapshotId: volume.snapshotId ?? '',
  availabilityZone: volume.zone,
  status: volume.state,
  createTime: time(volume.createTime),
  attachmentSet: volume.attachment ? [attachmentXml(volume)] : [],
  tagSet: tagSet(volume.tags),
  volumeType: volume.type,
  iops: volume.iops,
  throughput: volume.throughput,
  encrypted: volume.encrypted,
  multiAttachEnabled: false,
});

const progressOf = (modification: Modification, now: number): number => {
  if (modification.state === 'completed') return 100;
  const part = (now - modification.startTime) / (modification.completedAt - modification.startTime);
  return Math.min(99, Math.max(0, Math.floor(part * 100)));
};

const endTimeOf = ({ state, optimizingAt, completedAt }: Modification): string | undefined => {
  if (state === 'failed') return time(optimizingAt);
  return state === 'completed' ? time(completedAt) : undefined;
};

export const modificationXml = (volume: Volume, modification: Modification, now: number): Xml => ({
  volumeId: volume.id,
  modificationState: modification.state,
  targetSize: modification.to.size,
  targetIops: modification.to.iops,
  targetVolumeType: modification.to.type,
  targetThroughput: modification.to.throughput,
  targetMultiAttachEnabled: false,
  originalSize: modification.from.size,
  originalIops: modification.from.iops,
  originalVolumeType: modification.from.type,
  originalThroughput: modification.from.throughput,
  originalMultiAttachEnabled: false,
  progress: progressOf(modification, now),
  startTime: time(modification.startTime),
  statusMessage: modification.state === 'failed' ? modification.failure : undefined,
  endTime: endTimeOf(modification),
});

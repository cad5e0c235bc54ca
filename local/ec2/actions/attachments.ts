import { after, type Context } from '../context.ts';
import { Ec2Error, invalidValue } from '../errors.ts';
import { instanceById, volumeById, volumesOf } from '../lookup.ts';
import type { Instance, Volume } from '../model.ts';
import { type Fields, flag, required, text } from '../request.ts';
import { detachNow } from '../transitions.ts';
import type { Action, Answer } from './action.ts';
import { attachmentXml } from './volume-xml.ts';

/** Nitro instances share 28 slots between volumes and network interfaces; one is the interface. */
const MAX_VOLUMES = 27;

const DEVICE = /^(\/dev\/(sd[a-z]|xvd[a-z]{1,2})\d{0,2})$/;

const checkInstance = (context: Context, instance: Instance, device: string): void => {
  if (instance.state !== 'running' && instance.state !== 'stopped') {
    throw new Ec2Error('IncorrectState', `Instance '${instance.id}' is not 'running'.`);
  }
  const attached = volumesOf(context, instance.id);
  if (device === instance.rootDeviceName || attached.some((volume) => volume.attachment?.device === device)) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`,
    );
  }
  if (attached.length >= MAX_VOLUMES) {
    throw new Ec2Error('AttachmentLimitExceeded', `The instance '${instance.id}' has no room for another volume.`);
  }
};

const checkVolume = (volume: Volume, instance: Instance): void => {
  if (volume.attachment) throw new Ec2Error('VolumeInUse', `${volume.id} is already attached to an instance`);
  if (volume.state !== 'available') {
    throw new Ec2Error('IncorrectState', `Volume '${volume.id}' is in the '${volume.state}' state.`);
  }
  if (volume.zone !== instance.zone) {
    throw new Ec2Error(
      'InvalidVolume.ZoneMismatch',
      `The volume '${volume.id}' is not in the same availability zone as instance '${instance.id}'`,
    );
  }
};

const attachVolume = (context: Context, fields: Fields): Answer => {
  const device = required(fields, 'Device');
  const volume = volumeById(context, required(fields, 'VolumeId'));
  const instance = instanceById(context, required(fields, 'InstanceId'));
  if (!DEVICE.test(device)) throw invalidValue(device, 'unixDevice', `${device} is not a valid EBS device name.`);
  checkVolume(volume, instance);
  checkInstance(context, instance, device);
  volume.state = 'in-use';
  volume.attachment = {
    instanceId: instance.id,
    device,
    state: 'attaching',
    next: { to: 'attached', at: after(context, context.settings.attachingSeconds) },
    attachTime: context.now,
    deleteOnTermination: false,
  };
  context.record({ effect: 'volume-attached', id: volume.id, instanceId: instance.id, device });
  return attachmentXml(volume);
};

const checkAttachment = (context: Context, volume: Volume, fields: Fields): void => {
  const { attachment } = volume;
  if (!attachment) throw new Ec2Error('IncorrectState', `Volume '${volume.id}' is in the '${volume.state}' state.`);
  const instanceId = text(fields, 'InstanceId') ?? attachment.instanceId;
  const device = text(fields, 'Device') ?? attachment.device;
  if (instanceId !== attachment.instanceId || device !== attachment.device) {
    throw new Ec2Error(
      'InvalidAttachment.NotFound',
      `The volume '${volume.id}' is not attached to instance '${instanceId}' as device '${device}'.`,
    );
  }
  const instance = context.account.instances[instanceId];
  if (instance && instance.state !== 'stopped' && attachment.device === instance.rootDeviceName) {
    throw new Ec2Error(
      'OperationNotPermitted',
      `Unable to detach root volume '${volume.id}' from instance '${instanceId}'`,
    );
  }
};

const detachVolume = (context: Context, fields: Fields): Answer => {
  const volume = volumeById(context, required(fields, 'VolumeId'));
  checkAttachment(context, volume, fields);
  const { attachment } = volume;
  if (attachment && attachment.state !== 'detaching') {
    attachment.state = 'detaching';
    attachment.next = { to: 'detached', at: after(context, context.settings.detachingSeconds) };
  }
  const answer = attachmentXml(volume, 'detaching');
  if (flag(fields, 'Force')) detachNow(context, volume);
  return answer;
};

export const attachVolumeAction: Action = {
  bucket: 'mutate',
  mutates: true,
  parameters: ['Device', 'InstanceId', 'VolumeId'],
  run: attachVolume,
};

export const detachVolumeAction: Action = {
  bucket: 'mutate',
  mutates: true,
  parameters: ['Device', 'Force', 'InstanceId', 'VolumeId'],
  run: detachVolume,
};

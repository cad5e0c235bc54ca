import type { Action } from './action.ts';
import { attachVolumeAction, detachVolumeAction } from './attachments.ts';
import { startInstancesAction, stopInstancesAction, terminateInstancesAction } from './change-instance-state.ts';
import { describeInstancesAction } from './describe-instances.ts';
import { runInstancesAction } from './run-instances.ts';
import { createTagsAction, deleteTagsAction } from './tags.ts';
import { createVolumeAction, deleteVolumeAction, describeVolumesAction } from './volumes.ts';

/** Every action there is, by its name on the wire. */
export const ACTIONS = new Map<string, Action>([
  ['AttachVolume', attachVolumeAction],
  ['CreateTags', createTagsAction],
  ['CreateVolume', createVolumeAction],
  ['DeleteTags', deleteTagsAction],
  ['DeleteVolume', deleteVolumeAction],
  ['DescribeInstances', describeInstancesAction],
  ['DescribeVolumes', describeVolumesAction],
  ['DetachVolume', detachVolumeAction],
  ['RunInstances', runInstancesAction],
  ['StartInstances', startInstancesAction],
  ['StopInstances', stopInstancesAction],
  ['TerminateInstances', terminateInstancesAction],
]);

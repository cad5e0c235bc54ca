import type { Action } from './action.ts';
import { attachVolumeAction, detachVolumeAction } from './attachments.ts';
import { startInstancesAction, stopInstancesAction, terminateInstancesAction } from './change-instance-state.ts';
import { describeInstancesAction } from './describe-instances.ts';
import { describeImagesAction } from './images.ts';
import { describeInstanceAttributeAction, modifyInstanceAttributeAction } from './instance-attributes.ts';
import { describeInstanceStatusAction } from './instance-status.ts';
import { describeInstanceTypeOfferingsAction, describeInstanceTypesAction } from './instance-types.ts';
import { runInstancesAction } from './run-instances.ts';
import { createSnapshotAction, deleteSnapshotAction, describeSnapshotsAction } from './snapshots.ts';
import { describeSubnetsAction } from './subnets.ts';
import { createTagsAction, deleteTagsAction } from './tags.ts';
import { describeVolumesModificationsAction, modifyVolumeAction } from './volume-modifications.ts';
import { createVolumeAction, deleteVolumeAction, describeVolumesAction } from './volumes.ts';

/** Every action there is, by its name on the wire. */
export const ACTIONS = new Map<string, Action>([
  ['AttachVolume', attachVolumeAction],
  ['CreateSnapshot', createSnapshotAction],
  ['CreateTags', createTagsAction],
  ['CreateVolume', createVolumeAction],
  ['DeleteSnapshot', deleteSnapshotAction],
  ['DeleteTags', deleteTagsAction],
  ['DeleteVolume', deleteVolumeAction],
  ['DescribeImages', describeImagesAction],
  ['DescribeInstanceAttribute', describeInstanceAttributeAction],
  ['DescribeInstanceStatus', describeInstanceStatusAction],
  ['DescribeInstanceTypeOfferings', describeInstanceTypeOfferingsAction],
  ['DescribeInstanceTypes', describeInstanceTypesAction],
  ['DescribeInstances', describeInstancesAction],
  ['DescribeSnapshots', describeSnapshotsAction],
  ['DescribeSubnets', describeSubnetsAction],
  ['DescribeVolumes', describeVolumesAction],
  ['DescribeVolumesModifications', describeVolumesModificationsAction],
  ['DetachVolume', detachVolumeAction],
  ['ModifyInstanceAttribute', modifyInstanceAttributeAction],
  ['ModifyVolume', modifyVolumeAction],
  ['RunInstances', runInstancesAction],
  ['StartInstances', startInstancesAction],
  ['StopInstances', stopInstancesAction],
  ['TerminateInstances', terminateInstancesAction],
]);

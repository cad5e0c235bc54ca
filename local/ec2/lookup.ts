import type { Context } from './context.ts';
import { Ec2Error, invalidValue } from './errors.ts';
import type { Instance, Snapshot, Volume } from './model.ts';

/** New ids are unknown to every read and every change until they are visible: EC2's eventual consistency. */
const isVisible = (context: Context, item: { visibleAt: number }): boolean => item.visibleAt <= context.now;

export const visibleInstances = (context: Context): Instance[] =>
  Object.values(context.account.instances).filter((instance) => isVisible(context, instance));

export const visibleVolumes = (context: Context): Volume[] =>
  Object.values(context.account.volumes).filter((volume) => isVisible(context, volume));

export const visibleSnapshots = (context: Context): Snapshot[] =>
  Object.values(context.account.snapshots).filter((snapshot) => isVisible(context, snapshot));

const HEX_ID = /-([0-9a-f]{8}|[0-9a-f]{17})$/;

const sentence = (noun: string, missing: string[]): string =>
  missing.length === 1
    ? `The ${noun} ID '${missing.join()}' does not exist`
    : `The ${noun} IDs '${missing.join(', ')}' do not exist`;

export const instancesById = (context: Context, ids: string[]): Instance[] => {
  const malformed = ids.find((id) => !id.startsWith('i-') || !HEX_ID.test(id));
  if (malformed !== undefined) {
    throw new Ec2Error('InvalidInstanceID.Malformed', `Invalid id: "${malformed}" (expecting "i-...")`);
  }
  const found = visibleInstances(context).filter((instance) => ids.includes(instance.id));
  const missing = ids.filter((id) => !found.some((instance) => instance.id === id));
  if (missing.length > 0) throw new Ec2Error('InvalidInstanceID.NotFound', sentence('instance', missing));
  return found;
};

export const volumesById = (context: Context, ids: string[]): Volume[] => {
  const malformed = ids.find((id) => !id.startsWith('vol-') || !HEX_ID.test(id));
  if (malformed !== undefined) throw invalidValue(malformed, 'volumes', "Expected: 'vol-...'.");
  const found = visibleVolumes(context).filter((volume) => ids.includes(volume.id));
  const missing = ids.find((id) => !found.some((volume) => volume.id === id));
  if (missing !== undefined) {
    throw new Ec2Error('InvalidVolume.NotFound', `The volume '${missing}' does not exist.`);
  }
  return found;
};

export const snapshotsById = (context: Context, ids: string[]): Snapshot[] => {
  const malformed = ids.find((id) => !id.startsWith('snap-') || !HEX_ID.test(id));
  if (malformed !== undefined) throw invalidValue(malformed, 'snapshotId', "Expected: 'snap-...'.");
  const found = visibleSnapshots(context).filter((snapshot) => ids.includes(snapshot.id));
  const missing = ids.find((id) => !found.some((snapshot) => snapshot.id === id));
  if (missing !== undefined) {
    throw new Ec2Error('InvalidSnapshot.NotFound', `The snapshot '${missing}' does not exist.`);
  }
  return found;
};

const theOne = <Item>(items: Item[]): Item => {
  const [item] = items;
  if (item === undefined) throw new Error('a lookup by id found nothing and did not say so');
  return item;
};

export const instanceById = (context: Context, id: string): Instance => theOne(instancesById(context, [id]));
export const volumeById = (context: Context, id: string): Volume => theOne(volumesById(context, [id]));
export const snapshotById = (context: Context, id: string): Snapshot => theOne(snapshotsById(context, [id]));

/** The volumes attached to an instance, in whatever state of attachment. */
export const volumesOf = (context: Context, instanceId: string): Volume[] =>
  Object.values(context.account.volumes).filter((volume) => volume.attachment?.instanceId === instanceId);

/** Ids of the volumes on an instance that are not its root. */
export const dataVolumesOf = (context: Context, instance: Instance): string[] =>
  volumesOf(context, instance.id)
    .filter((volume) => volume.attachment?.device !== instance.rootDeviceName)
    .map((volume) => volume.id);

import { zoneNamed } from '../catalog.ts';
import { after, type Context, newId } from '../context.ts';
import { Ec2Error, invalidCombination, invalidValue } from '../errors.ts';
import { applyFilters, type FilterTable } from '../filters.ts';
import { snapshotById, visibleVolumes, volumeById, volumesById } from '../lookup.ts';
import type { Snapshot, Volume } from '../model.ts';
import { paginate } from '../pages.ts';
import { type Fields, flag, integer, required, text, texts } from '../request.ts';
import { parseTagSpecifications } from '../tags.ts';
import { rememberToken, replayOf } from '../tokens.ts';
import { deleteVolumeNow } from '../transitions.ts';
import { volumeSpecOf } from '../volume-types.ts';
import { time } from '../xml.ts';
import { type Action, type Answer, SUCCESS } from './action.ts';
import { volumeXml } from './volume-xml.ts';

const sourceOf = (context: Context, fields: Fields): Snapshot | undefined => {
  const id = text(fields, 'SnapshotId');
  if (id === undefined) return undefined;
  const snapshot = snapshotById(context, id);
  if (snapshot.state !== 'completed') {
    throw new Ec2Error('IncorrectState', `Snapshot '${id}' is not in the 'completed' state.`);
  }
  return snapshot;
};

const sizeOf = (fields: Fields, source: Snapshot | undefined): number => {
  const size = integer(fields, 'Size') ?? source?.volumeSize;
  if (size === undefined)
    throw new Ec2Error('MissingParameter', 'The request must contain the parameter size/snapshot');
  if (source && size < source.volumeSize) {
    throw invalidValue(String(size), 'size', `It is smaller than the snapshot, ${source.volumeSize}GiB.`);
  }
  return size;
};

const newVolume = (context: Context, fields: Fields, zone: string): Volume => {
  const source = sourceOf(context, fields);
  const spec = volumeSpecOf({
    type: text(fields, 'VolumeType') ?? 'gp2',
    size: sizeOf(fields, source),
    iops: integer(fields, 'Iops'),
    throughput: integer(fields, 'Throughput'),
  });
  return {
    ...spec,
    id: newId(context, 'vol'),
    zone,
    state: 'creating',
    next: { to: 'available', at: after(context, context.settings.creatingSeconds) },
    createTime: context.now,
    visibleAt: after(context, context.settings.volumeVisibilityDelaySeconds),
    tags: parseTagSpecifications(fields, ['volume'] as const).volume,
    encrypted: flag(fields, 'Encrypted') ?? source?.encrypted ?? false,
    snapshotId: source?.id,
    modifications: [],
  };
};

const replay = (context: Context, ids: string[]): Answer => {
  const volume = context.account.volumes[ids[0] ?? ''];
  if (!volume) throw new Ec2Error('InvalidVolume.NotFound', `The volume '${ids.join()}' does not exist.`);
  return volumeXml(volume);
};

const createVolume = (context: Context, fields: Fields): Answer => {
  const zone = required(fields, 'AvailabilityZone');
  if (!zoneNamed(zone)) throw new Ec2Error('InvalidZone.NotFound', `The zone '${zone}' does not exist.`);
  if (flag(fields, 'MultiAttachEnabled')) {
    throw invalidCombination('The parameter multiAttachEnabled is not supported for gp3 volumes.');
  }
  const scope = { action: 'CreateVolume', zone };
  const known = replayOf(context, fields, scope);
  if (known) return replay(context, known.ids);
  const volume = newVolume(context, fields, zone);
  context.account.volumes[volume.id] = volume;
  context.record({ effect: 'volume-created', id: volume.id, zone, tags: volume.tags, root: false });
  rememberToken(context, fields, scope, { ids: [volume.id], expiresAt: after(context, context.settings.tokenSeconds) });
  return volumeXml(volume);
};

const deleteVolume = (context: Context, fields: Fields): Answer => {
  const volume = volumeById(context, required(fields, 'VolumeId'));
  if (volume.attachment) {
    throw new Ec2Error('VolumeInUse', `Volume ${volume.id} is currently attached to ${volume.attachment.instanceId}`);
  }
  if (volume.state !== 'available') {
    throw new Ec2Error('IncorrectState', `The volume '${volume.id}' is '${volume.state}'.`);
  }
  deleteVolumeNow(context, volume);
  return SUCCESS;
};

const FILTERS: FilterTable<Volume> = {
  'volume-id': (volume) => [volume.id],
  status: (volume) => [volume.state],
  size: (volume) => [String(volume.size)],
  'volume-type': (volume) => [volume.type],
  'availability-zone': (volume) => [volume.zone],
  'snapshot-id': (volume) => [volume.snapshotId],
  'create-time': (volume) => [time(volume.createTime)],
  encrypted: (volume) => [String(volume.encrypted)],
  'attachment.instance-id': (volume) => [volume.attachment?.instanceId],
  'attachment.device': (volume) => [volume.attachment?.device],
  'attachment.status': (volume) => [volume.attachment?.state],
  'attachment.delete-on-termination': (volume) => [volume.attachment && String(volume.attachment.deleteOnTermination)],
};

const describeVolumes = (context: Context, fields: Fields): Answer => {
  const ids = texts(fields, 'VolumeId');
  const candidates = ids.length > 0 ? volumesById(context, ids) : visibleVolumes(context);
  const found = applyFilters(fields, candidates, FILTERS, (volume) => volume.tags);
  const page = paginate(context, fields, found, { keyOf: (volume) => volume.id, idParameter: 'VolumeId' });
  return { volumeSet: page.items.map(volumeXml), nextToken: page.nextToken };
};

export const createVolumeAction: Action = {
  bucket: 'mutate',
  mutates: true,
  parameters: [
    'AvailabilityZone',
    'ClientToken',
    'Encrypted',
    'Iops',
    'MultiAttachEnabled',
    'Size',
    'SnapshotId',
    'TagSpecification',
    'Throughput',
    'VolumeType',
  ],
  run: createVolume,
};

export const deleteVolumeAction: Action = {
  bucket: 'mutate',
  mutates: true,
  parameters: ['VolumeId'],
  run: deleteVolume,
};

export const describeVolumesAction: Action = {
  bucket: 'describe',
  mutates: false,
  parameters: ['VolumeId', 'Filter', 'MaxResults', 'NextToken', 'IncludeManagedResources'],
  run: describeVolumes,
};

import { ACCOUNT_ID } from '../catalog.ts';
import { after, type Context, newId } from '../context.ts';
import { Ec2Error } from '../errors.ts';
import { applyFilters, type FilterTable } from '../filters.ts';
import { snapshotById, snapshotsById, visibleSnapshots, volumeById } from '../lookup.ts';
import type { Snapshot } from '../model.ts';
import { paginate } from '../pages.ts';
import { type Fields, required, text, texts } from '../request.ts';
import { parseTagSpecifications, tagSet } from '../tags.ts';
import { time } from '../xml.ts';
import { type Action, type Answer, SUCCESS } from './action.ts';

/** EBS takes five snapshots of a gp3 volume at a time. */
const MAX_CONCURRENT = 5;

const progressOf = (snapshot: Snapshot, now: number): string => {
  if (snapshot.state === 'completed') return '100%';
  const part = (now - snapshot.startTime) / (snapshot.completedAt - snapshot.startTime);
  return `${Math.min(99, Math.max(0, Math.floor(part * 100)))}%`;
};

const snapshotXml = (snapshot: Snapshot, now: number): Answer => ({
  snapshotId: snapshot.id,
  volumeId: snapshot.volumeId,
  status: snapshot.state,
  startTime: time(snapshot.startTime),
  completionTime: snapshot.state === 'completed' ? time(snapshot.completedAt) : undefined,
  progress: progressOf(snapshot, now),
  ownerId: ACCOUNT_ID,
  volumeSize: snapshot.volumeSize,
  description: snapshot.description,
  encrypted: snapshot.encrypted,
  storageTier: 'standard',
  tagSet: tagSet(snapshot.tags),
});

const createSnapshot = (context: Context, fields: Fields): Answer => {
  const volume = volumeById(context, required(fields, 'VolumeId'));
  const tags = parseTagSpecifications(fields, ['snapshot'] as const).snapshot;
  if (volume.state === 'creating') {
    throw new Ec2Error('IncorrectState', `The volume '${volume.id}' is in the 'creating' state.`);
  }
  const running = Object.values(context.account.snapshots).filter(
    (snapshot) => snapshot.volumeId === volume.id && snapshot.state === 'pending',
  );
  if (running.length >= MAX_CONCURRENT) {
    throw new Ec2Error(
      'ConcurrentSnapshotLimitExceeded',
      'Maximum allowed in-progress snapshots for a single volume exceeded.',
    );
  }
  const snapshot: Snapshot = {
    id: newId(context, 'snap'),
    volumeId: volume.id,
    volumeSize: volume.size,
    state: 'pending',
    startTime: context.now,
    completedAt: after(context, context.settings.snapshotSeconds),
    visibleAt: after(context, context.settings.volumeVisibilityDelaySeconds),
    description: text(fields, 'Description') ?? '',
    encrypted: volume.encrypted,
    tags,
  };
  context.account.snapshots[snapshot.id] = snapshot;
  context.record({ effect: 'snapshot-created', id: snapshot.id, volumeId: volume.id });
  return snapshotXml(snapshot, context.now);
};

const deleteSnapshot = (context: Context, fields: Fields): Answer => {
  const snapshot = snapshotById(context, required(fields, 'SnapshotId'));
  Reflect.deleteProperty(context.account.snapshots, snapshot.id);
  context.record({ effect: 'snapshot-deleted', id: snapshot.id });
  return SUCCESS;
};

const filterTable = (context: Context): FilterTable<Snapshot> => ({
  'snapshot-id': (snapshot) => [snapshot.id],
  'volume-id': (snapshot) => [snapshot.volumeId],
  'volume-size': (snapshot) => [String(snapshot.volumeSize)],
  status: (snapshot) => [snapshot.state],
  progress: (snapshot) => [progressOf(snapshot, context.now)],
  description: (snapshot) => [snapshot.description],
  encrypted: (snapshot) => [String(snapshot.encrypted)],
  'owner-id': () => [ACCOUNT_ID],
  'start-time': (snapshot) => [time(snapshot.startTime)],
});

/** Every snapshot here is the account's own. */
const isOwnedBy = (owners: string[]): boolean =>
  owners.length === 0 || owners.includes('self') || owners.includes(ACCOUNT_ID);

const describeSnapshots = (context: Context, fields: Fields): Answer => {
  const ids = texts(fields, 'SnapshotId');
  const all = ids.length > 0 ? snapshotsById(context, ids) : visibleSnapshots(context);
  const candidates = isOwnedBy(texts(fields, 'Owner')) ? all : [];
  const found = applyFilters(fields, candidates, filterTable(context), (snapshot) => snapshot.tags);
  const page = paginate(context, fields, found, { keyOf: (snapshot) => snapshot.id, idParameter: 'SnapshotId' });
  return { snapshotSet: page.items.map((snapshot) => snapshotXml(snapshot, context.now)), nextToken: page.nextToken };
};

export const createSnapshotAction: Action = {
  bucket: 'mutate',
  mutates: true,
  parameters: ['VolumeId', 'Description', 'TagSpecification'],
  run: createSnapshot,
};

export const deleteSnapshotAction: Action = {
  bucket: 'mutate',
  mutates: true,
  parameters: ['SnapshotId'],
  run: deleteSnapshot,
};

export const describeSnapshotsAction: Action = {
  bucket: 'describe',
  mutates: false,
  parameters: ['SnapshotId', 'Owner', 'RestorableBy', 'Filter', 'MaxResults', 'NextToken'],
  run: describeSnapshots,
};

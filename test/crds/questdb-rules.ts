import { manyKeys } from './questdb-config-rules.ts';
import { each, type CreateRow, type Fields, type UpdateRow } from './row.ts';

const kind = 'QuestDB';
const storage = { size: '20Gi' };
const least = { version: '9.3.4', storage };
const node = { instanceType: 'r6i.large' };

const created = (what: string, spec: Fields, refused?: string): CreateRow => ({
  what,
  kind,
  spec,
  ...(refused === undefined ? {} : { refused }),
});
const withNode = (what: string, fields: Fields, refused?: string): CreateRow =>
  created(what, { ...least, node: { ...node, ...fields } }, refused);
const withStorage = (what: string, fields: Fields, refused?: string): CreateRow =>
  created(what, { ...least, storage: { ...storage, ...fields } }, refused);
const OUT_OF_RANGE = 'spec.storage.size must be from 1Gi to 65536Gi';
const ONE_SOURCE = 'spec.storage.from takes exactly one of claimName and volumeHandle';
const NEVER_SHRINKS = 'spec.storage.size never shrinks; it may only go back to what the volume has';
const IOPS_FOR_SIZE = 'spec.storage.iops above 3000 may be at most 500 per GiB of spec.storage.size';
const THROUGHPUT_FOR_IOPS = 'spec.storage.throughput may be at most a quarter of spec.storage.iops';
const FOREIGN_TAG =
  'a key of spec.node.tags may have at most 128 characters and may not start with questdb-fleet.dev/ or aws:';
const NAME_SHAPE = "metadata.name must be lower case letters, digits and '-', start with a letter";

export const QUESTDB_CREATE_ROWS: CreateRow[] = [
  {
    ...created('the least there can be', least),
    stored: {
      storage: { size: '20Gi', storageClassName: 'questdb', deletionPolicy: 'Retain', existing: 'Adopt' },
    },
  },
  {
    ...created('an image by its default repository', { ...least, image: {} }),
    stored: { image: { repository: 'questdb/questdb' } },
  },
  {
    ...withNode('a node of the default class', {}),
    stored: { node: { ...node, className: 'default', replacement: 'SurgeFirst' } },
  },
  created('an image of your own', {
    ...least,
    image: { repository: 'registry.example.com:5000/team/questdb', digest: `sha256:${'a'.repeat(64)}` },
  }),
  withNode('a zone', { zone: 'eu-west-1a' }),
  withNode('a zone of a long region', { zone: 'ap-southeast-2b' }),
  created('an end in hours, minutes and seconds', { ...least, expireAfter: '1h30m15s' }),
  created('an end in a minute', { ...least, expireAfter: '1m' }),
  created('an end in a second', { ...least, expireAfter: '1s' }, 'spec.expireAfter must be at least 1m'),
  created('an end in days', { ...least, expireAfter: '14d' }, 'spec.expireAfter'),
  created('an end without a unit', { ...least, expireAfter: '14' }, 'spec.expireAfter'),
  created('rest from the start', { ...least, suspend: true }),
  created('rest in words', { ...least, suspend: 'yes' }, 'spec.suspend'),
  { ...created('a name of 52 characters', least), name: 'a'.repeat(52) },

  { ...created('a name of 53', least, 'metadata.name may have at most 52 characters'), name: 'a'.repeat(53) },
  { ...created('a name that starts with a digit', least, NAME_SHAPE), name: '1trades' },
  { ...created('a name with a dot', least, NAME_SHAPE), name: 'trades.acme' },
  created('no version', { storage }, 'spec.version: Required value'),
  created('no storage', { version: '9.3.4' }, 'spec.storage: Required value'),
  created('no size', { version: '9.3.4', storage: {} }, 'spec.storage.size: Required value'),
  ...each(['9.3', 'v9.3.4', 'latest', '9.3.4-rc1', '9.3.4.1', ''], (version) =>
    created(`the version ${JSON.stringify(version)}`, { ...least, version }, 'spec.version in body should match'),
  ),
  created('an unknown field', { ...least, replicas: 2 }, 'unknown field "spec.replicas"'),
  withNode('an unknown field of the node', { spot: true }, 'unknown field "spec.node.spot"'),
  withStorage('a field that comes later', { snapshotName: 'x' }, 'unknown field "spec.storage.snapshotName"'),
  withStorage('a volume that is deleted with its database', { deletionPolicy: 'Delete' }),
  withStorage('a policy that comes later', { deletionPolicy: 'Snapshot' }, 'supported values: "Retain", "Delete"'),
  withStorage('no data from before', { existing: 'Refuse' }),
  withStorage('data from before, otherwise', { existing: 'Ignore' }, 'supported values: "Adopt", "Refuse"'),
  withStorage('what gp3 can do', { size: '160Gi', iops: 80000, throughput: 2000 }),
  withStorage('fewer IOPS than gp3 has', { iops: 2999 }, 'spec.storage.iops'),
  withStorage('more IOPS than gp3 can have', { size: '1Ti', iops: 80001 }, 'spec.storage.iops'),
  withStorage('less throughput than gp3 has', { throughput: 124 }, 'spec.storage.throughput'),
  withStorage('more throughput than gp3 can have', { throughput: 2001 }, 'spec.storage.throughput'),
  withStorage('the most IOPS for the size', { size: '20Gi', iops: 10000 }),
  withStorage('the least IOPS for any size', { size: '1Gi', iops: 3000 }),
  withStorage('too many IOPS for the size', { size: '20Gi', iops: 10001 }, IOPS_FOR_SIZE),
  withStorage('too many IOPS for a size in bytes', { size: 21474836480, iops: 10001 }, IOPS_FOR_SIZE),
  withStorage('the most throughput for the IOPS', { iops: 4000, throughput: 1000 }),
  withStorage('too much throughput for the IOPS', { iops: 4000, throughput: 1001 }, THROUGHPUT_FOR_IOPS),
  withStorage('a source and its layout', { from: { claimName: 'old', layout: 'DbOnly' } }),
  withStorage('a layout without a source', { from: { layout: 'DbOnly' } }, ONE_SOURCE),
  withStorage(
    'a layout there is not',
    { from: { claimName: 'old', layout: 'Other' } },
    'supported values: "Root", "DbOnly"',
  ),
  created('a field that comes later, at the top', { ...least, replicas: 2 }, 'unknown field "spec.replicas"'),
  created(
    'an image with a tag',
    { ...least, image: { repository: 'questdb/questdb@sha256' } },
    'spec.image.repository',
  ),
  created('a short digest', { ...least, image: { digest: 'sha256:abc' } }, 'spec.image.digest'),
  created('a node without a type', { ...least, node: {} }, 'spec.node.instanceType: Required value'),
  withNode('a type that is none', { instanceType: 'large' }, 'spec.node.instanceType in body should match'),
  withNode('a region for a zone', { zone: 'eu-west-1' }, 'spec.node.zone in body should match'),
  withNode('each way to another instance', { replacement: 'Recreate' }),
  withNode('a way to another instance that is none', { replacement: 'Rolling' }, 'spec.node.replacement'),
  withNode('tags', { tags: { team: 'markets', 'cost-center': '7', empty: '' } }),
  withNode('a tag with the longest key and value', { tags: { ['k'.repeat(128)]: 'v'.repeat(256) } }),
  withNode('a tag with a key that is too long', { tags: { ['k'.repeat(129)]: 'v' } }, FOREIGN_TAG),
  withNode('a tag with a value that is too long', { tags: { team: 'v'.repeat(257) } }, 'spec.node.tags.team: Too long'),
  ...each(['questdb-fleet.dev/owner-uid', 'aws:autoscaling'], (key) =>
    withNode(`the tag ${key}, which is not the user's`, { tags: { [key]: 'x' } }, FOREIGN_TAG),
  ),
  withNode('21 tags', { tags: manyKeys(21) }, 'spec.node.tags: Too many'),
  withNode('an empty class', { className: '' }, 'spec.node.className'),
  withStorage('an empty StorageClass', { storageClassName: '' }, 'spec.storage.storageClassName'),

  ...each(['1Gi', '1073741824', '2G', '65536Gi', '64Ti', '20480Mi'], (size) =>
    withStorage(`the size ${size}`, { size }),
  ),
  withStorage('a size in bytes, as a number', { size: 21474836480 }),
  ...each(['1023Mi', '65537Gi', '65Ti', '0', '1G'], (size) => withStorage(`the size ${size}`, { size }, OUT_OF_RANGE)),
  withStorage('a size of 0 as a number', { size: 0 }, OUT_OF_RANGE),
  withStorage('a negative number', { size: -1 }, OUT_OF_RANGE),
  ...each(['-20Gi', '20GB', '20 Gi', '1.5Ti', '', 'large', '20gi', '1e3'], (size) =>
    withStorage(`the size ${JSON.stringify(size)}`, { size }, 'spec.storage.size'),
  ),

  withStorage('data of a claim', { from: { claimName: 'old-data' } }),
  withStorage('data of a volume', { from: { volumeHandle: 'vol-0123456789abcdef0' } }),
  withStorage('two sources', { from: { claimName: 'a', volumeHandle: 'vol-0123456789abcdef0' } }, ONE_SOURCE),
  withStorage('no source', { from: {} }, ONE_SOURCE),
  withStorage('a claim that cannot be', { from: { claimName: 'Old Data' } }, 'spec.storage.from.claimName'),
  withStorage(
    'a volume that cannot be',
    { from: { volumeHandle: 'snap-0123456789abcdef0' } },
    'spec.storage.from.volumeHandle',
  ),
];

const changed = (what: string, before: Fields, after: Fields, refused?: string): UpdateRow => ({
  what,
  kind,
  before: { ...least, ...before },
  after: { ...least, ...after },
  ...(refused === undefined ? {} : { refused }),
});
const changedStorage = (what: string, before: Fields, after: Fields, refused?: string): UpdateRow =>
  changed(what, { storage: { ...storage, ...before } }, { storage: { ...storage, ...after } }, refused);
const changedNode = (what: string, before: Fields, after: Fields, refused?: string): UpdateRow =>
  changed(what, { node: { ...node, ...before } }, { node: { ...node, ...after } }, refused);

const from = { from: { claimName: 'old' } };
const grown = { volume: { name: 'trades-data', size: '20Gi' } };
const bound = { volume: { name: 'old', volumeId: 'vol-0123456789abcdef0' } };

export const QUESTDB_UPDATE_ROWS: UpdateRow[] = [
  changed('nothing', {}, {}),
  changed('that it rests', {}, { suspend: true }),
  changed('that it rests no more', { suspend: true }, { suspend: false }),
  changed('when it ends', { expireAfter: '336h' }, { expireAfter: '400h' }),
  changed('that it has no end', { expireAfter: '336h' }, {}),
  changedStorage('the same size in another spelling', { size: '20Gi' }, { size: '20480Mi' }),
  changedStorage('the default class spelt out', {}, { storageClassName: 'questdb' }),

  changed('the version', {}, { version: '9.3.5' }),
  changed('the version to a lower one, which the hook refuses', {}, { version: '9.0.0' }),
  changed('an image is added', {}, { image: {} }),
  changed('an image is removed', { image: {} }, {}),
  changed('the image', { image: {} }, { image: { repository: 'mine' } }),
  changed('a node is added', {}, { node }, 'spec.node cannot be added to or removed from a database that exists'),
  changed('a node is removed', { node }, {}, 'spec.node cannot be added to or removed from a database that exists'),
  changedNode('the zone', { zone: 'eu-west-1a' }, { zone: 'eu-west-1b' }, 'spec.node.zone cannot be changed'),
  changedNode('a zone is added', {}, { zone: 'eu-west-1b' }, 'spec.node.zone cannot be changed'),
  changedNode('a zone is removed', { zone: 'eu-west-1a' }, {}, 'spec.node.zone cannot be changed'),
  changedNode('the type', {}, { instanceType: 'r6i.xlarge' }),
  changedNode('the class', {}, { className: 'other' }),
  changedNode('the way to another instance', {}, { replacement: 'Recreate' }),
  changedNode('the tags', { tags: { team: 'a' } }, { tags: { team: 'b', cost: 'c' } }),
  changedNode('tags that are removed', { tags: { team: 'a' } }, {}),
  changedNode('a tag to one of the operator', {}, { tags: { 'questdb-fleet.dev/cluster': 'x' } }, FOREIGN_TAG),
  changedStorage('less size', {}, { size: '19Gi' }, NEVER_SHRINKS),
  changedStorage('more size', {}, { size: '21Gi' }),
  {
    ...changedStorage('less size than the volume has', { size: '40Gi' }, { size: '19Gi' }, NEVER_SHRINKS),
    status: grown,
  },
  { ...changedStorage('back to the size the volume has', { size: '40Gi' }, { size: '20Gi' }), status: grown },
  changedStorage('IOPS and throughput', {}, { iops: 6000, throughput: 500 }),
  changedStorage('IOPS and throughput are removed', { iops: 6000, throughput: 500 }, {}),
  changedStorage('what becomes of the data', {}, { deletionPolicy: 'Delete' }),
  changedStorage('what becomes of data from before', {}, { existing: 'Refuse' }),
  changedStorage('the layout of the source', from, { from: { claimName: 'old', layout: 'DbOnly' } }),
  changedStorage(
    'the StorageClass',
    {},
    { storageClassName: 'gp3' },
    'spec.storage.storageClassName cannot be changed',
  ),
  changedStorage('a source is added', {}, from, 'spec.storage.from can only be set when the database is created'),
  changedStorage(
    'another source',
    from,
    { from: { claimName: 'new' } },
    'spec.storage.from cannot name another source',
  ),
  changedStorage(
    'a source of another kind',
    from,
    { from: { volumeHandle: 'vol-0123456789abcdef0' } },
    'spec.storage.from cannot name another source',
  ),
  changedStorage(
    'the source is removed early',
    from,
    {},
    'spec.storage.from may be removed only once the volume is bound',
  ),
  {
    ...changedStorage(
      'the source is removed, status without a volume',
      from,
      {},
      'spec.storage.from may be removed only once',
    ),
    status: {},
  },
  { ...changedStorage('the source is removed once the volume is bound', from, {}), status: bound },
  changed('credentials are added', {}, { credentials: { secretName: 'mine' } }),
  changed('credentials are removed', { credentials: { secretName: 'mine' } }, {}),
  changed('a config is added', {}, { config: { 'a.b': 'c' } }),
  changed('a config is removed', { config: { 'a.b': 'c' } }, {}),
  changed('the config', { config: { 'a.b': 'c' } }, { config: { 'a.b': 'd' } }),
  changed(
    'the config to an owned key',
    { config: { 'a.b': 'c' } },
    { config: { 'http.user': 'd' } },
    'spec.config has a key',
  ),
];

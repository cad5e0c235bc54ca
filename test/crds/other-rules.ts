import { each, type CreateRow, type Fields, type UpdateRow } from './row.ts';

type Kind = { kind: string; least: Fields };

const NODE: Kind = {
  kind: 'QuestDBNode',
  least: { instanceType: 'r6i.large', zone: 'eu-west-1a', className: 'default', databaseName: 'trades' },
};
const VOLUME: Kind = {
  kind: 'QuestDBVolume',
  least: { size: '20Gi', storageClassName: 'questdb', databaseName: 'trades' },
};
const CLASS: Kind = {
  kind: 'QuestDBNodeClass',
  least: {
    ami: { id: 'ami-0123456789abcdef0' },
    subnets: [{ zone: 'eu-west-1a', id: 'subnet-0123456789abcdef0' }],
    securityGroupIds: ['sg-0123456789abcdef0'],
    instanceProfile: 'questdb',
    cluster: {
      name: 'production',
      apiServerEndpoint: 'https://example.eks.amazonaws.com',
      certificateAuthority: 'LS0tCg==',
      cidr: '10.100.0.0/16',
    },
  },
};

const created = ({ kind, least }: Kind, what: string, fields: Fields, refused?: string): CreateRow => ({
  what,
  kind,
  spec: { ...least, ...fields },
  ...(refused === undefined ? {} : { refused }),
});
const changed = ({ kind, least }: Kind, what: string, after: Fields, refused?: string): UpdateRow => ({
  what,
  kind,
  before: least,
  after: { ...least, ...after },
  ...(refused === undefined ? {} : { refused }),
});

const without = ({ kind, least }: Kind, field: string): CreateRow => ({
  what: `no ${field}`,
  kind,
  spec: Object.fromEntries(Object.entries(least).filter(([name]) => name !== field)),
  refused: `spec.${field}: Required value`,
});

const OUT_OF_RANGE = 'spec.size must be from 1Gi to 65536Gi';
const ONE_SOURCE = 'spec.from takes exactly one of claimName and volumeHandle';
const FOREIGN_TAG = 'may not start with questdb-fleet.dev/ or aws:, which belong to the operator and to AWS';

const BY_NAME = { owner: 'amazon', name: 'amazon-eks-node-al2023-*-standard-1.36-*' };
const KUBELET = {
  maxPods: 20,
  systemReserved: { cpu: '100m', memory: '200Mi', 'ephemeral-storage': '1Gi', pid: '1000' },
  kubeReserved: { memory: '0.5Gi' },
};

const many = (count: number): Fields =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${String(index)}`, 'x']));

const [subnet] = CLASS.least.subnets as Fields[];

export const OTHER_CREATE_ROWS: CreateRow[] = [
  { ...created(NODE, 'a node', {}), stored: { ...NODE.least, relaunch: 'Allowed' } },
  { ...created(NODE, 'a name of 63 characters', {}), name: 'a'.repeat(63) },
  { ...created(NODE, 'a name of 64', {}, 'metadata.name may have at most 63 characters'), name: 'a'.repeat(64) },
  ...each(Object.keys(NODE.least), (field) => without(NODE, field)),
  created(NODE, 'a type that is none', { instanceType: 'large' }, 'spec.instanceType in body should match'),
  { ...created(NODE, 'a node by its defaults', {}), stored: { relaunch: 'Allowed' } },
  created(NODE, 'another relaunch', { relaunch: 'Always' }, 'Unsupported value: "Always"'),
  created(NODE, 'tags', { tags: { customer: 'acme' } }),
  created(NODE, 'a tag of ours', { tags: { 'questdb-fleet.dev/owner-uid': 'x' } }, FOREIGN_TAG),
  created(NODE, 'a tag of AWS', { tags: { 'aws:name': 'x' } }, FOREIGN_TAG),
  created(NODE, 'a tag key of 129 characters', { tags: { ['k'.repeat(129)]: 'x' } }, 'at most 128 characters'),
  created(NODE, 'a tag of 257 characters', { tags: { customer: 'x'.repeat(257) } }, 'may not be more than 256'),
  created(NODE, '21 tags', { tags: many(21) }, 'must have at most 20 items'),
  created(NODE, 'an unknown field', { subnetId: 'subnet-1' }, 'unknown field "spec.subnetId"'),

  created(VOLUME, 'a volume', {}),
  created(VOLUME, 'a volume from a claim', { from: { claimName: 'old' } }),
  { ...created(VOLUME, 'a name of 52 characters', {}), name: 'a'.repeat(52) },
  { ...created(VOLUME, 'a name of 53', {}, 'metadata.name may have at most 52 characters'), name: 'a'.repeat(53) },
  ...each(Object.keys(VOLUME.least), (field) => without(VOLUME, field)),
  ...each(['1023Mi', '65537Gi', '0'], (size) => created(VOLUME, `the size ${size}`, { size }, OUT_OF_RANGE)),
  created(VOLUME, 'two sources', { from: { claimName: 'a', volumeHandle: 'vol-0123456789abcdef0' } }, ONE_SOURCE),
  created(VOLUME, 'no source', { from: {} }, ONE_SOURCE),

  { ...created(CLASS, 'a class', {}), stored: CLASS.least },
  {
    ...created(CLASS, 'a root volume by its default', { rootVolume: {} }),
    stored: { rootVolume: { size: 20 }, joinTimeoutSeconds: 900, unreachableAfterSeconds: 300 },
  },
  {
    ...created(CLASS, 'one hop to the metadata service by its default', { metadataOptions: {} }),
    stored: { metadataOptions: { httpPutResponseHopLimit: 1 } },
  },
  { ...created(CLASS, 'a name of 64', {}, 'metadata.name may have at most 63 characters'), name: 'a'.repeat(64) },
  ...each(Object.keys(CLASS.least), (field) => without(CLASS, field)),
  created(CLASS, 'no subnets', { subnets: [] }, 'spec.subnets'),
  created(CLASS, 'two subnets of one zone', { subnets: [subnet, { ...subnet, id: 'subnet-2' }] }),
  created(CLASS, 'one subnet twice', { subnets: [subnet, { ...subnet, zone: 'eu-west-1b' }] }, 'Duplicate value'),
  created(CLASS, 'one security group twice', { securityGroupIds: ['sg-1', 'sg-1'] }, 'Duplicate value'),
  created(CLASS, 'an image that is none', { ami: { id: 'latest' } }, 'spec.ami.id in body should match'),
  ...each([BY_NAME, { owner: '111122223333', name: 'al2023-*' }, { owner: 'self', name: 'a??' }], (ami) =>
    created(CLASS, `the image ${JSON.stringify(ami)}`, { ami }),
  ),
  ...each([{}, { owner: 'amazon' }, { name: 'al2023-*' }, { ...BY_NAME, id: 'ami-1' }], (ami) =>
    created(CLASS, `the image ${JSON.stringify(ami)}`, { ami }, 'spec.ami takes either id, or owner and name'),
  ),
  created(CLASS, 'an image of nobody', { ami: { ...BY_NAME, owner: 'canonical' } }, 'spec.ami.owner in body should'),
  created(CLASS, 'an image called aa', { ami: { ...BY_NAME, name: 'aa' } }, 'should be at least 3 chars long'),
  created(CLASS, 'all that a kubelet can be told', { kubelet: KUBELET }),
  created(CLASS, '3 pods', { kubelet: { maxPods: 3 } }, 'should be greater than or equal to 4'),
  created(CLASS, '738 pods', { kubelet: { maxPods: 738 } }, 'should be less than or equal to 737'),
  ...each(['systemReserved', 'kubeReserved'], (field) =>
    created(
      CLASS,
      `a ${field} of what cannot be kept`,
      { kubelet: { [field]: { gpu: '1' } } },
      `a key of spec.kubelet.${field} is one of cpu, memory, ephemeral-storage, pid`,
    ),
  ),
  ...each(['systemReserved', 'kubeReserved'], (field) =>
    created(
      CLASS,
      `a ${field} of much`,
      { kubelet: { [field]: { cpu: 'much' } } },
      `spec.kubelet.${field}.cpu in body`,
    ),
  ),
  created(
    CLASS,
    'another kubelet setting',
    { kubelet: { failSwapOn: false } },
    'unknown field "spec.kubelet.failSwapOn"',
  ),
  ...each([0, 65], (hops) =>
    created(
      CLASS,
      `${String(hops)} hops`,
      { metadataOptions: { httpPutResponseHopLimit: hops } },
      'spec.metadataOptions.httpPutResponseHopLimit in body should be',
    ),
  ),
  created(
    CLASS,
    'metadata without a session',
    { metadataOptions: { httpTokens: 'optional' } },
    'unknown field "spec.metadataOptions.httpTokens"',
  ),
  created(CLASS, 'a capacity reservation', { capacityReservationId: 'cr-0123456789abcdef0' }),
  created(
    CLASS,
    'a capacity reservation that is none',
    { capacityReservationId: 'open' },
    'spec.capacityReservationId in body should match',
  ),
  ...each([9, 86_401], (seconds) =>
    created(
      CLASS,
      `a silence of ${String(seconds)} seconds`,
      { unreachableAfterSeconds: seconds },
      'spec.unreachableAfterSeconds in body should be',
    ),
  ),
  created(CLASS, 'a root volume of 7 GiB', { rootVolume: { size: 7 } }, 'should be greater than or equal to 8'),
  created(CLASS, 'a time of 9 seconds', { joinTimeoutSeconds: 9 }, 'should be greater than or equal to 10'),
  created(CLASS, 'tags', { tags: { team: 'data', 'example.com/cost-center': '42' } }),
  created(CLASS, 'a tag of ours', { tags: { 'questdb-fleet.dev/cluster': 'x' } }, FOREIGN_TAG),
  created(CLASS, 'a tag of AWS', { tags: { 'aws:name': 'x' } }, FOREIGN_TAG),
  created(
    CLASS,
    'a tag key of 129 characters',
    { tags: { ['k'.repeat(129)]: 'x' } },
    'may have at most 128 characters',
  ),
  created(
    CLASS,
    'plain http',
    { cluster: { ...(CLASS.least.cluster as Fields), apiServerEndpoint: 'http://x' } },
    'spec.cluster.apiServerEndpoint',
  ),
];

const FIXED_NODE =
  'spec of a QuestDBNode cannot be changed but for relaunch and tags; another instance is another QuestDBNode';

export const OTHER_UPDATE_ROWS: UpdateRow[] = [
  changed(NODE, 'nothing', {}),
  ...Object.entries({ instanceType: 'r6i.xlarge', zone: 'eu-west-1b', className: 'b', databaseName: 'b' }).map(
    ([field, value]) => changed(NODE, field, { [field]: value }, FIXED_NODE),
  ),
  changed(NODE, 'whether it is followed by another one', { relaunch: 'Never' }),
  changed(NODE, 'the tags', { tags: { customer: 'acme' } }),
  changed(VOLUME, 'more size', { size: '21Gi' }),
  changed(VOLUME, 'less size', { size: '19Gi' }, 'spec.size never shrinks; it may only go back to what the claim has'),
  { ...changed(VOLUME, 'back to what the claim has', { size: '19Gi' }), status: { size: '18Gi' } },
  changed(VOLUME, 'the StorageClass', { storageClassName: 'gp3' }, 'spec.storageClassName cannot be changed'),
  changed(VOLUME, 'the database', { databaseName: 'quotes' }, 'spec.databaseName cannot be changed'),
  changed(CLASS, 'the image, while it is in use', { ami: { id: 'ami-1' } }),
  changed(CLASS, 'to an image that is named', { ami: BY_NAME }),
];

import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../../hooks/api/generated/questdbnodeclass.ts';
import type { LaunchIntent } from '../../hooks/questdbnode/memory.ts';

/** The fleet that all tests of this folder run. */
export const CLUSTER_NAME = 'fleet';
export const NAMESPACE = 'tenants';
export const ZONE = 'eu-west-1a';
export const INSTANCE_TYPE = 'm6i.large';

/** A class whose image, subnets and security group the simulated account has. */
export const nodeClass = (changes: Partial<QuestDBNodeClass['spec']> = {}): QuestDBNodeClass => ({
  apiVersion: 'questdb-fleet.dev/v1alpha1',
  kind: 'QuestDBNodeClass',
  metadata: { name: 'default', uid: 'class-1', generation: 1 },
  spec: {
    ami: { id: 'ami-local-x86' },
    subnets: [
      { zone: ZONE, id: 'subnet-local-a' },
      { zone: 'eu-west-1b', id: 'subnet-local-b' },
    ],
    securityGroupIds: ['sg-local'],
    instanceProfile: 'questdb-nodes',
    cluster: {
      name: CLUSTER_NAME,
      apiServerEndpoint: 'https://127.0.0.1:6443',
      certificateAuthority: 'Y2E=',
      cidr: '10.0.0.0/16',
    },
    joinTimeoutSeconds: 900,
    unreachableAfterSeconds: 300,
    ...changes,
  },
});

export const nodeSpec = (changes: Partial<QuestDBNode['spec']> = {}): QuestDBNode['spec'] => ({
  instanceType: INSTANCE_TYPE,
  zone: ZONE,
  className: 'default',
  databaseName: 'orders',
  relaunch: 'Allowed',
  ...changes,
});

/** A launch that the simulated account takes, with everything an intent can have. */
export const intent = (changes: Partial<LaunchIntent> = {}): LaunchIntent => ({
  attempt: 1,
  token: 'a'.repeat(64),
  imageId: 'ami-local-x86',
  subnetId: 'subnet-local-a',
  instanceType: INSTANCE_TYPE,
  instanceProfile: 'questdb-nodes',
  securityGroupIds: ['sg-local'],
  rootVolumeGiB: 30,
  userData: 'user data with ümlauts',
  tags: {
    Name: 'tenants/orders',
    team: 'data',
    'questdb-fleet.dev/cluster': CLUSTER_NAME,
    'questdb-fleet.dev/namespace': NAMESPACE,
    'questdb-fleet.dev/database': 'orders',
    'questdb-fleet.dev/owner-uid': 'uid-1',
    'questdb-fleet.dev/attempt': '1',
  },
  requestedAt: '2026-01-01T00:00:00Z',
  ...changes,
});

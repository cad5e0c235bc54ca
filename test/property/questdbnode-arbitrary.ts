import * as fc from 'fast-check';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../../hooks/api/generated/questdbnodeclass.ts';
import type { SyncRequest } from '../../hooks/metacontroller/contract.ts';
import type { Image, Instance, InstanceState, LaunchOutcome } from '../../hooks/questdbnode/ports.ts';
import { OUT_OF_SERVICE } from '../../hooks/api/labels.ts';
import { stampAfter } from '../fixtures/clock.ts';
import type { NodeFacts } from '../fixtures/node-world.ts';
import { mapOf } from '../fixtures/questdb.ts';
import { aClusterNode, aNodeClass, aNodeParent, anInstance, anIntent, INSTANCE_ID } from '../fixtures/questdbnode.ts';
import { conditions, maybe, mostly, userMetadata } from './arbitraries.ts';

const STATES: InstanceState[] = ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated'];
const OTHER_ID = 'i-0000000000000000a';
const TIMES = [stampAfter(-10), stampAfter(-400), stampAfter(-4000)] as const;
/** A taint of a Node that starts. */
const STARTING = { key: 'node.cilium.io/agent-not-ready', value: 'true', effect: 'NoExecute' };
const OUTCOMES: (LaunchOutcome | { outcome: 'Throttled' })[] = [
  { outcome: 'Launched', instanceId: INSTANCE_ID },
  { outcome: 'NoCapacity', code: 'InsufficientInstanceCapacity', message: 'None.' },
  { outcome: 'NoCapacity', code: 'InsufficientFreeAddressesInSubnet', message: 'Full.' },
  { outcome: 'TokenMismatch' },
  { outcome: 'TokenSpent' },
  { outcome: 'Refused', code: 'UnauthorizedOperation', message: 'No.' },
  { outcome: 'Throttled' },
];

/** One that names its image by id, one that names it otherwise and has two subnets a zone, and none. */
const CLASSES = [
  aNodeClass(),
  aNodeClass({
    ami: { owner: 'amazon', name: 'al2023-*' },
    subnets: ['subnet-a', 'subnet-a2'].map((id) => ({ zone: 'eu-west-1a', id })),
  }),
  undefined,
] as const;

const parent = (): fc.Arbitrary<QuestDBNode> =>
  fc
    .record({
      metadata: userMetadata(),
      zone: mostly('eu-west-1a', 'eu-west-1b', 'eu-west-1c'),
      instanceType: mostly('r6i.2xlarge', 'x9.large'),
      relaunch: mostly('Allowed' as const, 'Never' as const),
      status: maybe(
        fc.record({
          conditions: maybe(conditions('Joined', 'Launched', 'Ready', 'Stalled')),
          instanceId: maybe(fc.constant(INSTANCE_ID)),
          allocatable: maybe(fc.constant({ cpu: '7900m', memory: '60Gi' })),
          launchedAt: maybe(fc.constantFrom(...TIMES)),
          joinedAt: maybe(fc.constantFrom(...TIMES)),
          launch: maybe(fc.constantFrom(...TIMES).map((requestedAt) => anIntent({ requestedAt }))),
          shortage: maybe(
            fc.constantFrom(stampAfter(-1), stampAfter(100)).map((nextTry) => ({
              reason: 'InsufficientInstanceCapacity',
              message: 'None.',
              since: stampAfter(-400),
              nextTry,
            })),
          ),
          fence: maybe(
            fc.record({
              instanceId: mostly(INSTANCE_ID, OTHER_ID),
              reason: fc.constantFrom('NodeUnreachable', 'InstanceNotFound', 'InstanceImpaired'),
              since: fc.constantFrom(...TIMES),
            }),
          ),
          retiring: maybe(
            fc.constantFrom(...TIMES).map((since) => [{ instanceId: OTHER_ID, reason: 'NodeUnreachable', since }]),
          ),
        }),
      ),
    })
    .map(
      ({ metadata, zone, instanceType, relaunch, status }) =>
        JSON.parse(
          JSON.stringify(
            aNodeParent({
              metadata,
              spec: { zone, instanceType, relaunch },
              ...(status === undefined ? {} : { status: status as NonNullable<QuestDBNode['status']> }),
            }),
          ),
        ) as QuestDBNode,
    );

const instance = (): fc.Arbitrary<Instance> =>
  fc
    .record({
      instanceId: mostly(INSTANCE_ID, OTHER_ID, 'i-0000000000000000b'),
      state: fc.constantFrom(...STATES),
      isOwned: mostly(true, false),
      clientToken: mostly('token-1', 'another'),
      dataVolumeIds: mostly<string[]>([], ['vol-1']),
    })
    .map(({ isOwned, ...rest }) => anInstance(isOwned ? rest : { ...rest, tags: {} }));

const node = () =>
  fc
    .record({
      ready: mostly(true, false),
      instanceId: mostly(INSTANCE_ID, OTHER_ID, 'i-other'),
      since: fc.constantFrom(...TIMES),
      unschedulable: mostly(false, true),
      taints: mostly<{ key: string; value: string; effect: string }[]>(
        [],
        [OUT_OF_SERVICE],
        [STARTING],
        [STARTING, OUT_OF_SERVICE],
      ),
      createdAt: maybe(fc.constantFrom(...TIMES)),
    })
    .map(({ instanceId, createdAt, ...rest }) =>
      aClusterNode({
        ...rest,
        ...(createdAt === undefined ? {} : { createdAt }),
        providerID: `aws:///eu-west-1a/${instanceId}`,
      }),
    );

export type NodeCase = { request: SyncRequest<QuestDBNode>; facts: NodeFacts };

/** A QuestDBNode at any time of its life, and EC2 in any mood. */
export const nodeCase = (): fc.Arbitrary<NodeCase> =>
  fc
    .record({
      parent: parent(),
      fleet: fc.uniqueArray(instance(), { selector: ({ instanceId }) => instanceId, maxLength: 2 }),
      node: maybe(node()),
      nodeClass: mostly<QuestDBNodeClass | undefined>(...CLASSES),
      image: mostly<Image | null | undefined>(undefined, null, { imageId: 'ami-new', architecture: 'arm64' }),
      hasDriver: mostly(true, false),
      isImpaired: mostly(false, true),
      hasPods: mostly(false, true),
      launch: fc.constantFrom(...OUTCOMES),
    })
    .map(({ parent: live, fleet, node: joined, nodeClass, image, hasDriver, isImpaired, hasPods, launch }) => ({
      request: {
        parent: live,
        children: {},
        related: mapOf([...(nodeClass === undefined ? [] : [nodeClass]), ...(joined === undefined ? [] : [joined])]),
        finalizing: false,
      },
      facts: {
        live,
        fleet,
        launch,
        ...(image === undefined ? {} : { image }),
        nodes: joined === undefined ? [] : [joined],
        impaired: isImpaired ? { [INSTANCE_ID]: stampAfter(-400) } : {},
        volumePods: hasPods ? { 'ip-10-0-0-7.eu-west-1.compute.internal': ['acme/trades-0'] } : {},
        csiDrivers: { 'ip-10-0-0-7.eu-west-1.compute.internal': hasDriver ? ['ebs.csi.aws.com'] : [] },
      },
    }));

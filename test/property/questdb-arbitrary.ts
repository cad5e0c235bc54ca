import * as fc from 'fast-check';
import type { QuestDB } from '../../hooks/api/generated/questdb.ts';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import type { QuestDBVolume } from '../../hooks/api/generated/questdbvolume.ts';
import { shortHash } from '../../hooks/api/names.ts';
import type { KubernetesObject, SyncRequest } from '../../hooks/metacontroller/contract.ts';
import type { StatefulSet } from '../../hooks/questdb/statefulset.ts';
import { madeAt, stampAfter } from '../fixtures/clock.ts';
import type { DatabaseFacts } from '../fixtures/database-world.ts';
import { podFor, podWith, readyPod, unschedulable } from '../fixtures/pod.ts';
import {
  aDatabase,
  aNode,
  aStatefulSet,
  aVolume,
  CONFIG_RUNS,
  databaseRequest,
  POD_INPUT,
  A_SECRET,
  ANSWERED,
  FOUND,
} from '../fixtures/questdb.ts';
import { aNodeClass, anIntent } from '../fixtures/questdbnode.ts';
import { conditions, databaseName, MARK, maybe, mostly, size, userMetadata } from './arbitraries.ts';

const TYPES = ['r6i.2xlarge', 'm6i.large'] as const;
const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'] as const;
const CLASSES = ['default', 'other'] as const;
/** Within the half minute that a pod has, and after it. */
const TIMES = [stampAfter(-10), stampAfter(-400)] as const;
const NODE_UIDS = ['node-uid-1', 'node-uid-2', 'node-uid-3'] as const;

const database = (): fc.Arbitrary<QuestDB> =>
  fc
    .record({
      name: databaseName(),
      metadata: userMetadata(),
      version: fc.constantFrom('9.1.0', '9.2.3', '9.3.4', '10.0.0'),
      image: maybe(fc.constant({ repository: 'mirror/questdb', digest: `sha256:${'a'.repeat(64)}` })),
      node: maybe(
        fc.record({
          instanceType: mostly<string>(...TYPES),
          zone: maybe(mostly<string>(...ZONES)),
          className: mostly<string>(...CLASSES),
          replacement: mostly('SurgeFirst', 'Recreate'),
          tags: maybe(fc.constant({ team: 'markets' })),
        }),
      ),
      size: size(),
      config: maybe(fc.constant({ 'b.key': '\\d+', 'a.key': '' })),
      conditions: maybe(conditions('NodeReady', 'Ready', 'Replacing', 'Stalled', 'VolumeReady', 'WriteHealthy')),
      replaceNode: maybe(fc.constantFrom('', 'again', MARK)),
      unavailableZones: maybe(fc.uniqueArray(unavailableZone(), { selector: ({ zone }) => zone, maxLength: 3 })),
    })
    .map(
      ({
        name,
        metadata,
        version,
        image,
        node,
        size: bytes,
        config,
        conditions: said,
        replaceNode,
        unavailableZones,
      }) =>
        JSON.parse(
          JSON.stringify(
            aDatabase({
              metadata: {
                name,
                ...metadata,
                ...(replaceNode === undefined
                  ? {}
                  : { annotations: { ...metadata.annotations, 'questdb-fleet.dev/replace-node': replaceNode } }),
              },
              spec: {
                version,
                image,
                node,
                config,
                storage: { size: bytes, storageClassName: 'questdb' },
              } as unknown as QuestDB['spec'],
              ...(said === undefined
                ? {}
                : { status: { conditions: said, ...(unavailableZones === undefined ? {} : { unavailableZones }) } }),
            }),
          ),
        ) as QuestDB,
    );

const unavailableZone = () =>
  fc.record({
    zone: fc.constantFrom(...ZONES),
    reason: fc.constant('InsufficientInstanceCapacity'),
    until: fc.constantFrom(stampAfter(-1), stampAfter(60)),
  });

const volumeOf = ({ metadata }: QuestDB): fc.Arbitrary<QuestDBVolume> =>
  fc
    .record({
      claimName: mostly<string | undefined>(`${metadata.name}-data`, 'adopted', undefined),
      zone: mostly<string | undefined>(ZONES[0], ...ZONES, undefined),
      volumeId: maybe(fc.constant('vol-0a1b2c3d4e5f60718')),
      conditions: conditions('Ready', 'Stalled'),
    })
    .map((status) =>
      aVolume({ metadata: { name: metadata.name }, status: JSON.parse(JSON.stringify(status)) as object }),
    );

const SHORTAGE = {
  reason: 'InsufficientInstanceCapacity',
  message: 'No room.',
  since: stampAfter(-60),
  nextTry: stampAfter(120),
};
const DISRUPTED = { type: 'DisruptionTarget', status: 'True' as const, reason: 'Cordoned', message: 'Move.' };

const nodesOf = ({ metadata }: QuestDB): fc.Arbitrary<QuestDBNode[]> =>
  fc
    .uniqueArray(
      fc.record({
        uid: mostly<string>(...NODE_UIDS),
        instanceType: mostly<string>(...TYPES),
        zone: mostly<string>(...ZONES),
        isDying: mostly(false, true),
        creationTimestamp: fc.constantFrom('2026-02-01T08:00:00Z', '2026-02-02T08:00:00Z'),
        allocatable: mostly<object | undefined>({ cpu: '7900m', memory: '60Gi' }, undefined),
        token: mostly<string | undefined>(undefined, shortHash(['again']), 'another'),
        tags: maybe(fc.constant({ team: 'markets' })),
        launch: maybe(fc.constantFrom(1, 2).map((attempt) => anIntent({ attempt }))),
        shortage: mostly<object | undefined>(undefined, SHORTAGE),
        conditions: conditions('Ready', 'Stalled').chain((said) =>
          mostly(said, [...said, { ...DISRUPTED, lastTransitionTime: '2026-02-01T08:00:00Z' }]),
        ),
      }),
      { selector: ({ uid }) => uid, maxLength: 3 },
    )
    .map((nodes) =>
      nodes.map(({ uid, instanceType, zone, isDying, creationTimestamp, token, tags, ...status }) =>
        aNode({
          metadata: {
            name: `${metadata.name}-${uid.slice(-1).padStart(8, '0')}`,
            uid,
            creationTimestamp,
            ...(isDying ? { deletionTimestamp: '2026-03-01T11:00:00Z' } : {}),
            ...(token === undefined ? {} : { annotations: { 'questdb-fleet.dev/replacement': token } }),
          },
          spec: { databaseName: metadata.name, instanceType, zone, ...(tags === undefined ? {} : { tags }) },
          status: JSON.parse(JSON.stringify(status)) as object,
        }),
      ),
    );

const YES = {
  answered: true as const,
  askedWith: A_SECRET.revision,
  version: '9.3.4',
  suspendedTables: [],
  config: CONFIG_RUNS,
};

const statefulSetOf = (parent: QuestDB): fc.Arbitrary<StatefulSet> =>
  fc
    .record({
      nodeUid: mostly<string | undefined>(
        parent.spec.node === undefined ? undefined : NODE_UIDS[0],
        ...NODE_UIDS,
        'gone',
      ),
      claimName: mostly(`${parent.metadata.name}-data`, 'adopted'),
      credentials: mostly(A_SECRET, { ...A_SECRET, revision: 'another' }),
      observedGeneration: mostly(1, 0),
      updateRevision: mostly('r1', 'r2'),
      replicas: mostly(1, 0),
      readyReplicas: mostly(1, 0),
      wanted: mostly(1, 0),
      at: fc.constantFrom(...TIMES),
    })
    .map(({ nodeUid, claimName, credentials, wanted, at, ...status }) => {
      const requests = { cpu: '6320m', memory: '48Gi' };
      const placement =
        nodeUid === undefined ? ({ on: 'AnyNode' } as const) : ({ on: 'OwnNode', nodeUid, requests } as const);
      const found = { currentRevision: 'r1', ...status };
      return madeAt(at, aStatefulSet(parent, { ...POD_INPUT, placement, claimName, credentials }, found, wanted));
    });

const databaseFacts = ({ metadata }: QuestDB): fc.Arbitrary<DatabaseFacts> =>
  fc
    .record({
      pod: maybe(
        fc
          .constantFrom(
            readyPod(),
            ...NODE_UIDS.map((uid) => podFor(uid)),
            unschedulable('No room.'),
            podWith({ waiting: { reason: 'CrashLoopBackOff' } }),
            podWith({ running: {} }),
          )
          .chain((pod) =>
            fc
              .record({
                creationTimestamp: fc.constantFrom(...TIMES),
                deletionTimestamp: mostly<string | undefined>(undefined, ...TIMES),
              })
              .map((times) => ({
                ...pod,
                metadata: { ...pod.metadata, ...times, name: `${metadata.name}-0` },
              })),
          ),
      ),
      credentials: mostly<NonNullable<DatabaseFacts['credentials']>>(
        FOUND,
        { state: 'Invalid', problem: 'it has no password.' },
        { state: 'Absent' },
        { state: 'Foreign' },
      ),
      probe: maybe(
        fc.constantFrom<NonNullable<DatabaseFacts['probe']>>(
          ANSWERED,
          { result: { ...YES, suspendedTables: ['t'] }, isFresh: false },
          { result: { ...YES, askedWith: 'another' }, isFresh: true },
          { result: { answered: false, askedWith: A_SECRET.revision, message: 'HTTP 503' }, isFresh: true },
          { result: { answered: false, askedWith: undefined, message: 'HTTP 401' }, isFresh: true },
        ),
      ),
    })
    .map((facts) => JSON.parse(JSON.stringify(facts)) as DatabaseFacts);

export type DatabaseCase = { request: SyncRequest<QuestDB>; facts: DatabaseFacts };

/** A QuestDB at any time of its life: whatever is there of its children, in whatever state. */
export const databaseCase = (): fc.Arbitrary<DatabaseCase> =>
  database().chain((parent) =>
    fc
      .record({
        volume: fc.option(volumeOf(parent), { nil: undefined, freq: 8 }),
        nodes: nodesOf(parent),
        statefulSet: maybe(statefulSetOf(parent)),
        hasClass: fc.boolean(),
        facts: databaseFacts(parent),
      })
      .map(({ volume, nodes, statefulSet, hasClass, facts }) => {
        const children: KubernetesObject[] = [volume, statefulSet].filter((child) => child !== undefined);
        const request = databaseRequest(parent, [...children, ...nodes], hasClass ? [aNodeClass()] : []);
        const others = statefulSet === undefined ? [] : [statefulSet];
        return { request, facts: { live: parent, others, ...facts } };
      }),
  );

import { isDeepStrictEqual } from 'node:util';
import { conditionOf } from '../../hooks/api/conditions.ts';
import type { QuestDB } from '../../hooks/api/generated/questdb.ts';
import type { QuestDBVolume } from '../../hooks/api/generated/questdbvolume.ts';
import type { DesiredObject, SyncRequest, SyncResponse } from '../../hooks/metacontroller/contract.ts';
import { statefulSetIn } from '../../hooks/questdb/observe.ts';
import type { StatefulSet } from '../../hooks/questdb/statefulset.ts';
import { syncDatabase } from '../../hooks/questdb/sync.ts';
import type { ApiObject } from '../../local/metacontroller/api-object.ts';
import { applyDesired } from '../../local/metacontroller/apply/apply-desired.ts';
import { withLastApplied } from '../../local/metacontroller/apply/last-applied.ts';
import { condition } from '../fixtures/conditions.ts';
import { databaseRequest, ownedBy } from '../fixtures/questdb.ts';
import { aNodeClass } from '../fixtures/questdbnode.ts';
import { answerOf, onTheWire } from './lawful.ts';
import {
  deleteChild,
  keyOf,
  newIn,
  nodesOf,
  placeOf,
  portsOf,
  stampIn,
  store,
  type Stored,
  type World,
} from './replacement-world.ts';

export const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'] as const;
const CLASS = aNodeClass({ subnets: ZONES.map((zone, index) => ({ zone, id: `subnet-${index}` })) });

/** The answer comes late, and other things happen before it is applied; or the status is not written. */
export type Disturbance = { meanwhile: () => void; losesStatus: boolean };

/** One pass of Metacontroller, from what its caches know. */
export const pass = async (world: World, { meanwhile, losesStatus }: Disturbance): Promise<void> => {
  const { parent, children } = world.seen;
  const request = databaseRequest(parent, [...children.values()], [CLASS]);
  const answer = await answerOf(syncDatabase(portsOf(world))(structuredClone(request)));
  if (answer === undefined) {
    meanwhile();
    return;
  }
  watchReady(world, request, answer.status);
  meanwhile();
  apply(world, request, onTheWire(answer));
  if (!losesStatus) world.parent = { ...world.parent, status: onTheWire(answer.status) };
};

const apply = (world: World, request: SyncRequest<QuestDB>, { children }: SyncResponse<object>): void => {
  const observed = new Map(
    Object.values(request.children).flatMap((objects) =>
      Object.values(objects).map((child) => [keyOf(child), child as Stored] as const),
    ),
  );
  const named = new Set(children.map(keyOf));
  for (const [key, child] of observed) if (!named.has(key)) letGo(world, child);
  for (const child of children) {
    const before = observed.get(keyOf(child));
    if (before !== undefined) update(world, before, child);
    else if (!world.children.has(keyOf(child))) create(world, request, child);
  }
};

/** What was observed and is not named is deleted, if it is still the same. */
const letGo = (world: World, observed: Stored): void => {
  const live = world.children.get(keyOf(observed));
  if (live?.metadata.uid !== observed.metadata.uid || observed.metadata.deletionTimestamp !== undefined) return;
  if (live.kind === 'StatefulSet') world.violations.push('the StatefulSet was let go');
  if (placeOf(world.pod) === live.metadata.uid) {
    world.violations.push(`${live.metadata.name} was let go with the pod on it`);
  }
  world.letGo = new Set([...world.letGo, live.metadata.uid]);
  deleteChild(world, live);
};

const update = (world: World, observed: Stored, desired: DesiredObject): void => {
  const live = world.children.get(keyOf(desired));
  if (live === undefined || observed.metadata.deletionTimestamp !== undefined) return;
  const merged = applyDesired(observed as unknown as ApiObject, desired) as unknown as Stored;
  // The API server takes a change of the newest version alone.
  const isStale = live.metadata.resourceVersion !== observed.metadata.resourceVersion;
  if (isStale || isDeepStrictEqual(merged, observed)) return;
  const isSameSpec = isDeepStrictEqual(merged.spec, observed.spec);
  const generation = (live.metadata.generation ?? 1) + (isSameSpec ? 0 : 1);
  watchPlacement(world, live, merged);
  store(world, { ...merged, metadata: { ...merged.metadata, generation } });
};

const create = (world: World, request: SyncRequest<QuestDB>, desired: DesiredObject): void => {
  const wish = withLastApplied(desired, desired);
  const metadata = {
    ...wish.metadata,
    namespace: 'acme',
    uid: newIn(world, 'uid'),
    generation: 1,
    creationTimestamp: stampIn(world),
    ownerReferences: ownedBy(world.parent),
  };
  const child = { ...wish, metadata, ...(desired.kind === 'QuestDBVolume' ? { status: UNBOUND } : {}) } as Stored;
  watchPlacement(world, undefined, child);
  if (child.kind === 'QuestDBNode') watchCreation(world, request);
  store(world, child);
};

/** The hook of the QuestDBVolume has found nothing, and made a claim. */
const UNBOUND: NonNullable<QuestDBVolume['status']> = {
  claimName: 'trades-data',
  conditions: [condition('Ready', 'False', { reason: 'WaitingForFirstConsumer' }), condition('Stalled', 'False')],
};

const isReadyIn = (status: QuestDB['status']): boolean => conditionOf(status?.conditions, 'Ready')?.status === 'True';

/** What becomes Ready has its pod, and on the node it names. */
const watchReady = (
  { pod, violations, ...world }: World,
  { parent }: SyncRequest<QuestDB>,
  status: QuestDB['status'],
) => {
  if (!isReadyIn(status) || isReadyIn(parent.status)) return;
  const node = world.children.get(`QuestDBNode/${status?.node?.name ?? ''}`);
  const isThere = pod !== undefined && pod.metadata.deletionTimestamp === undefined;
  if (!isThere || placeOf(pod) !== node?.metadata.uid) violations.push('it is Ready without a pod on its node');
};

/** Recreate: nothing is made beside what is still there. */
const watchCreation = (world: World, request: SyncRequest<QuestDB>): void => {
  const { parent } = request;
  if (statefulSetIn(request) === undefined || parent.spec.node?.replacement !== 'Recreate') return;
  if (world.pod !== undefined) world.violations.push('Recreate made a node while there was a pod');
  if (nodesOf(world).length > 0) world.violations.push('Recreate made a node while there was another');
};

const watchPlacement = (world: World, before: Stored | undefined, after: Stored): void => {
  if (after.kind !== 'StatefulSet') return;
  const to = placeOf(after as StatefulSet);
  const isMoved = to !== placeOf(before as StatefulSet | undefined);
  if (isMoved && !world.everReady.has(to ?? '')) {
    world.violations.push('the pod was placed on a node that was never Ready');
  }
};

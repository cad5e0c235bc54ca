import { conditionOf, fails, transition } from '../api/conditions.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { generationOf, namespaceOf } from '../api/kinds.ts';
import { hasAll, selectorLabels } from '../api/labels.ts';
import { podName } from '../api/names.ts';
import type { DesiredObject, FinalizeResponse, SyncRequest } from '../metacontroller/contract.ts';
import { RetryLater } from '../metacontroller/errors.ts';
import { assertDying, assertSameSpec } from '../metacontroller/live-parent.ts';
import { objectsOf } from '../metacontroller/observed.ts';
import { isControlledBy } from './adopt.ts';
import { questdbNode } from './children/questdbnode.ts';
import { questdbVolume } from './children/questdbvolume.ts';
import { statefulSetReference } from './drop.ts';
import { identityOf } from './observe.ts';
import { stopStory } from './pod.ts';
import type { DatabasePorts, Pod } from './ports.ts';
import type { DatabaseStatus } from './status.ts';
import { asWanted } from './wish.ts';

/** The steps of a deletion, each begun when the one before is observed to be over. */
export type Farewell =
  | { step: 'StopPod'; message: string }
  | { step: 'ReleaseVolume'; message: string }
  | { step: 'RetireNode'; message: string }
  | { step: 'Done' };

const KINDS = {
  statefulSet: 'StatefulSet.apps/v1',
  volume: 'QuestDBVolume.questdb-fleet.dev/v1alpha1',
  node: 'QuestDBNode.questdb-fleet.dev/v1alpha1',
} as const;

/** Stops the database, marks its data as kept, retires its instance, and lets the QuestDB go. */
export const finalizeDatabase =
  (ports: DatabasePorts) =>
  async (request: SyncRequest<QuestDB>): Promise<FinalizeResponse<DatabaseStatus>> => {
    const { namespace, database } = identityOf(request.parent);
    const parent = assertDying(assertSameSpec(request.parent, await ports.cluster.readParent(namespace, database)));
    const farewell = await planFarewell(ports, request, parent);
    return {
      status: farewellStatus(parent, farewell, ports.now()),
      children: stillNeeded(request, farewell),
      finalized: farewell.step === 'Done',
      ...(farewell.step === 'Done' ? {} : { resyncAfterSeconds: 2 }),
    };
  };

const planFarewell = async (
  ports: DatabasePorts,
  request: SyncRequest<QuestDB>,
  parent: QuestDB,
): Promise<Farewell> => {
  // What --cascade=orphan leaves behind goes on running; there is nothing to wait for.
  if (parent.metadata.finalizers?.includes('orphan') === true) return { step: 'Done' };
  await assertChildrenAreOurs(ports, request);
  const pod = await podToWaitFor(ports, request);
  if (pod !== undefined) return { step: 'StopPod', message: stopping(pod) };
  const volumes = namesIn(request, KINDS.volume);
  if (volumes !== '') {
    return { step: 'ReleaseVolume', message: releasing(request, volumes) };
  }
  const nodes = namesIn(request, KINDS.node);
  return nodes === ''
    ? { step: 'Done' }
    : { step: 'RetireNode', message: `Waiting for the instance of QuestDBNode ${nodes} to be terminated.` };
};

/** A deletion of the data takes its time, and the QuestDBVolume says what it waits for. */
const releasing = ({ children }: SyncRequest<QuestDB>, volumes: string): string => {
  const said = objectsOf<QuestDBVolume>(children, KINDS.volume)
    .map(({ status }) => conditionOf(status?.conditions, 'Ready'))
    .find((condition) => condition?.reason === 'DeletingData');
  return said?.message ?? `Waiting for QuestDBVolume ${volumes} to mark its data as kept.`;
};

const namesIn = ({ children }: SyncRequest<QuestDB>, outerKey: string): string =>
  objectsOf(children, outerKey)
    .map(({ metadata }) => metadata.name)
    .join(', ');

/**
 * The garbage collector takes the owner off all children and the finalizer off the parent with --cascade=orphan. A request that still shows
 * them as children is older than that: they would be deleted by it. Throws RetryLater.
 */
const assertChildrenAreOurs = async ({ cluster }: DatabasePorts, { parent, children }: SyncRequest<QuestDB>) => {
  const observed = Object.values(KINDS).flatMap((outerKey) => objectsOf(children, outerKey));
  const live = await Promise.all(observed.map((child) => cluster.readChild(namespaceOf(parent), child)));
  if (live.some((child) => child !== undefined && !isControlledBy(child, parent.metadata.uid))) {
    throw new RetryLater(
      1,
      "The children in the request are not this object's any more; waiting for a current request.",
    );
  }
};

/** The database's pod, unless it belongs to a StatefulSet that is somebody else's or was left behind. */
const podToWaitFor = async (
  { cluster }: DatabasePorts,
  { parent, children }: SyncRequest<QuestDB>,
): Promise<PodToStop | undefined> => {
  const { namespace, database } = identityOf(parent);
  const name = podName(database);
  const pod = await cluster.readPod(namespace, name);
  if (objectsOf(children, KINDS.statefulSet).length > 0) return { name, pod };
  if (pod === undefined) return undefined;
  const set = await cluster.readChild(namespace, statefulSetReference(database));
  const isAnothers = set !== undefined && !isControlledBy(set, parent.metadata.uid);
  return isAnothers || !hasAll(pod.metadata.labels, selectorLabels(database)) ? undefined : { name, pod };
};

type PodToStop = { name: string; pod: Pod | undefined };

const stopping = ({ name, pod }: PodToStop): string =>
  pod === undefined ? `Waiting for the StatefulSet of pod "${name}" to be deleted.` : stopStory(name, pod);

/**
 * Children that are named stay; the others are deleted by Metacontroller. They are named as sync names them, so that nothing changes but that
 * an instance that is lost from now on is followed by none.
 */
const stillNeeded = ({ parent, children }: SyncRequest<QuestDB>, { step }: Farewell): DesiredObject[] => {
  const nodes = objectsOf<QuestDBNode>(children, KINDS.node).map((node) =>
    questdbNode(parent, asWanted(node), 'Never'),
  );
  switch (step) {
    case 'StopPod':
      return [...(objectsOf(children, KINDS.volume).length > 0 ? [questdbVolume(parent)] : []), ...nodes];
    case 'ReleaseVolume':
      return nodes;
    case 'RetireNode':
    case 'Done':
      return [];
  }
};

const farewellStatus = (parent: QuestDB, farewell: Farewell, now: Date): DatabaseStatus => {
  const { conditions: previous, ...kept } = parent.status ?? {};
  const ready =
    farewell.step === 'Done'
      ? fails('Deleted', 'The database is stopped, and all that is its own is gone.')
      : fails('Deleting', farewell.message);
  return { ...kept, conditions: transition({ Ready: ready }, { previous, generation: generationOf(parent), now }) };
};

import { fails, transition } from '../api/conditions.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { generationOf } from '../api/kinds.ts';
import { podName } from '../api/names.ts';
import type { DesiredObject, FinalizeResponse, SyncRequest } from '../metacontroller/contract.ts';
import { assertDying, assertSameSpec } from '../metacontroller/live-parent.ts';
import { objectsOf } from '../metacontroller/observed.ts';
import { questdbNode } from './children/questdbnode.ts';
import { questdbVolume } from './children/questdbvolume.ts';
import { identityOf } from './observe.ts';
import type { DatabasePorts } from './ports.ts';
import type { DatabaseStatus } from './status.ts';

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
  const names = (outerKey: string) =>
    objectsOf(request.children, outerKey)
      .map(({ metadata }) => metadata.name)
      .join(', ');
  if (await isPodThere(ports, request)) return { step: 'StopPod', message: 'Waiting for the database to stop.' };
  const volumes = names(KINDS.volume);
  if (volumes !== '')
    return { step: 'ReleaseVolume', message: `Waiting for QuestDBVolume ${volumes} to mark its data as kept.` };
  const nodes = names(KINDS.node);
  if (nodes !== '')
    return { step: 'RetireNode', message: `Waiting for the instance of QuestDBNode ${nodes} to be terminated.` };
  return { step: 'Done' };
};

const isPodThere = async ({ cluster }: DatabasePorts, request: SyncRequest<QuestDB>): Promise<boolean> => {
  const { namespace, database } = identityOf(request.parent);
  const hasStatefulSet = objectsOf(request.children, KINDS.statefulSet).length > 0;
  return hasStatefulSet || (await cluster.readPod(namespace, podName(database))) !== undefined;
};

/** Children that are named stay; the others are deleted by Metacontroller. They are named as sync names them, so that nothing changes. */
const stillNeeded = ({ parent, children }: SyncRequest<QuestDB>, { step }: Farewell): DesiredObject[] => {
  const nodes = objectsOf<QuestDBNode>(children, KINDS.node).map(({ metadata, spec }) =>
    questdbNode(parent.metadata.name, metadata.name, spec),
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
      ? fails('Deleted', 'The database is stopped and its data kept.')
      : fails('Deleting', farewell.message);
  return { ...kept, conditions: transition({ Ready: ready }, { previous, generation: generationOf(parent), now }) };
};

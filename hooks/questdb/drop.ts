import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { podName, statefulSetName } from '../api/names.ts';
import type { DesiredObject } from '../metacontroller/contract.ts';
import type { Observed } from './observe.ts';
import { placementOf, type StatefulSet } from './statefulset.ts';
import type { DatabasePorts, Pod } from './ports.ts';
import { isPodOn, isStopped } from './whereabouts.ts';

export const statefulSetReference = (database: string): DesiredObject => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: statefulSetName(database) },
});

/**
 * Of the nodes an answer would leave out, those the database's pod may be on, by live reads: a request lags. A pod that ends counts. The
 * StatefulSet is read first, so that a pod it was made into in between is seen.
 */
export const nodesInUse = async (
  { cluster }: DatabasePorts,
  { identity: { namespace, database } }: Observed,
  candidates: readonly QuestDBNode[],
): Promise<QuestDBNode[]> => {
  if (candidates.length === 0) return [];
  const statefulSet = (await cluster.readChild(namespace, statefulSetReference(database))) as StatefulSet | undefined;
  const pod = await cluster.readPod(namespace, podName(database));
  return candidates.filter((node) => mayHavePod(node, statefulSet, pod));
};

const mayHavePod = (node: QuestDBNode, statefulSet: StatefulSet | undefined, pod: Pod | undefined): boolean =>
  (pod !== undefined && isPodOn(pod, node)) || (statefulSet !== undefined && mayGetPod(node, statefulSet));

/**
 * As long as its controller has not seen the newest template it may still act on one before, which may point to any node that has ever been
 * Ready.
 */
const mayGetPod = ({ metadata, status }: QuestDBNode, statefulSet: StatefulSet): boolean => {
  if (isStopped(statefulSet)) return false;
  const isSeen = statefulSet.status?.observedGeneration === statefulSet.metadata.generation;
  if (!isSeen && status?.allocatable !== undefined) return true;
  const placement = placementOf(statefulSet);
  return placement.on === 'OwnNode' && placement.nodeUid === metadata.uid;
};

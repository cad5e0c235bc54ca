import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { NODE } from '../api/labels.ts';
import type { Observed } from './observe.ts';
import { placementOf, replicasOf, type StatefulSet } from './statefulset.ts';
import type { Pod } from './ports.ts';

/** The node the StatefulSet puts its pod on, also when it is being deleted; undefined when it is gone, or the pod may run anywhere. */
export const placedNode = ({ statefulSet, nodes, dyingNodes }: Observed): QuestDBNode | undefined => {
  const placement = statefulSet === undefined ? undefined : placementOf(statefulSet);
  return placement?.on === 'OwnNode'
    ? [...nodes, ...dyingNodes].find(({ metadata }) => metadata.uid === placement.nodeUid)
    : undefined;
};

/** The node of that name, unless it is being deleted. */
export const nodeNamed = ({ nodes }: Observed, name: string | undefined): QuestDBNode | undefined =>
  nodes.find(({ metadata }) => metadata.name === name);

/** Whether its controller was told to have no pod, and has none. */
export const isStopped = (statefulSet: StatefulSet): boolean =>
  replicasOf(statefulSet) === 0 &&
  statefulSet.status?.observedGeneration === statefulSet.metadata.generation &&
  (statefulSet.status?.replicas ?? 0) === 0;

/** The uid of the QuestDBNode that the pod is made for. */
export const nodeUidOf = (pod: Pod): string | undefined => pod.spec?.nodeSelector?.[NODE];

/** Whether a pod runs on the node, ends there, or waits to be scheduled there. */
export const isPodOn = (pod: Pod, { metadata, status }: QuestDBNode): boolean =>
  nodeUidOf(pod) === metadata.uid || (status?.nodeName !== undefined && pod.spec?.nodeName === status.nodeName);

import { conditionOf } from '../api/conditions.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../api/generated/questdbnodeclass.ts';
import { OWNER_UID } from '../api/labels.ts';
import type { SyncRequest } from '../metacontroller/contract.ts';
import { objectsOf } from '../metacontroller/observed.ts';
import { startTaints, type ClusterNode } from './cluster-node.ts';
import type { Image, Instance, InstanceTypeFacts } from './ports.ts';

/** What is known of one QuestDBNode in one pass. */
export type Observed = {
  /** The object as the API server has it now, not as the request says. */
  parent: QuestDBNode;
  nodeClass: QuestDBNodeClass | undefined;
  /** The Node that joined from this object's instance. */
  node: ClusterNode | undefined;
  /** The instance status.instanceId names, if EC2 shows it. */
  instance: Instance | undefined;
  /** Since when its status checks fail; undefined when they do not. */
  impairedSince: Date | undefined;
  /** Instances that carry this object's uid, are not on their way out and were not replaced. */
  owned: readonly Instance[];
  /** One that was replaced and runs again, while nothing has taken its place. */
  returned: Instance | undefined;
  /** Whether the EBS CSI driver is registered on the Node, so that its volume can be attached. */
  driverRegistered: boolean;
  /** What EC2 offers in the zone; empty as long as nothing is to be launched. */
  offeredTypes: readonly string[];
  /** What EC2 says of the instance type; undefined when it does not know it, or as long as nothing asks for it. */
  instanceType: InstanceTypeFacts | undefined;
  /** The image the class would take now; it is read only for who needs it. */
  image: Image | 'NotFound' | 'NotRead';
  now: Date;
};

export const nodeClassIn = (request: SyncRequest<QuestDBNode>): QuestDBNodeClass | undefined =>
  objectsOf<QuestDBNodeClass>(request.related, 'QuestDBNodeClass.questdb-fleet.dev/v1alpha1').find(
    ({ metadata }) => metadata.name === request.parent.spec.className,
  );

export const nodesIn = (request: SyncRequest<QuestDBNode>): ClusterNode[] =>
  objectsOf<ClusterNode>(request.related, 'Node.v1');

/** Instances that were launched for this object and live: the others stay visible for an hour and do not count. */
export const ownedInstances = ({ metadata, status }: QuestDBNode, fleet: readonly Instance[]): Instance[] => {
  const retiring = new Set(status?.retiring?.map(({ instanceId }) => instanceId));
  return fleet
    .filter(({ tags }) => tags[OWNER_UID] === metadata.uid)
    .filter(({ instanceId, state }) => !isEnding(state) && !retiring.has(instanceId))
    .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
};

/** An instance that was written down as replaced and runs: EC2 had hidden it, or somebody has started it. */
export const returnedInstance = (
  { metadata, status }: QuestDBNode,
  fleet: readonly Instance[],
): Instance | undefined => {
  const retiring = new Set(status?.retiring?.map(({ instanceId }) => instanceId));
  return fleet.find(
    ({ instanceId, state, tags }) =>
      retiring.has(instanceId) && tags[OWNER_UID] === metadata.uid && (state === 'pending' || state === 'running'),
  );
};

/** It cannot come back, whatever is done. */
export const isEnding = (state: Instance['state']): boolean => state === 'shutting-down' || state === 'terminated';

/** EC2 shows what it made after some seconds: that is nobody's news. */
const SHOWN_SECONDS = 30;

export const isJustLaunched = ({ parent: { status }, now }: Pick<Observed, 'parent' | 'now'>): boolean =>
  conditionOf(status?.conditions, 'Launched')?.status === 'True' &&
  now.getTime() - Date.parse(status?.launchedAt ?? '') < SHOWN_SECONDS * 1000;

/** A Node becomes Ready step by step. In its first minute they are nobody's news, and each would be a write for every database. */
const JOINING_SECONDS = 60;

/** Only the first time a Node must be free of the taints of its start: later they say something else, and the pod is there. */
export const isStartTainted = ({ status }: QuestDBNode, node: ClusterNode): boolean =>
  status?.joinedAt === undefined && startTaints(node).length > 0;

/** Whether the Node is so new that it may well not be Ready yet. */
export const isJoining = ({ parent, now }: Pick<Observed, 'parent' | 'now'>, { metadata }: ClusterNode): boolean =>
  parent.status?.joinedAt === undefined &&
  now.getTime() - Date.parse(metadata.creationTimestamp ?? '') < JOINING_SECONDS * 1000;

/** Since when a condition of this object's own says False. */
export const falseSince = ({ status }: QuestDBNode, type: 'Launched' | 'Joined'): Date | undefined => {
  const condition = conditionOf(status?.conditions, type);
  return condition?.status === 'False' ? new Date(condition.lastTransitionTime) : undefined;
};

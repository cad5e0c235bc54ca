import type { V1Node } from '@kubernetes/client-node';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../api/generated/questdbnodeclass.ts';
import { OWNER_UID } from '../api/labels.ts';
import type { Wire } from '../api/wire.ts';
import type { KubernetesObject, SyncRequest } from '../metacontroller/contract.ts';
import { objectsOf } from '../metacontroller/observed.ts';
import type { Instance } from './ports.ts';

/** A Node on the wire. */
export type ClusterNode = Wire<V1Node> & KubernetesObject;

/** What is known of one QuestDBNode in one pass. */
export type Observed = {
  /** The object as the API server has it now, not as the request says. */
  parent: QuestDBNode;
  nodeClass: QuestDBNodeClass | undefined;
  /** The Node that joined from this object's instance. */
  node: ClusterNode | undefined;
  /** The instance status.instanceId names, if EC2 shows it. */
  instance: Instance | undefined;
  /** Instances that carry this object's uid and are not terminated. */
  owned: readonly Instance[];
  /** Whether the EBS CSI driver is registered on the Node, so that its volume can be attached. */
  driverRegistered: boolean;
  /** What EC2 offers in the zone; empty as long as nothing is to be launched. */
  offeredTypes: readonly string[];
  now: Date;
};

/** `aws:///<zone>/<instance id>`: how a Node says which instance it is. Addresses are re-used, so never match by name. */
const providerIdOf = (instance: Instance): string => `aws:///${instance.zone}/${instance.instanceId}`;

export const nodeClassIn = (request: SyncRequest<QuestDBNode>): QuestDBNodeClass | undefined =>
  objectsOf<QuestDBNodeClass>(request.related, 'QuestDBNodeClass.questdb-fleet.dev/v1alpha1').find(
    ({ metadata }) => metadata.name === request.parent.spec.className,
  );

export const nodesIn = (request: SyncRequest<QuestDBNode>): ClusterNode[] =>
  objectsOf<ClusterNode>(request.related, 'Node.v1');

export const nodeOf = (nodes: readonly ClusterNode[], instance: Instance | undefined): ClusterNode | undefined =>
  instance === undefined ? undefined : nodes.find((node) => node.spec?.providerID === providerIdOf(instance));

/** Instances that were launched for this object; terminated ones stay visible for an hour and do not count. */
export const ownedInstances = (parent: QuestDBNode, fleet: readonly Instance[]): Instance[] =>
  fleet
    .filter(({ state, tags }) => tags[OWNER_UID] === parent.metadata.uid && state !== 'terminated')
    .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));

export const isNodeReady = (node: ClusterNode | undefined): boolean =>
  node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

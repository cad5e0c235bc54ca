import { conditionOf } from '../api/conditions.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { nodeName, shortHash, type NodeNeed } from '../api/names.ts';
import { hasSpoken, isReady, placementOf, type Observed, type Placement } from './observe.ts';
import { requestsFrom } from './requests.ts';

/** A QuestDBNode that is there, or is to be made. */
export type WantedNode = { name: string; need: NodeNeed };

export type RefusalReason = 'NameConflict' | 'NodeClassNotFound' | 'ZoneMismatch';

/** The next step between what is and what is wanted. */
export type DatabasePlan =
  /** Nothing can be placed before it is known whether there is data, and in which zone. */
  | { step: 'AwaitVolume'; reason: string; message: string }
  | { step: 'AwaitNode'; target: WantedNode; reason: string; message: string }
  | { step: 'Serve'; target: WantedNode | undefined; placement: Placement; claimName: string; credentialsUid: string }
  | { step: 'Refuse'; reason: RefusalReason; message: string };

/** Decides the next step of one database. */
export const planNext = (observed: Observed): DatabasePlan => {
  const { volume, credentials, database } = observed;
  const claimName = volume === undefined ? undefined : usableClaim(volume);
  if (claimName === undefined) return awaitVolume(volume);
  if (credentials === undefined || credentials === 'Foreign') {
    return refuse('NameConflict', foreignCredentials(database.metadata.name));
  }
  const pod = { claimName, credentialsUid: credentials.uid };
  const wanted = database.spec.node;
  return wanted === undefined
    ? { step: 'Serve', target: undefined, placement: { on: 'AnyNode' }, ...pod }
    : planOnOwnNode(observed, wanted, pod);
};

/** The claim a pod may mount: named by the volume's hook, and not in doubt. */
export const usableClaim = ({ status }: QuestDBVolume): string | undefined =>
  conditionOf(status?.conditions, 'Stalled')?.status === 'True' ? undefined : status?.claimName;

const planOnOwnNode = (
  observed: Observed,
  wanted: WantedInstance,
  pod: { claimName: string; credentialsUid: string },
): DatabasePlan => {
  const need = needOf(observed, wanted);
  if ('step' in need) return need;
  const node = observed.nodes.find(({ spec }) => isSameNeed(spec, need));
  if (node === undefined) return awaitNewNode(observed, need);
  const target = { name: node.metadata.name, need };
  const placement = placementOn(observed, node);
  return placement === undefined
    ? { step: 'AwaitNode', target, ...storyOf(node) }
    : { step: 'Serve', target, placement, ...pod };
};

const awaitVolume = (volume: QuestDBVolume | undefined): DatabasePlan => {
  const ready =
    volume === undefined || !hasSpoken(volume) ? undefined : conditionOf(volume.status?.conditions, 'Ready');
  return ready === undefined
    ? {
        step: 'AwaitVolume',
        reason: 'VolumeUnknown',
        message: 'Waiting for the QuestDBVolume to say whether there is data from before.',
      }
    : { step: 'AwaitVolume', reason: ready.reason, message: ready.message };
};

/** The instance that is wanted. */
const needOf = (observed: Observed, wanted: WantedInstance): NodeNeed | DatabasePlan => {
  const { instanceType, className, zone: asked } = wanted;
  const volumeZone = observed.volume?.status?.zone;
  if (volumeZone !== undefined && asked !== undefined && volumeZone !== asked) return zoneMismatch(volumeZone, asked);
  const zone = volumeZone ?? asked ?? freeZone(observed, wanted);
  return zone === undefined ? noNodeClass(className) : { instanceType, zone, className };
};

type WantedInstance = NonNullable<QuestDB['spec']['node']>;

/** Nothing says which zone: that of a node that is there already, else one of the class. */
const freeZone = (observed: Observed, { instanceType, className }: WantedInstance): string | undefined => {
  const { nodes, nodeClass, identity } = observed;
  const known = nodes.find(({ spec }) => spec.instanceType === instanceType && spec.className === className);
  return known?.spec.zone ?? zoneFor(identity, nodeClass?.spec.subnets ?? []);
};

const zoneMismatch = (volumeZone: string, asked: string): DatabasePlan =>
  refuse(
    'ZoneMismatch',
    `The volume is in ${volumeZone}, which it cannot leave; spec.node.zone says ${asked}. Re-create this QuestDB with ` +
      `spec.node.zone ${volumeZone} or without it: the data is kept.`,
  );

const noNodeClass = (className: string): DatabasePlan =>
  refuse('NodeClassNotFound', `QuestDBNodeClass "${className}" does not exist. Create it, or name one that exists.`);

/** Spreads databases over the zones; the same name always gets the same one. */
const zoneFor = (
  { namespace, database }: Observed['identity'],
  subnets: readonly { zone: string }[],
): string | undefined => {
  const zones = subnets.map(({ zone }) => zone).sort();
  return zones[parseInt(shortHash([namespace, database]), 16) % Math.max(1, zones.length)];
};

const isSameNeed = (spec: QuestDBNode['spec'], need: NodeNeed): boolean =>
  spec.instanceType === need.instanceType && spec.zone === need.zone && spec.className === need.className;

const awaitNewNode = ({ identity, nodeNamesTaken }: Observed, need: NodeNeed): DatabasePlan => {
  let counter = 0;
  while (nodeNamesTaken.has(nodeName(identity.database, need, counter))) counter += 1;
  const name = nodeName(identity.database, need, counter);
  const message = `QuestDBNode "${name}" is made: one ${need.instanceType} in ${need.zone}.`;
  return { step: 'AwaitNode', target: { name, need }, reason: 'NodeCreating', message };
};

/**
 * Where the pod goes. Once it is on the wanted node it stays there, Ready or not: there is no better place. Before that the node must be Ready,
 * so that nothing moves too early.
 */
const placementOn = ({ statefulSet }: Observed, node: QuestDBNode): Placement | undefined => {
  const current = statefulSet === undefined ? undefined : placementOf(statefulSet);
  const nodeUid = node.metadata.uid;
  if (current?.on === 'OwnNode' && current.nodeUid === nodeUid) return current;
  const allocatable = node.status?.allocatable;
  return isReady(node) && allocatable !== undefined
    ? { on: 'OwnNode', nodeUid, requests: requestsFrom(allocatable) }
    : undefined;
};

const storyOf = (node: QuestDBNode): { reason: string; message: string } => {
  const { reason, message } = (hasSpoken(node) ? conditionOf(node.status?.conditions, 'Ready') : undefined) ?? {
    reason: 'NodeCreating',
    message: `Waiting for QuestDBNode "${node.metadata.name}" to be looked at.`,
  };
  return { reason, message };
};

const foreignCredentials = (database: string): string =>
  `Secret "${database}-credentials" exists and is not this operator's. Rename or remove it; nothing was touched.`;

const refuse = (reason: RefusalReason, message: string): DatabasePlan => ({ step: 'Refuse', reason, message });

import { conditionOf } from '../api/conditions.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { REPLACE_NODE, REPLACEMENT } from '../api/labels.ts';
import { nodeName, shortHash, type NodeNeed } from '../api/names.ts';
import type { Observed } from './observe.ts';
import { refuse, type Refusal, type WantedNode } from './steps.ts';
import { placedNode } from './whereabouts.ts';
import { chooseZone, type WantedInstance } from './zones.ts';

/** The instance that is wanted now. */
export type Wish = {
  need: NodeNeed;
  /** A fresh machine was asked for, by this request; undefined: any machine will do. */
  token: string | undefined;
};

export const wishOf = (observed: Observed, wanted: WantedInstance): Wish | Refusal => {
  const need = needOf(observed, wanted);
  const asked = observed.database.metadata.annotations?.[REPLACE_NODE];
  // A hash: what the user wrote is copied to no child.
  return 'step' in need ? need : { need, token: asked === undefined ? undefined : shortHash([asked]) };
};

const needOf = (observed: Observed, wanted: WantedInstance): NodeNeed | Refusal => {
  const { instanceType, className, zone: asked } = wanted;
  const given = observed.volume?.status?.zone;
  if (given !== undefined && asked !== undefined && given !== asked) return zoneMismatch(given, asked);
  const zone = given ?? asked ?? openZone(observed, wanted);
  return zone === undefined ? noNodeClass(className) : { instanceType, zone, className };
};

/** A volume may be on its way to the node the pod is placed on. */
const openZone = (observed: Observed, wanted: WantedInstance): string | undefined =>
  placedNode(observed)?.spec.zone ?? chooseZone(observed, wanted);

const zoneMismatch = (volumeZone: string, asked: string): Refusal =>
  refuse(
    'ZoneMismatch',
    `The volume is in ${volumeZone}, which it cannot leave; spec.node.zone says ${asked}. Re-create this QuestDB with ` +
      `spec.node.zone ${volumeZone} or without it: the data is kept.`,
  );

export const noNodeClass = (className: string): Refusal =>
  refuse('NodeClassNotFound', `QuestDBNodeClass "${className}" does not exist. Create it, or name one that exists.`);

/** What makes a node another one than is wanted. */
export type Flaw = 'Need' | 'Token' | 'Disrupted' | 'Deleted';

/** The first thing that is wrong with a node; undefined when it is right. */
export const flawOf = (node: QuestDBNode, { need, token }: Wish): Flaw | undefined => {
  if (!isSameNeed(node.spec, need)) return 'Need';
  if (token !== undefined && tokenOf(node) !== token) return 'Token';
  if (node.metadata.deletionTimestamp !== undefined) return 'Deleted';
  return conditionOf(node.status?.conditions, 'DisruptionTarget')?.status === 'True' ? 'Disrupted' : undefined;
};

const isSameNeed = (spec: QuestDBNode['spec'], need: NodeNeed): boolean =>
  spec.instanceType === need.instanceType && spec.zone === need.zone && spec.className === need.className;

export const tokenOf = ({ metadata }: QuestDBNode): string | undefined => metadata.annotations?.[REPLACEMENT];

/** Of several right nodes the one the pod is placed on, so that nothing moves without need; else the oldest. */
export const rightNode = (observed: Observed, wish: Wish): QuestDBNode | undefined => {
  const right = observed.nodes.filter((node) => flawOf(node, wish) === undefined);
  const placed = placedNode(observed);
  return right.find((node) => node === placed) ?? right[0];
};

/** A node as it is; whoever names it like this changes nothing about it. */
export const asWanted = (node: QuestDBNode): WantedNode => ({
  name: node.metadata.name,
  need: { instanceType: node.spec.instanceType, zone: node.spec.zone, className: node.spec.className },
  token: tokenOf(node),
});

/** A node that is to be made, with the first name that is free. */
export const newNode = ({ identity, nodeNamesTaken }: Observed, { need, token }: Wish): WantedNode => {
  let counter = 0;
  while (nodeNamesTaken.has(nodeName(identity.database, need, counter))) counter += 1;
  return { name: nodeName(identity.database, need, counter), need, token };
};

import { isDeepStrictEqual } from 'node:util';
import type { DesiredObject } from '../hooks/metacontroller/contract.ts';
import { placementOf, replicasOf, templateHashOf, type StatefulSet } from '../hooks/questdb/statefulset.ts';
import type { Outcome } from './simulate.ts';

/** What a change does to those who use the database. */
export type Verdict =
  | { kind: 'Refused'; message: string }
  | { kind: 'Waits'; message: string }
  | { kind: 'Starts' | 'Stops' | 'Moves' | 'Restarts' | 'GoesOn' | 'Nothing' };

/** Two outcomes of the same database, before and after a change of its spec. */
export const verdictOn = (before: Outcome, after: Outcome): Verdict => {
  const { plan } = after;
  if (plan.step === 'Refuse') return { kind: 'Refused', message: plan.message };
  if (plan.step !== 'Serve' && plan.step !== 'Suspend') return { kind: 'Waits', message: plan.message };
  const isSame = isDeepStrictEqual(before.children, after.children);
  return { kind: effectOf(statefulSetIn(before.children), statefulSetIn(after.children), isSame) };
};

const statefulSetIn = (children: readonly DesiredObject[]): StatefulSet | undefined =>
  children.find(({ kind }) => kind === 'StatefulSet') as StatefulSet | undefined;

const podsOf = (set: StatefulSet | undefined): number => (set === undefined ? 0 : replicasOf(set));

const effectOf = (
  old: StatefulSet | undefined,
  wanted: StatefulSet | undefined,
  isSame: boolean,
): 'Starts' | 'Stops' | 'Moves' | 'Restarts' | 'GoesOn' | 'Nothing' => {
  if (podsOf(old) !== podsOf(wanted)) return podsOf(wanted) === 0 ? 'Stops' : 'Starts';
  if (old === undefined || wanted === undefined || podsOf(wanted) === 0) return isSame ? 'Nothing' : 'GoesOn';
  if (nodeUidIn(old) !== nodeUidIn(wanted)) return 'Moves';
  if (templateHashOf(old) !== templateHashOf(wanted)) return 'Restarts';
  return isSame ? 'Nothing' : 'GoesOn';
};

const nodeUidIn = (set: StatefulSet): string | undefined => {
  const placement = placementOf(set);
  return placement.on === 'OwnNode' ? placement.nodeUid : undefined;
};

export const sentenceOf = (verdict: Verdict): string => {
  switch (verdict.kind) {
    case 'Refused':
      return `is REFUSED; the database goes on as it is. ${verdict.message}`;
    case 'Waits':
      return `waits for something first, and the database goes on as it is. ${verdict.message}`;
    case 'Starts':
      return 'STARTS the database.';
    case 'Stops':
      return 'STOPS the database; its data is kept.';
    case 'Moves':
      return 'MOVES the database to another instance: it is down while its volume moves.';
    case 'Restarts':
      return 'RESTARTS the database, once.';
    case 'GoesOn':
      return 'restarts nothing.';
    case 'Nothing':
      return 'changes nothing.';
  }
};

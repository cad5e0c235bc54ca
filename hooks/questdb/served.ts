import { statefulSet } from './children/statefulset.ts';
import type { Observed } from './observe.ts';
import { isSettled, templateHashOf } from './statefulset.ts';
import type { Pod } from './ports.ts';
import type { DatabasePlan } from './steps.ts';
import { nodeUidOf } from './whereabouts.ts';

type Serve = Extract<DatabasePlan, { step: 'Serve' }>;

/** Several ask it in each pass, and the template is rendered for it. */
const answers = new WeakMap<Serve, { observed: Observed; isServed: boolean }>();

/** Whether the pod that is wanted is there and ready: only then is another node of no more use. */
export const isServedAsPlanned = (observed: Observed, plan: DatabasePlan): boolean => {
  if (plan.step !== 'Serve') return false;
  const known = answers.get(plan);
  if (known?.observed === observed) return known.isServed;
  const isServed = serves(observed, plan);
  answers.set(plan, { observed, isServed });
  return isServed;
};

const serves = ({ statefulSet: current, database, pod }: Observed, plan: Serve): boolean =>
  current !== undefined &&
  isSettled(current) &&
  templateHashOf(current) === templateHashOf(statefulSet(database, plan, { current })) &&
  (pod === undefined || isThePod(pod, plan));

/** A template that was changed and changed back looks settled while the pod of the one between still ends. */
const isThePod = (pod: Pod, { placement }: Serve): boolean => {
  const nodeUid = nodeUidOf(pod);
  const isElsewhere = placement.on === 'OwnNode' && nodeUid !== undefined && nodeUid !== placement.nodeUid;
  return pod.metadata.deletionTimestamp === undefined && !isElsewhere;
};

import { statefulSet } from './children/statefulset.ts';
import type { Observed } from './observe.ts';
import { isSettled, templateHashOf } from './statefulset.ts';
import type { Pod } from './ports.ts';
import type { DatabasePlan } from './steps.ts';
import { nodeUidOf } from './whereabouts.ts';

type Serve = Extract<DatabasePlan, { step: 'Serve' }>;

/** Whether the pod that is wanted is there and ready: only then is another node of no more use. */
export const isServedAsPlanned = ({ statefulSet: current, database, pod }: Observed, plan: DatabasePlan): boolean =>
  plan.step === 'Serve' &&
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

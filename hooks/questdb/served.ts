import { statefulSet } from './children/statefulset.ts';
import type { Observed } from './observe.ts';
import { isSettled, templateHashOf } from './statefulset.ts';
import type { Pod } from './ports.ts';
import type { DatabasePlan, ServePlan } from './steps.ts';
import { nodeUidOf } from './whereabouts.ts';

type Rendered = ReturnType<typeof statefulSet>;

/** Several ask for it in each pass, and it is what a pass costs most. */
const rendered = new WeakMap<ServePlan, { observed: Observed; set: Rendered }>();

/** The StatefulSet that serves as planned. */
export const servingSet = (observed: Observed, plan: ServePlan): Rendered => {
  const known = rendered.get(plan);
  if (known?.observed === observed) return known.set;
  const set = statefulSet(observed.database, plan, { current: observed.statefulSet });
  rendered.set(plan, { observed, set });
  return set;
};

/** Whether the pod that is wanted is there and ready: only then is another node of no more use. */
export const isServedAsPlanned = (observed: Observed, plan: DatabasePlan): boolean => {
  const { statefulSet: current, pod } = observed;
  return (
    plan.step === 'Serve' &&
    current !== undefined &&
    isSettled(current) &&
    templateHashOf(current) === templateHashOf(servingSet(observed, plan)) &&
    (pod === undefined || isThePod(pod, plan))
  );
};

/** A template that was changed and changed back looks settled while the pod of the one between still ends. */
const isThePod = (pod: Pod, { placement }: ServePlan): boolean => {
  const nodeUid = nodeUidOf(pod);
  const isElsewhere = placement.on === 'OwnNode' && nodeUid !== undefined && nodeUid !== placement.nodeUid;
  return pod.metadata.deletionTimestamp === undefined && !isElsewhere;
};

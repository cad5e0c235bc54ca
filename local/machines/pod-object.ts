import type { V1DeleteOptions, V1Pod, V1PodCondition } from '@kubernetes/client-node';
import type { Api } from './api.ts';
import { isAnswer, STRATEGIC_MERGE } from './api.ts';
import { podStatus, type PodView } from './pod-status.ts';
import { asModel, identityOf, type Shape } from './shape.ts';

/** Seconds from SIGTERM to SIGKILL: what the deletion says, else what the pod says. */
export const graceOf = ({ metadata, spec }: V1Pod): number =>
  metadata?.deletionGracePeriodSeconds ?? spec?.terminationGracePeriodSeconds ?? 30;

/** True for a pod that has ended for good: it is never started again. */
export const isFinished = ({ status }: V1Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** True when the object is gone, or its name is another pod's by now. */
const isGone = (error: unknown): boolean => isAnswer(error, 404) || isAnswer(error, 409);

type Conditions = Shape<V1PodCondition>[];

const readyIn = (conditions: Conditions | undefined): string | undefined =>
  conditions?.find(({ type }) => type === 'Ready')?.status;

/** True when the object says otherwise than its kubelet did last: the node controller doubts the pods of a Node that was silent. */
export const isContradicted = ({ status }: V1Pod, sent: Conditions): boolean => {
  const [now, said] = [readyIn(status?.conditions), readyIn(sent)];
  return now !== undefined && said !== undefined && now !== said;
};

/** Sends the status of a pod; answers the conditions sent, which the next call wants to know. */
export const sendStatus = async (api: Api, view: PodView, before: Conditions): Promise<Conditions> => {
  const { name, namespace, uid } = identityOf(view.pod);
  const status = podStatus(view, before, new Date());
  // The list of addresses is merged by address: without the directive that of before a restart would stay.
  const addresses = status.podIPs && { podIPs: [{ $patch: 'replace' }, ...status.podIPs] };
  const body = { metadata: { uid }, status: Object.assign({}, status, addresses) };
  try {
    await api.core.patchNamespacedPodStatus({ name, namespace, body }, STRATEGIC_MERGE);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  return status.conditions ?? [];
};

/** Removes the pod's object, and only this very pod's: the end of a deletion. */
export const removeObject = async (api: Api, pod: V1Pod): Promise<void> => {
  const { name, namespace, uid } = identityOf(pod);
  try {
    await api.core.deleteNamespacedPod({
      name,
      namespace,
      body: asModel<V1DeleteOptions>({ gracePeriodSeconds: 0, preconditions: { uid } }),
    });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
};

import { rfc3339 } from '../api/conditions.ts';
import type { QuestDBNodeClass } from '../api/generated/questdbnodeclass.ts';
import type { Fence } from './memory.ts';
import { isNodeReady, isOutOfService, isOutOfServiceByUs, notReadySince } from './cluster-node.ts';
import { falseSince, type Observed } from './observe.ts';
import type { Instance, NodeTiming } from './ports.ts';

/** Why a machine is taken for lost although nobody ended it. */
export type LossReason = 'InstanceImpaired' | 'InstanceNotFound' | 'NodeUnreachable';

/** What is done about a machine that may not come back by itself, one step a pass; undefined where it is well. */
export type LossStep =
  /** Write down that it is taken for lost. */
  | { step: 'Fence'; fence: Fence }
  /** It is back before it was stopped. */
  | { step: 'Unfence'; instance: Instance }
  /** EC2 is asked to stop it: nobody may be left who writes to the volume. */
  | { step: 'Stop'; fence: Fence; force: boolean }
  | { step: 'AwaitStopped'; instance: Instance; fence: Fence | undefined }
  /** It does not run: its pods are let go. */
  | { step: 'TakeOutOfService'; reason: string }
  /** It runs, so no taint may say that it does not. */
  | { step: 'PutIntoService'; instance: Instance }
  /** It does not run, and nothing waits for it any more. */
  | { step: 'Lost'; instanceId: string; reason: string };

const DEFAULT_UNREACHABLE_SECONDS = 300;

/** How long a Node may be away, or an instance impaired; the class may be gone already. */
export const unreachableMilliseconds = (nodeClass: QuestDBNodeClass | undefined): number =>
  (nodeClass?.spec.unreachableAfterSeconds ?? DEFAULT_UNREACHABLE_SECONDS) * 1000;

export const fenceOf = ({ status }: Observed['parent'], instanceId: string): Fence | undefined =>
  status?.fence?.instanceId === instanceId ? status.fence : undefined;

/** A machine that EC2 has started, or is starting. */
export const planAlive = (observed: Observed, instance: Instance): LossStep | undefined => {
  const fence = fenceOf(observed.parent, instance.instanceId);
  if (observed.node !== undefined && isOutOfServiceByUs(observed.node)) return { step: 'PutIntoService', instance };
  if (fence === undefined) {
    const reason = lossReason(observed, instance);
    return reason === undefined ? undefined : { step: 'Fence', fence: newFence(observed, instance.instanceId, reason) };
  }
  if (isNodeReady(observed.node) || fence.reason === 'InstanceNotFound') return { step: 'Unfence', instance };
  // EC2 refuses to stop what it has not started yet.
  if (instance.state === 'pending') return { step: 'AwaitStopped', instance, fence };
  return { step: 'Stop', fence, force: false };
};

/** Nothing is done to a machine whose Node is Ready: it works, whatever EC2's status checks say. */
const lossReason = (observed: Observed, instance: Instance): LossReason | undefined => {
  const { parent, node, nodeClass, impairedSince, now } = observed;
  if (isNodeReady(node)) return undefined;
  const limit = unreachableMilliseconds(nodeClass);
  // One that never joined is kept for inspection (JoinTimeout).
  if (parent.status?.joinedAt === undefined) return undefined;
  if (impairedSince !== undefined && now.getTime() - impairedSince.getTime() >= limit) return 'InstanceImpaired';
  const silentSince = node === undefined ? falseSince(parent, 'Joined') : notReadySince(node);
  // One that was started again has the time to boot.
  const since = Math.max(silentSince?.getTime() ?? now.getTime(), Date.parse(instance.launchTime));
  return now.getTime() - since >= limit ? 'NodeUnreachable' : undefined;
};

const newFence = ({ now }: Observed, instanceId: string, reason: LossReason): Fence => ({
  instanceId,
  reason,
  since: rfc3339(now),
});

/** A machine that EC2 stops. One that was to be stopped and does not get there is forced to. */
export const planStopping = ({ parent, now }: Observed, instance: Instance, timing: NodeTiming): LossStep => {
  const fence = fenceOf(parent, instance.instanceId);
  const isStuck = fence !== undefined && now.getTime() - Date.parse(fence.since) >= timing.forceStopSeconds * 1000;
  return isStuck ? { step: 'Stop', fence, force: true } : { step: 'AwaitStopped', instance, fence };
};

/** A machine that does not run and will not be started again. */
export const planDead = ({ node }: Observed, instanceId: string, reason: string): LossStep =>
  node !== undefined && !isOutOfService(node)
    ? { step: 'TakeOutOfService', reason }
    : { step: 'Lost', instanceId, reason };

/**
 * An instance EC2 does not show: ids that are new are hidden for minutes, and what was shown may be hidden for a moment. Only after that, and
 * when a second look by id says the same, it is lost.
 */
export const planUnseen = (
  observed: Observed,
  instanceId: string,
  timing: NodeTiming,
): LossStep | { step: 'AwaitVisible'; instanceId: string } => {
  const { parent, node, now } = observed;
  const fence = fenceOf(parent, instanceId);
  const hasPassed = (since: Date, seconds: number): boolean => now.getTime() - since.getTime() >= seconds * 1000;
  const wait = { step: 'AwaitVisible', instanceId } as const;
  // Its machine works: it is the operator who looks in the wrong account or region.
  if (isNodeReady(node)) return wait;
  if (fence?.reason === 'InstanceNotFound') {
    return hasPassed(new Date(fence.since), timing.pollSeconds) ? planDead(observed, instanceId, fence.reason) : wait;
  }
  return hasPassed(hiddenSince(observed), timing.visibilitySeconds)
    ? { step: 'Fence', fence: newFence(observed, instanceId, 'InstanceNotFound') }
    : wait;
};

/** From the moment on at which it was missed. */
const hiddenSince = ({ parent, now }: Observed): Date => {
  const missedAt = falseSince(parent, 'Launched');
  const { launchedAt } = parent.status ?? {};
  if (missedAt === undefined || launchedAt === undefined) return now;
  return new Date(Math.max(missedAt.getTime(), Date.parse(launchedAt)));
};

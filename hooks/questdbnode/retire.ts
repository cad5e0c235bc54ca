import {
  holdsVolumes,
  isCordoned,
  isNodeReady,
  isOutOfService,
  isOutOfServiceByUs,
  isRetiring,
  notReadySince,
  type ClusterNode,
} from './cluster-node.ts';
import { isEnding } from './observe.ts';
import { rfc3339 } from '../api/conditions.ts';
import type { Fence } from './memory.ts';
import type { Instance } from './ports.ts';

/** What is known of an instance that is to go. */
export type Retiree = {
  instanceId: string;
  /** Read now; undefined when EC2 does not know the id. */
  instance: Instance | undefined;
  /** The Node that joined from it, read now. */
  node: ClusterNode | undefined;
  /** Pods on that Node that use a claim. */
  volumePods: readonly string[];
  /** Since when it is to go. */
  since: Date;
  /** What was written down about it; undefined when nothing was. */
  fence: Fence | undefined;
  /** Whether something may be written down about it: there is room for one machine at a time. */
  mayFence: boolean;
  /** Another one has taken its place, so pods that are left there are asked to go; else the QuestDB moves them. */
  isReplaced: boolean;
};

/** The next step of retiring an instance. It is never terminated with a data volume attached. */
export type RetireStep =
  /** Nothing new may be scheduled there between a look at its volumes and its end. */
  | { step: 'Cordon'; node: ClusterNode }
  | { step: 'AwaitDetach'; instance: Instance; volumePods: readonly string[] }
  | { step: 'Evict'; node: ClusterNode }
  /** Its Node is dead, so nobody takes the volume off it: write down that it is stopped. */
  | { step: 'Fence'; fence: Fence }
  | { step: 'Stop'; instance: Instance; force: boolean }
  | { step: 'TakeOutOfService'; node: ClusterNode }
  | { step: 'PutIntoService'; node: ClusterNode }
  | { step: 'Terminate'; instance: Instance }
  | { step: 'AwaitTerminated'; instance: Instance }
  /** EC2 does not know it, perhaps not yet. */
  | { step: 'AwaitVisible'; until: Date }
  /** The machine is no more; Kubernetes still holds its volume to be attached there. */
  | { step: 'AwaitRelease'; node: ClusterNode; volumePods: readonly string[] }
  | { step: 'RemoveNode'; node: ClusterNode }
  | { step: 'Done' };

export type RetireLimits = {
  now: Date;
  visibilitySeconds: number;
  unreachableMilliseconds: number;
  forceStopSeconds: number;
};

/** Decides the next step of one instance that is to go. */
export const planRetirement = (retiree: Retiree, limits: RetireLimits): RetireStep => {
  const { instance, node } = retiree;
  if (instance === undefined) return planHidden(retiree, limits);
  if (instance.state === 'terminated') return planOver(retiree);
  if (isEnding(instance.state)) return { step: 'AwaitTerminated', instance };
  if (node !== undefined && !isCordoned(node)) return { step: 'Cordon', node };
  const isInUse = instance.dataVolumeIds.length > 0 || retiree.volumePods.length > 0;
  return isInUse ? planInUse(retiree, instance, limits) : { step: 'Terminate', instance };
};

/** The machine is no more. Its Node stays until its volumes are let go, which the node's being out of service makes quick. */
const planOver = ({ node, volumePods }: Retiree): RetireStep => {
  if (node === undefined) return { step: 'Done' };
  if (!holdsVolumes(node) && volumePods.length === 0) return { step: 'RemoveNode', node };
  return isOutOfService(node) ? { step: 'AwaitRelease', node, volumePods } : { step: 'TakeOutOfService', node };
};

/** One look that does not show it is no proof: that it was missed is written down, and minutes later it must be missed still. */
const planHidden = (retiree: Retiree, { now, visibilitySeconds }: RetireLimits): RetireStep => {
  const { instanceId, node, since, fence, mayFence } = retiree;
  const missedAt = fence?.reason === 'InstanceNotFound' ? new Date(fence.since) : undefined;
  const until = new Date((missedAt ?? since).getTime() + visibilitySeconds * 1000);
  // Its machine works: it is the operator who looks in the wrong account or region.
  if (now < until || isNodeReady(node)) return { step: 'AwaitVisible', until };
  if (missedAt !== undefined) return planOver(retiree);
  return mayFence
    ? { step: 'Fence', fence: { instanceId, reason: 'InstanceNotFound', since: rfc3339(now) } }
    : { step: 'AwaitVisible', until };
};

/** A volume is on it. Its pod takes it off; where the machine is dead it must be made sure of that it does not run. */
const planInUse = (retiree: Retiree, instance: Instance, limits: RetireLimits): RetireStep => {
  const { node, fence, volumePods } = retiree;
  const wait: RetireStep = { step: 'AwaitDetach', instance, volumePods };
  switch (instance.state) {
    case 'stopped':
      return node !== undefined && !isOutOfService(node) ? { step: 'TakeOutOfService', node } : wait;
    case 'stopping':
      return fence !== undefined && hasPassed(new Date(fence.since), limits.forceStopSeconds * 1000, limits)
        ? { step: 'Stop', instance, force: true }
        : wait;
    case 'running':
      return planRunning(retiree, instance, limits) ?? wait;
    default:
      return wait;
  }
};

const planRunning = (retiree: Retiree, instance: Instance, limits: RetireLimits): RetireStep | undefined => {
  const { node, fence, since } = retiree;
  if (node !== undefined && isOutOfServiceByUs(node)) return { step: 'PutIntoService', node };
  if (isNodeReady(node)) return retiree.isReplaced ? evict(node) : undefined;
  if (fence !== undefined) return { step: 'Stop', instance, force: false };
  const silentSince = node === undefined ? since : notReadySince(node);
  return retiree.mayFence && silentSince !== undefined && hasPassed(silentSince, limits.unreachableMilliseconds, limits)
    ? {
        step: 'Fence',
        fence: { instanceId: instance.instanceId, reason: 'NodeUnreachable', since: rfc3339(limits.now) },
      }
    : undefined;
};

const evict = (node: ClusterNode | undefined): RetireStep | undefined =>
  node === undefined || isRetiring(node) ? undefined : { step: 'Evict', node };

const hasPassed = (since: Date, milliseconds: number, { now }: RetireLimits): boolean =>
  now.getTime() - since.getTime() >= milliseconds;

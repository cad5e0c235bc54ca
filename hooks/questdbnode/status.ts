import { holds, rfc3339, transition, type Finding } from '../api/conditions.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { generationOf } from '../api/kinds.ts';
import { canonicalMiB, canonicalMillicores, floorMiB, parseMillicores, fitsInto } from '../api/quantity.ts';
import { disruptionOf } from './disruption.ts';
import { driftOf } from './drift.ts';
import { partsOf, type Parts } from './findings.ts';
import type { LaunchIntent, NodeStatus, Replaced } from './memory.ts';
import type { ClusterNode } from './cluster-node.ts';
import { isJoining, isJustLaunched, type Observed } from './observe.ts';
import type { Progress } from './progress.ts';
import type { Retiring } from './retiring.ts';

/** The status of one pass: what was observed and done, never what is hoped for. */
export const statusOf = (observed: Observed, progress: Progress, ends: Retiring, tagsRefused?: string): NodeStatus => {
  const { parent, now } = observed;
  const parts = partsOf(observed, progress);
  const replaced = 'replaced' in progress ? progress.replaced : undefined;
  const retiring = replaced === undefined ? ends.left : [...ends.left, replaced];
  return {
    conditions: transition(
      {
        Launched: parts.launched,
        Joined: parts.joined,
        Ready: readyOf(parts),
        Stalled: stalledOf(parts, ends, tagsRefused),
        ...retiringFinding(ends),
        Drifted: driftOf(observed, identityOf(observed, progress).instanceId),
        DisruptionTarget: disruptionOf(observed, progress),
      },
      { previous: parent.status?.conditions, generation: generationOf(parent), now },
    ),
    ...instanceFacts(observed, progress),
    ...keptFacts(observed, progress),
    ...memoryOf(parent, progress, ends),
    ...(retiring.length === 0 ? {} : { retiring: [...retiring].sort(byId) }),
  };
};

const byId = (a: Replaced, b: Replaced): number => (a.instanceId < b.instanceId ? -1 : 1);

const readyOf = ({ launched, joined }: Parts): Finding =>
  launched.status !== 'True' ? launched : joined.status !== 'True' ? joined : holds('Ready', joined.message);

/** Tags that are behind, or an old machine that cannot be ended, hold nothing up; but they do not heal by themselves. */
const stalledOf = ({ stalled }: Parts, { story, isRefused }: Retiring, tagsRefused: string | undefined): Finding => {
  if (stalled.status === 'True') return stalled;
  if (tagsRefused !== undefined) return holds('TagsRefused', tagsRefused);
  return isRefused && story !== undefined ? holds(...story) : stalled;
};

/** What the end of a replaced machine waits for; said as long as there is one. */
const retiringFinding = ({ story }: Retiring): Record<string, Finding> =>
  story === undefined ? {} : { Retiring: holds(...story) };

/** What is seen once, when the Node is Ready first, and holds for the life of the spec: but no more than the Node has. */
const keptFacts = ({ parent, node, instanceType }: Observed, { step }: Progress): NodeStatus => {
  const seen = step === 'Serve' ? { allocatable: allocatableOf(node), ebs: instanceType?.ebs } : undefined;
  return definedOnly({
    allocatable: keptUnlessTooMuch(parent.status?.allocatable, seen?.allocatable),
    ebs: parent.status?.ebs ?? seen?.ebs,
  });
};

type Allocatable = NonNullable<NodeStatus['allocatable']>;

const keptUnlessTooMuch = (kept: Allocatable | undefined, seen: Allocatable | undefined): Allocatable | undefined =>
  kept !== undefined && seen !== undefined && !fitsInto(kept, seen) ? seen : (kept ?? seen);

/** What is known of the instance that counts; nothing where it has just been replaced. */
const instanceFacts = (observed: Observed, progress: Progress): NodeStatus => {
  if (progress.step === 'Relaunch') return {};
  const { status } = observed.parent;
  const { instanceId, launchedAt } = identityOf(observed, progress);
  const isKnown = instanceId === status?.instanceId;
  const joinedAt =
    (isKnown ? status?.joinedAt : undefined) ?? (progress.step === 'Serve' ? rfc3339(observed.now) : undefined);
  return {
    ...definedOnly({ instanceId, launchedAt, joinedAt }),
    ...(isKnown ? shownFacts(observed, progress) : launchedFacts(observed, progress)),
  };
};

/** A status has no undefined fields: they would be gone on the wire. */
const definedOnly = (facts: Record<string, unknown>): NodeStatus =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));

const shownFacts = (observed: Observed, { step }: Progress): NodeStatus => {
  const { parent, instance, node } = observed;
  const { instanceType, zone } = instance ?? (isJustLaunched(observed) ? parent.status : undefined) ?? {};
  const nodeName =
    instance === undefined || node === undefined || (isJoining(observed, node) && step !== 'Serve')
      ? undefined
      : node.metadata.name;
  return definedOnly({ instanceType, zone, nodeName });
};

/** What EC2 was asked for is what it made; the next reading shows it. */
const launchedFacts = ({ parent }: Observed, progress: Progress): NodeStatus =>
  progress.step === 'Launched' ? { instanceType: progress.launch.instanceType, zone: parent.spec.zone } : {};

type InstanceIdentity = { instanceId: string | undefined; launchedAt: string | undefined };

const identityOf = ({ parent: { status }, now }: Observed, progress: Progress): InstanceIdentity => {
  if (progress.step === 'Launched') return { instanceId: progress.instanceId, launchedAt: rfc3339(now) };
  if (progress.step === 'Adopt') {
    return { instanceId: progress.instance.instanceId, launchedAt: progress.instance.launchTime };
  }
  return { instanceId: status?.instanceId, launchedAt: status?.launchedAt };
};

/** What the next pass must know: the launch that was decided, a shortage of capacity, a machine that is taken for lost. */
const memoryOf = ({ status }: QuestDBNode, progress: Progress, ends: Retiring): NodeStatus => {
  const launch = launchOf(status, progress);
  const shortage = 'shortage' in progress ? progress.shortage : undefined;
  const fence = fenceAfter(status, progress, ends) ?? ends.fence;
  return {
    ...(launch === undefined ? {} : { launch }),
    ...(shortage === undefined ? {} : { shortage }),
    ...(fence === undefined ? {} : { fence }),
  };
};

const launchOf = (status: NodeStatus | undefined, progress: Progress): LaunchIntent | undefined =>
  'launch' in progress ? progress.launch : status?.launch;

const fenceAfter = (status: NodeStatus | undefined, progress: Progress, { left }: Retiring): NodeStatus['fence'] => {
  const fenced = status?.fence;
  const isOfReplaced = left.some(({ instanceId }) => instanceId === fenced?.instanceId);
  switch (progress.step) {
    case 'Fence':
      return progress.fence;
    // Another instance counts now, or this one is well.
    case 'Unfence':
    case 'Relaunch':
    case 'Launched':
    case 'Adopt':
      return isOfReplaced ? fenced : undefined;
    default:
      return isOfReplaced || fenced?.instanceId === status?.instanceId ? fenced : undefined;
  }
};

const CPU_STEP_MILLICORES = 100;
const MEMORY_STEP_MIB = 256;

/**
 * What the Node has to give, rounded down to steps: another machine of the same type differs by a little, and must not change
 * the pod template that is made from it.
 */
const allocatableOf = (node: ClusterNode | undefined): NodeStatus['allocatable'] => {
  const { cpu, memory } = node?.status?.allocatable ?? {};
  if (cpu === undefined || memory === undefined) return undefined;
  const millicores = Math.floor(parseMillicores(cpu) / CPU_STEP_MILLICORES) * CPU_STEP_MILLICORES;
  const mebibytes = Math.floor(floorMiB(memory) / MEMORY_STEP_MIB) * MEMORY_STEP_MIB;
  return { cpu: canonicalMillicores(millicores), memory: canonicalMiB(mebibytes) };
};

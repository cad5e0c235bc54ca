import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { namespaceOf } from '../api/kinds.ts';
import { assertCurrent, assertLiving } from '../metacontroller/live-parent.ts';
import type { SyncRequest, SyncResponse } from '../metacontroller/contract.ts';
import { refusable } from '../metacontroller/refusable.ts';
import { isGuarded } from './cluster-node.ts';
import { gather, gatherLive } from './facts.ts';
import { launch, noCapacity } from './launching.ts';
import type { NodeStatus } from './memory.ts';
import type { Observed } from './observe.ts';
import { planNext } from './plan.ts';
import { isOutage, restsOnSilence } from './outage.ts';
import type { NodePorts } from './ports.ts';
import type { Progress } from './progress.ts';
import { retireReplaced, type Retiring } from './retiring.ts';
import { statusOf } from './status.ts';
import type { NodePlan } from './steps.ts';
import { keepTags } from './tagging.ts';

/** Brings one instance closer to its QuestDBNode: launched at most once, joined, replaced when it is lost, reported. */
export const syncNode =
  (ports: NodePorts) =>
  async (request: SyncRequest<QuestDBNode>): Promise<SyncResponse<NodeStatus>> => {
    const { metadata } = request.parent;
    const live = await ports.cluster.readParent(namespaceOf(request.parent), metadata.name);
    const parent = assertLiving(assertCurrent(request.parent, live));
    return refusable(parent, ports.now, async () => {
      const { observed, plan } = await decide(ports, request, parent);
      const { node } = observed;
      if (node !== undefined && !isGuarded(node)) await ports.cluster.guard(node);
      const progress = await carryOut(ports, observed, plan);
      const adopted = progress.step === 'Adopt' ? progress.instance.instanceId : undefined;
      const retiring = await retireReplaced(ports, observed, adopted);
      const tagsRefused = await keepTags(ports, observed);
      const status = statusOf(observed, progress, retiring, tagsRefused);
      return { status, children: [], ...lookAgain(ports, progress, retiring) };
    });
  };

/** Plans that do something to a machine that is there, or give it up. */
const GRAVE: ReadonlySet<NodePlan['step']> = new Set([
  'Start',
  'Stop',
  'TakeOutOfService',
  'PutIntoService',
  'Relaunch',
] as const);

/** A launch that takes the place of another instance must not miss that this one runs again. */
const isGrave = ({ step }: NodePlan, { status }: QuestDBNode): boolean =>
  GRAVE.has(step) || (step === 'Launch' && status?.retiring !== undefined);

/** What lags is good enough to wait by. Before something is done to a machine all is looked at once more. */
const decide = async (ports: NodePorts, request: SyncRequest<QuestDBNode>, parent: QuestDBNode) => {
  const { observed, plan } = await look(ports, request, parent);
  if ((plan.step !== 'Fence' && plan.step !== 'Stop') || !restsOnSilence(plan.fence)) return { observed, plan };
  const fleet = await ports.cluster.fleetReadiness();
  if (!isOutage(fleet)) return { observed, plan };
  return { observed, plan: { step: 'HoldBack', instanceId: plan.fence.instanceId, fleet } as const };
};

const look = async (ports: NodePorts, request: SyncRequest<QuestDBNode>, parent: QuestDBNode) => {
  const observed = await gather(ports, request, parent);
  const plan = planNext(observed, ports);
  if (!isGrave(plan, parent)) return { observed, plan };
  const seen = await gatherLive(ports, request, parent);
  return { observed: seen, plan: planNext(seen, ports) };
};

/** Does the one thing the plan asks for, and says what came of it. Each is safe to be done twice. */
const carryOut = async (ports: NodePorts, observed: Observed, plan: NodePlan): Promise<Progress> => {
  const { cluster, compute } = ports;
  const { parent, node } = observed;
  switch (plan.step) {
    case 'Launch':
      return launch(ports, observed, plan.launch);
    case 'Start':
      return start(ports, observed, plan.instance.instanceId);
    case 'Fence':
      await cluster.record(
        parent,
        'Warning',
        plan.fence.reason,
        `Instance ${plan.fence.instanceId} is taken for lost (${plan.fence.reason}).`,
      );
      return plan;
    case 'Stop':
      await compute.stop(plan.fence.instanceId, { force: plan.force });
      await cluster.record(parent, 'Warning', 'InstanceStopped', stopped(plan));
      return plan;
    case 'TakeOutOfService':
      if (node !== undefined) await cluster.taintOutOfService(node);
      return plan;
    case 'PutIntoService':
      if (node !== undefined) await cluster.untaintOutOfService(node);
      return plan;
    case 'Relaunch': {
      const { instanceId, reason } = plan.replaced;
      await cluster.record(
        parent,
        'Warning',
        'InstanceReplaced',
        `Instance ${instanceId} is lost (${reason}); attempt ${plan.launch.attempt} follows.`,
      );
      return plan;
    }
    default:
      return plan;
  }
};

const start = async (ports: NodePorts, observed: Observed, instanceId: string): Promise<Progress> => {
  const result = await ports.compute.start(instanceId);
  if (result.outcome === 'NoCapacity') return noCapacity(ports, observed, result);
  await ports.cluster.record(
    observed.parent,
    'Normal',
    'InstanceStarted',
    `Instance ${instanceId} was stopped; it is started again.`,
  );
  return { step: 'Started', instanceId };
};

const stopped = ({ fence, force }: Extract<NodePlan, { step: 'Stop' }>): string =>
  `Instance ${fence.instanceId} is ${force ? 'forced to stop' : 'stopped'} (${fence.reason}), so that nobody else writes to the volume.`;

/** As soon as Metacontroller has seen what it wrote. */
const AT_ONCE_SECONDS = 0.2;
const AT_ONCE: ReadonlySet<Progress['step']> = new Set([
  'Adopt',
  'Decide',
  'Fence',
  'NextSubnet',
  'PutIntoService',
  'Relaunch',
  'TakeOutOfService',
  'Unfence',
] as const);

/** Status writes cause no call (`ignoreStatusChanges`), and EC2 sends none: whoever waits for EC2 must ask to be asked again. */
const lookAgain = ({ timing }: NodePorts, { step }: Progress, { left }: Retiring): { resyncAfterSeconds?: number } => {
  if (AT_ONCE.has(step)) return { resyncAfterSeconds: AT_ONCE_SECONDS };
  const isSteady = step === 'Serve' || step === 'Refuse' || step === 'StandDown';
  return isSteady && left.length === 0 ? {} : { resyncAfterSeconds: timing.pollSeconds };
};

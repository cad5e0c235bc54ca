import type { Observed } from './observe.ts';
import { followingShortage, planDecision, renewed } from './plan-launch.ts';
import type { LaunchIntent } from './memory.ts';
import type { NoCapacity, NodePorts } from './ports.ts';
import type { Progress } from './progress.ts';
import { shortageAfter } from './shortage.ts';
import { NO_FREE_ADDRESS, subnetAfter, subnetsIn } from './subnets.ts';

/** Asks EC2 for the launch that is written down, and says what came of it. */
export const launch = async (ports: NodePorts, observed: Observed, intent: LaunchIntent): Promise<Progress> => {
  const result = await ports.compute.launch(intent);
  switch (result.outcome) {
    case 'Launched':
      await ports.cluster.record(observed.parent, 'Normal', 'InstanceLaunched', launched(result.instanceId, intent));
      return { step: 'Launched', launch: intent, instanceId: result.instanceId };
    case 'NoCapacity':
      return nextSubnet(ports, observed, intent, result) ?? (await noRoom(ports, observed, intent, result));
    case 'TokenMismatch':
      return afterMismatch(ports, observed, intent);
    case 'TokenSpent':
      return decideAgain(ports, observed, intent);
    case 'Refused':
      return afterRefusal(ports, observed, intent, `${result.code}: ${result.message}`);
  }
};

/** Says in status, and as an event once, that EC2 is to be left alone for a while. */
export const noCapacity = async (
  ports: NodePorts,
  observed: Observed,
  said: NoCapacity,
): Promise<Extract<Progress, { step: 'NoCapacity' }>> => {
  const { code, message } = said;
  const { parent, now } = observed;
  const { shortage: previous } = parent.status ?? {};
  if (previous === undefined) await ports.cluster.record(parent, 'Warning', code, `EC2 has no capacity: ${message}`);
  const retrySeconds = ports.timing.capacityRetrySeconds;
  return { step: 'NoCapacity', shortage: shortageAfter(previous, { code, message, retrySeconds, now }) };
};

/**
 * A subnet without addresses says nothing of the next one of the zone. It is tried at once, as soon as that is written down; what was said of an
 * earlier round is kept meanwhile.
 */
const nextSubnet = (
  ports: NodePorts,
  observed: Observed,
  intent: LaunchIntent,
  { code }: NoCapacity,
): Progress | undefined => {
  const { parent, nodeClass } = observed;
  if (code !== NO_FREE_ADDRESS || nodeClass === undefined) return undefined;
  const subnetId = subnetAfter(nodeClass, parent.spec.zone, intent.subnetId);
  if (subnetId === undefined) return undefined;
  return {
    step: 'NextSubnet',
    full: intent.subnetId,
    launch: followingShortage(observed, ports, intent, subnetId),
    shortage: parent.status?.shortage,
  };
};

/** Once the wait is over it is tried as the class has it then, from its first subnet on. */
const noRoom = async (
  ports: NodePorts,
  observed: Observed,
  intent: LaunchIntent,
  said: NoCapacity,
): Promise<Progress> => ({
  ...(await noCapacity(ports, observed, said)),
  launch: followingShortage(observed, ports, intent),
});

/**
 * The intent is frozen; once the class has been mended, it is decided anew from it. It keeps its token: should an earlier call whose answer
 * was lost have made an instance, EC2 says so (TokenMismatch) instead of making another.
 */
const afterRefusal = (ports: NodePorts, observed: Observed, intent: LaunchIntent, said: string): Progress => {
  const mended = renewed(observed, ports, intent, subnetToKeep(observed, intent));
  if (mended !== undefined) return { step: 'Decide', launch: mended };
  const message = `EC2 refused the launch (${said}) Mend the QuestDBNodeClass or the IAM policy of the operator; it is tried again each minute.`;
  return { step: 'Refuse', refusal: { reason: 'LaunchRefused', message } };
};

/** That it is not the class's first subnet is no mending: those before it had no address. */
const subnetToKeep = ({ parent, nodeClass }: Observed, { subnetId }: LaunchIntent): string | undefined =>
  nodeClass !== undefined && subnetsIn(nodeClass, parent.spec.zone).includes(subnetId) ? subnetId : undefined;

/** Another call used the token, perhaps one whose answer was lost: its instance is this object's. */
const afterMismatch = async (ports: NodePorts, observed: Observed, intent: LaunchIntent): Promise<Progress> => {
  const fleet = await ports.compute.fleet(observed.now);
  const instance = fleet.find(({ clientToken, state }) => clientToken === intent.token && state !== 'terminated');
  if (instance !== undefined) return { step: 'Adopt', instance };
  const waited = (observed.now.getTime() - Date.parse(intent.requestedAt)) / 1000;
  return waited < ports.timing.visibilitySeconds
    ? { step: 'AwaitToken', launch: intent }
    : decideAgain(ports, observed, intent);
};

const decideAgain = (ports: NodePorts, observed: Observed, { attempt }: LaunchIntent): Progress =>
  planDecision(observed, ports, attempt + 1);

const launched = (instanceId: string, { instanceType, subnetId, attempt }: LaunchIntent): string =>
  `Launched instance ${instanceId} (${instanceType} in ${subnetId}, attempt ${attempt}).`;

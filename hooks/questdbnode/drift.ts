import { isDeepStrictEqual } from 'node:util';
import { conditionOf, fails, holds, isUnknown, type Finding } from '../api/conditions.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../api/generated/questdbnodeclass.ts';
import { GROUP } from '../api/labels.ts';
import { namespaceOf } from '../api/kinds.ts';
import { machineOf } from './intent.ts';
import type { LaunchIntent } from './memory.ts';
import type { Observed } from './observe.ts';
import { subnetsIn } from './subnets.ts';
import { classTagsBehind } from './tags.ts';

/** Whether the class has moved on since the launch. It is said and not acted on: a running instance is never touched for it. */
export const driftOf = (observed: Observed, instanceId: string | undefined): Finding => {
  const { parent, nodeClass, image } = observed;
  const { launch } = parent.status ?? {};
  if (instanceId === undefined || launch === undefined) {
    return isUnknown('NotLaunched', 'No launch is known that could be held against the class.');
  }
  if (nodeClass === undefined) {
    return isUnknown('NodeClassNotFound', `QuestDBNodeClass "${parent.spec.className}" does not exist.`);
  }
  const imageId = nodeClass.spec.ami.id ?? (typeof image === 'string' ? image : image.imageId);
  if (imageId === 'NotRead') return asBefore(parent);
  if (imageId === 'NotFound') {
    return isUnknown('ImageNotFound', 'EC2 shows no image that the class could take now.');
  }
  const behind = differences(parent, nodeClass, { launch, imageId });
  return behind.length === 0
    ? fails('UpToDate', 'The instance is as the class would make it now.')
    : holds('NodeClassChanged', moved(parent, instanceId, behind));
};

/** EC2 did not say; what was true a moment ago is the best there is. */
const asBefore = ({ status }: QuestDBNode): Finding => {
  const before = conditionOf(status?.conditions, 'Drifted');
  return before === undefined
    ? isUnknown('ImageUnknown', 'EC2 has not said yet which image the class would take now.')
    : { status: before.status, reason: before.reason, message: before.message };
};

type Machine = ReturnType<typeof machineOf>;

/** What of the launch is compared, under the words of the class. */
const PARTS: readonly (readonly [name: string, of: (made: Machine | LaunchIntent) => unknown])[] = [
  ['securityGroupIds', ({ securityGroupIds }) => [...securityGroupIds].sort()],
  ['instanceProfile', ({ instanceProfile }) => instanceProfile],
  ['rootVolume', ({ rootVolumeGiB }) => rootVolumeGiB],
  ['metadataOptions', ({ httpPutResponseHopLimit }) => httpPutResponseHopLimit ?? 1],
  ['capacityReservationId', ({ capacityReservationId }) => capacityReservationId],
  ['the user data (cluster, kubelet)', ({ userData }) => userData],
];

const differences = (
  parent: QuestDBNode,
  nodeClass: QuestDBNodeClass,
  { launch, imageId }: { launch: LaunchIntent; imageId: string },
): string[] => {
  const now = machineOf(parent, { nodeClass, image: { imageId } });
  const tags = classTagsBehind(parent, nodeClass, launch.tags ?? {});
  return [
    ...(launch.imageId === imageId ? [] : [`ami (${launch.imageId}, now ${imageId})`]),
    ...(subnetsIn(nodeClass, parent.spec.zone).includes(launch.subnetId)
      ? []
      : [`subnets (without ${launch.subnetId})`]),
    ...PARTS.filter(([, of]) => !isDeepStrictEqual(of(now), of(launch))).map(([name]) => name),
    ...(tags.length === 0 ? [] : [`tags (${tags.join(', ')})`]),
  ];
};

const moved = ({ metadata, spec }: QuestDBNode, instanceId: string, behind: readonly string[]): string =>
  `Since instance ${instanceId} was launched, QuestDBNodeClass "${spec.className}" has changed in: ${behind.join(', ')}. ` +
  'For a fresh instance annotate the QuestDB with a new value: ' +
  `kubectl annotate questdb -n ${namespaceOf({ metadata })} ${spec.databaseName} --overwrite ${GROUP}/replace-node=<value>`;

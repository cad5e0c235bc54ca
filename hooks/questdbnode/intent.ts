import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { rfc3339 } from '../api/conditions.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../api/generated/questdbnodeclass.ts';
import type { LaunchIntent } from './memory.ts';
import type { Image } from './ports.ts';
import { tagsAtLaunch } from './tags.ts';
import { userDataOf } from './userdata.ts';

export type IntentInput = {
  nodeClass: QuestDBNodeClass;
  image: Pick<Image, 'imageId' | 'rootDeviceName'>;
  subnetId: string;
  attempt: number;
  clusterName: string;
  now: Date;
};

/**
 * All that RunInstances needs, decided once. It is written to status before EC2 is asked, and the call is made from it alone, so
 * that the same call after a crash or a lost answer finds the instance that was made.
 */
export const intentOf = (parent: QuestDBNode, input: IntentInput): LaunchIntent => ({
  attempt: input.attempt,
  token: clientToken(parent, input.attempt, input.clusterName),
  ...machineOf(parent, input),
  subnetId: input.subnetId,
  instanceType: parent.spec.instanceType,
  tags: tagsAtLaunch(parent, input.nodeClass, input),
  requestedAt: rfc3339(input.now),
});

/** The part of a launch that the class decides, but for its subnet and its tags. */
export const machineOf = (parent: QuestDBNode, { nodeClass, image }: Pick<IntentInput, 'nodeClass' | 'image'>) => {
  const { instanceProfile, securityGroupIds, rootVolume, metadataOptions, capacityReservationId } = nodeClass.spec;
  return {
    imageId: image.imageId,
    instanceProfile,
    securityGroupIds: [...securityGroupIds].sort(),
    ...(rootVolume === undefined ? {} : rootOf(rootVolume.size, image)),
    ...(metadataOptions === undefined ? {} : { httpPutResponseHopLimit: metadataOptions.httpPutResponseHopLimit }),
    ...(capacityReservationId === undefined ? {} : { capacityReservationId }),
    userData: userDataOf(parent, nodeClass),
  };
};

const rootOf = (rootVolumeGiB: number, { rootDeviceName }: IntentInput['image']) => ({
  rootVolumeGiB,
  ...(rootDeviceName === undefined ? {} : { rootDeviceName }),
});

/** Whether both ask EC2 for the same; when they were decided does not matter. */
export const isSameLaunch = (a: LaunchIntent, b: LaunchIntent): boolean =>
  isDeepStrictEqual({ ...a, requestedAt: '' }, { ...b, requestedAt: '' });

/** At most 64 ASCII characters (EC2's limit), the same for the same attempt, whoever computes it. */
const clientToken = ({ metadata, spec }: QuestDBNode, attempt: number, clusterName: string): string =>
  createHash('sha256').update(`${clusterName}/QuestDBNode/${metadata.uid}/${spec.zone}/${attempt}`).digest('hex');

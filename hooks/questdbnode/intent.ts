import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { rfc3339 } from '../api/conditions.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../api/generated/questdbnodeclass.ts';
import { namespaceOf } from '../api/kinds.ts';
import { ATTEMPT, CLUSTER, DATABASE, NAMESPACE, OWNER_UID } from '../api/labels.ts';
import type { LaunchIntent } from './memory.ts';
import { userDataOf } from './userdata.ts';

export type IntentInput = {
  nodeClass: QuestDBNodeClass;
  subnetId: string;
  attempt: number;
  clusterName: string;
  now: Date;
};

/**
 * All that RunInstances needs, decided once. It is written to status before EC2 is asked, and the call is made from it alone, so
 * that the same call after a crash or a lost answer finds the instance that was made.
 */
export const intentOf = (parent: QuestDBNode, input: IntentInput): LaunchIntent => {
  const { spec } = input.nodeClass;
  return {
    attempt: input.attempt,
    token: clientToken(parent, input.attempt, input.clusterName),
    imageId: spec.ami.id ?? '',
    subnetId: input.subnetId,
    instanceType: parent.spec.instanceType,
    instanceProfile: spec.instanceProfile,
    securityGroupIds: [...spec.securityGroupIds].sort(),
    ...(spec.rootVolume === undefined ? {} : { rootVolumeGiB: spec.rootVolume.size }),
    userData: userDataOf(parent, input.nodeClass),
    tags: { ...spec.tags, ...ownTags(parent, input) },
    requestedAt: rfc3339(input.now),
  };
};

/** Whether both ask EC2 for the same; when they were decided does not matter. */
export const isSameLaunch = (a: LaunchIntent, b: LaunchIntent): boolean =>
  isDeepStrictEqual({ ...a, requestedAt: '' }, { ...b, requestedAt: '' });

/** At most 64 ASCII characters (EC2's limit), the same for the same attempt, whoever computes it. */
const clientToken = ({ metadata, spec }: QuestDBNode, attempt: number, clusterName: string): string =>
  createHash('sha256').update(`${clusterName}/QuestDBNode/${metadata.uid}/${spec.zone}/${attempt}`).digest('hex');

const ownTags = (parent: QuestDBNode, { attempt, clusterName }: IntentInput): Record<string, string> => ({
  Name: `${namespaceOf(parent)}/${parent.metadata.name}`,
  [CLUSTER]: clusterName,
  [NAMESPACE]: namespaceOf(parent),
  [DATABASE]: parent.spec.databaseName,
  [OWNER_UID]: parent.metadata.uid,
  [ATTEMPT]: String(attempt),
});

import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../api/generated/questdbnodeclass.ts';
import { namespaceOf } from '../api/kinds.ts';
import { ATTEMPT, CLUSTER, DATABASE, GROUP, NAMESPACE, OWNER_UID } from '../api/labels.ts';
import type { Instance } from './ports.ts';

export type Tags = Readonly<Record<string, string>>;

/** What EC2 shows as the instance's name. */
const NAME = 'Name';

/** EC2's limit for one resource; tags of AWS' own do not count. */
export const MOST_TAGS = 50;

/** The tags of an instance at its launch: the class's, then those of the spec, then the operator's own, which win. */
export const tagsAtLaunch = (
  parent: QuestDBNode,
  { spec }: QuestDBNodeClass,
  { clusterName, attempt }: { clusterName: string; attempt: number },
): Tags => ({
  ...spec.tags,
  ...parent.spec.tags,
  [NAME]: `${namespaceOf(parent)}/${parent.metadata.name}`,
  [CLUSTER]: clusterName,
  [NAMESPACE]: namespaceOf(parent),
  [DATABASE]: parent.spec.databaseName,
  [OWNER_UID]: parent.metadata.uid,
  [ATTEMPT]: String(attempt),
});

/** Whether the operator alone says what a tag is. */
const isOwn = (key: string): boolean => key === NAME || key.startsWith(`${GROUP}/`);

/** What the spec wants on the instance and is not there, or is otherwise. Nothing is ever taken off. */
export const missingTags = ({ spec }: QuestDBNode, { tags }: Instance): Tags =>
  Object.fromEntries(Object.entries(spec.tags ?? {}).filter(([key, value]) => !isOwn(key) && tags[key] !== value));

/** Tags the class wants now and the launch did not have; what the spec or the operator says themselves counts for theirs. */
export const classTagsBehind = ({ spec }: QuestDBNode, nodeClass: QuestDBNodeClass, launched: Tags): string[] =>
  Object.entries(nodeClass.spec.tags ?? {})
    .filter(([key, value]) => !isOwn(key) && spec.tags?.[key] === undefined && launched[key] !== value)
    .map(([key]) => key)
    .sort();

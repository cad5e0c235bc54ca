import type { Context } from '../context.ts';
import { Ec2Error, missingParameter } from '../errors.ts';
import { instanceById, snapshotById, volumeById } from '../lookup.ts';
import type { Tags } from '../model.ts';
import { type Fields, groups, required, text, texts } from '../request.ts';
import { mergeTags, parseTags } from '../tags.ts';
import { type Action, type Answer, SUCCESS } from './action.ts';

type Tagged = { id: string; tags: Tags };

const resourceOf = (context: Context, id: string): Tagged => {
  if (id.startsWith('i-')) return instanceById(context, id);
  if (id.startsWith('vol-')) return volumeById(context, id);
  if (id.startsWith('snap-')) return snapshotById(context, id);
  throw new Ec2Error('InvalidID', `The ID '${id}' is not valid`);
};

const resourcesOf = (context: Context, fields: Fields): Tagged[] => {
  const ids = texts(fields, 'ResourceId');
  if (ids.length === 0) throw missingParameter('resourceIdSet');
  return ids.map((id) => resourceOf(context, id));
};

const retag = (context: Context, changes: { resource: Tagged; tags: Tags }[]): Answer => {
  for (const { resource, tags } of changes) {
    resource.tags = tags;
    context.record({ effect: 'tags-changed', id: resource.id, tags });
  }
  return SUCCESS;
};

const createTags = (context: Context, fields: Fields): Answer => {
  const added = parseTags(fields);
  if (Object.keys(added).length === 0) throw missingParameter('tagSet');
  const resources = resourcesOf(context, fields);
  return retag(
    context,
    resources.map((resource) => ({ resource, tags: mergeTags(resource.tags, added) })),
  );
};

/** Without a value a key goes whatever its value; without any tag all of them go. */
const deleteTags = (context: Context, fields: Fields): Answer => {
  const removed = groups(fields, 'Tag').map((tag) => ({ key: required(tag, 'Key'), value: text(tag, 'Value') }));
  const isRemoved = (key: string, value: string): boolean =>
    removed.length === 0 || removed.some((tag) => tag.key === key && (tag.value === undefined || tag.value === value));
  const kept = (tags: Tags): Tags =>
    Object.fromEntries(Object.entries(tags).filter(([key, value]) => !isRemoved(key, value)));
  const resources = resourcesOf(context, fields);
  return retag(
    context,
    resources.map((resource) => ({ resource, tags: kept(resource.tags) })),
  );
};

export const createTagsAction: Action = {
  bucket: 'tags',
  mutates: true,
  parameters: ['ResourceId', 'Tag'],
  run: createTags,
};

export const deleteTagsAction: Action = {
  bucket: 'tags',
  mutates: true,
  parameters: ['ResourceId', 'Tag'],
  run: deleteTags,
};

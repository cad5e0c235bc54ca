import { Ec2Error, invalidValue } from './errors.ts';
import type { Tags } from './model.ts';
import type { Fields } from './request.ts';
import { groups, required, text } from './request.ts';
import type { Xml } from './xml.ts';

const MAX_TAGS = 50;

const checkTag = (key: string, value: string): void => {
  if (key.toLowerCase().startsWith('aws:')) {
    throw invalidValue(key, 'tagKey', 'Tag keys starting with aws: are reserved for internal use.');
  }
  if (key.length > 128) throw invalidValue(key, 'tagKey', 'Tag key exceeds the maximum length of 128 characters.');
  if (value.length > 256)
    throw invalidValue(value, 'tagValue', 'Tag value exceeds the maximum length of 256 characters.');
};

/** The tags of a list of structures with `Key` and `Value`. */
export const parseTags = (fields: Fields, name = 'Tag'): Tags => {
  const tags: Tags = {};
  for (const tag of groups(fields, name)) {
    const key = required(tag, 'Key');
    const value = text(tag, 'Value') ?? '';
    checkTag(key, value);
    if (key in tags) throw new Ec2Error('InvalidParameterValue', `Duplicate tag key '${key}' specified.`);
    tags[key] = value;
  }
  return tags;
};

/** What `TagSpecification` says, by resource type; a type that the action does not create is refused. */
export const parseTagSpecifications = <Type extends string>(
  fields: Fields,
  allowed: readonly Type[],
): Record<Type, Tags> => {
  const result = Object.fromEntries(allowed.map((type) => [type, {}])) as Record<Type, Tags>;
  for (const specification of groups(fields, 'TagSpecification')) {
    const type = allowed.find((candidate) => candidate === text(specification, 'ResourceType'));
    if (type === undefined) {
      const given = text(specification, 'ResourceType') ?? '';
      throw new Ec2Error(
        'InvalidParameterValue',
        `'${given}' is not a valid taggable resource type for this operation.`,
      );
    }
    result[type] = mergeTags(result[type], parseTags(specification));
  }
  return result;
};

export const mergeTags = (tags: Tags, added: Tags): Tags => {
  const merged = { ...tags, ...added };
  if (Object.keys(merged).length > MAX_TAGS) {
    throw new Ec2Error('TagLimitExceeded', `The maximum number of tags (${MAX_TAGS}) for a resource has been reached.`);
  }
  return merged;
};

export const tagSet = (tags: Tags): Xml => Object.entries(tags).map(([key, value]) => ({ key, value }));

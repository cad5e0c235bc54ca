import { Ec2Error, invalidValue } from './errors.ts';
import type { Tags } from './model.ts';
import type { Fields } from './request.ts';
import { groups, required, texts } from './request.ts';

/** What each filter name looks at. */
export type FilterTable<Item> = Record<string, (item: Item) => (string | undefined)[]>;

/** Whether `value` matches EC2's pattern: `*` any text, `?` any character, a backslash takes the next one as it is. */
export const matches = (pattern: string, value: string): boolean => {
  const source = pattern.replaceAll(/\\(.)|[.*+?^${}()|[\]\\]/gsu, (found: string, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
    if (found === '*') return '.*';
    return found === '?' ? '.' : `\\${found}`;
  });
  return new RegExp(`^${source}$`, 'su').test(value);
};

const valuesOf = <Item>(
  item: Item,
  name: string,
  table: FilterTable<Item>,
  tags: ((item: Item) => Tags) | undefined,
) => {
  if (tags && name.startsWith('tag:')) return [tags(item)[name.slice('tag:'.length)]];
  if (tags && name === 'tag-key') return Object.keys(tags(item));
  const read = table[name];
  if (!read) throw new Ec2Error('InvalidParameterValue', `The filter '${name}' is invalid`);
  return read(item);
};

/** Keeps what matches every filter: any of its values, in EC2's pattern language. An unknown filter is an error, also on an empty list. */
export const applyFilters = <Item>(
  fields: Fields,
  items: Item[],
  table: FilterTable<Item>,
  tags?: (item: Item) => Tags,
): Item[] => {
  const filters = groups(fields, 'Filter').map((filter) => ({
    name: required(filter, 'Name'),
    values: texts(filter, 'Value'),
  }));
  for (const { name, values } of filters) {
    const known = name in table || (tags && (name === 'tag-key' || name.startsWith('tag:')));
    if (!known) throw new Ec2Error('InvalidParameterValue', `The filter '${name}' is invalid`);
    if (values.length > 200) throw invalidValue(name, 'Filter', 'At most 200 values are allowed.');
  }
  return items.filter((item) =>
    filters.every(({ name, values }) =>
      valuesOf(item, name, table, tags).some(
        (value) => value !== undefined && values.some((pattern) => matches(pattern, value)),
      ),
    ),
  );
};

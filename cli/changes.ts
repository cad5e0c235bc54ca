import { TEMPLATE_HASH } from '../hooks/api/labels.ts';
import type { DesiredObject } from '../hooks/metacontroller/contract.ts';

export type Change =
  | { kind: 'Made'; name: string }
  | { kind: 'Removed'; name: string }
  | { kind: 'Changed'; name: string; fields: string[] };

type Leaf = string | number | boolean | null;

const nameOf = ({ kind, metadata }: DesiredObject): string => `${kind}/${metadata.name}`;

/** What is different between two sets of children, field by field. */
export const changesBetween = (before: readonly DesiredObject[], after: readonly DesiredObject[]): Change[] => {
  const [old, wanted] = [byName(before), byName(after)];
  const names = [...new Set([...old.keys(), ...wanted.keys()])].sort();
  return names.flatMap((name) => changeOf(name, old.get(name), wanted.get(name)));
};

const byName = (children: readonly DesiredObject[]): Map<string, DesiredObject> =>
  new Map(children.map((child) => [nameOf(child), child]));

const changeOf = (name: string, before: DesiredObject | undefined, after: DesiredObject | undefined): Change[] => {
  if (before === undefined) return [{ kind: 'Made', name }];
  if (after === undefined) return [{ kind: 'Removed', name }];
  const fields = differences(leavesOf(before), leavesOf(after));
  return fields.length === 0 ? [] : [{ kind: 'Changed', name, fields }];
};

const differences = (before: ReadonlyMap<string, Leaf>, after: ReadonlyMap<string, Leaf>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path) && !path.includes(TEMPLATE_HASH))
    .sort()
    .map((path) => `${path}: ${shown(before.get(path))} -> ${shown(after.get(path))}`);

const shown = (leaf: Leaf | undefined): string => (leaf === undefined ? '(none)' : JSON.stringify(leaf));

/** Every value by its path. Items of a list that have a name go by it; the lines of a file go one by one. */
const leavesOf = (value: unknown, path = ''): Map<string, Leaf> => {
  if (typeof value === 'string' && value.includes('\n')) return leavesOf(value.split('\n'), path);
  if (typeof value !== 'object' || value === null) return new Map([[path, value as Leaf]]);
  const entries = Array.isArray(value)
    ? value.map((item: unknown, index) => [itemKey(item, index), item] as const)
    : Object.entries(value).map(([key, item]) => [path === '' ? key : `.${key}`, item as unknown] as const);
  return new Map(entries.flatMap(([key, item]) => [...leavesOf(item, `${path}${key}`)]));
};

const itemKey = (item: unknown, index: number): string => {
  const name = typeof item === 'object' && item !== null ? (item as { name?: unknown }).name : lineKey(item);
  return typeof name === 'string' ? `[${name}]` : `[${index}]`;
};

/** A line `key=value` of server.conf is known by its key. */
const lineKey = (item: unknown): string | undefined =>
  typeof item === 'string' ? /^[^=]+(?==)/.exec(item)?.[0] : undefined;

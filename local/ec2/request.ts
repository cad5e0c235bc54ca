import { Ec2Error, invalidValue, missingParameter } from './errors.ts';

/** A request of the query protocol as a tree: `Filter.1.Value.2=x` is `{Filter: [{Value: [.., 'x']}]}`. */
export type Fields = { [name: string]: Field | undefined };
type Field = string | Fields | Field[];

type Branch = Map<string, Branch | string>;

const insert = (tree: Branch, path: string[], value: string): void => {
  const [head = '', ...rest] = path;
  if (rest.length === 0) {
    tree.set(head, value);
    return;
  }
  const existing = tree.get(head);
  const branch = existing instanceof Map ? existing : new Map<string, Branch | string>();
  tree.set(head, branch);
  insert(branch, rest, value);
};

const isIndex = (key: string): boolean => /^[1-9]\d*$/.test(key);

const fieldOf = (node: Branch | string): Field => {
  if (typeof node === 'string') return node;
  const entries = [...node];
  if (entries.length > 0 && entries.every(([key]) => isIndex(key))) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => fieldOf(child));
  }
  return fieldsOf(node);
};

const fieldsOf = (tree: Branch): Fields => Object.fromEntries([...tree].map(([key, child]) => [key, fieldOf(child)]));

/** Parses an `application/x-www-form-urlencoded` body. */
export const parseForm = (body: string): Fields => {
  const tree: Branch = new Map();
  for (const [key, value] of new URLSearchParams(body)) insert(tree, key.split('.'), value);
  return fieldsOf(tree);
};

/** The text of a parameter; empty counts as absent, as it does for EC2. */
export const text = (fields: Fields, name: string): string | undefined => {
  const field = fields[name];
  return typeof field === 'string' && field !== '' ? field : undefined;
};

export const required = (fields: Fields, name: string): string => {
  const value = text(fields, name);
  if (value === undefined) throw missingParameter(name);
  return value;
};

export const integer = (fields: Fields, name: string): number | undefined => {
  const value = text(fields, name);
  if (value === undefined) return undefined;
  if (!/^-?\d+$/.test(value)) throw invalidValue(value, name, 'Expected an integer.');
  return Number(value);
};

export const flag = (fields: Fields, name: string): boolean | undefined => {
  const value = text(fields, name);
  if (value === undefined) return undefined;
  if (value !== 'true' && value !== 'false') throw invalidValue(value, name, 'Expected true or false.');
  return value === 'true';
};

/** A list of texts: `InstanceId.1`, `InstanceId.2`. */
export const texts = (fields: Fields, name: string): string[] => {
  const field = fields[name];
  if (!Array.isArray(field)) return [];
  return field.map((item) => {
    if (typeof item === 'string') return item;
    throw new Ec2Error('InvalidParameterValue', `The parameter ${name} takes texts.`);
  });
};

const isFields = (field: Field | undefined): field is Fields => typeof field === 'object' && !Array.isArray(field);

/** A structure: `Placement.AvailabilityZone`; an absent one has no fields. */
export const group = (fields: Fields, name: string): Fields => {
  const field = fields[name];
  return isFields(field) ? field : {};
};

/** A list of structures: `BlockDeviceMapping.1.Ebs.VolumeSize`. */
export const groups = (fields: Fields, name: string): Fields[] => {
  const field = fields[name];
  return Array.isArray(field) ? field.filter(isFields) : [];
};

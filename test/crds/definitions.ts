import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { REPOSITORY } from './control-plane.ts';

export type Schema = {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  format?: string;
  pattern?: string;
  maxLength?: number;
  maxItems?: number;
  maxProperties?: number;
  minimum?: number;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  'x-kubernetes-validations'?: { rule: string; message?: string }[];
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
};

export type Definition = {
  file: string;
  text: string;
  kind: string;
  plural: string;
  shortNames: string[];
  categories: string[];
  scope: string;
  schema: Schema;
};

type Parsed = {
  spec: {
    scope: string;
    names: { kind: string; plural: string; shortNames: string[]; categories: string[] };
    versions: { name: string; schema: { openAPIV3Schema: Schema } }[];
  };
};

const FOLDER = join(REPOSITORY, 'crds');

const read = (file: string): Definition => {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const { spec } = parse(text) as Parsed;
  const [version] = spec.versions;
  if (version === undefined) throw new Error(`${file} has no version`);
  return { file, text, scope: spec.scope, ...spec.names, schema: version.schema.openAPIV3Schema };
};

/** The CRDs as they are written. */
export const DEFINITIONS: Definition[] = readdirSync(FOLDER)
  .filter((file) => file !== 'kustomization.yaml')
  .map(read);

export const definitionOf = (kind: string): Definition => {
  const found = DEFINITIONS.find((definition) => definition.kind === kind);
  if (found === undefined) throw new Error(`no CRD for ${kind}`);
  return found;
};

/** Every schema of a CRD with its path: `spec.storage.size`, `spec.subnets[].zone`, `spec.tags{}`. metadata is the API server's. */
export const walk = (schema: Schema, path = ''): [path: string, schema: Schema][] => {
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  return [
    [path, schema],
    ...Object.entries(schema.properties ?? {})
      .filter(([name]) => below(name) !== 'metadata')
      .flatMap(([name, child]) => walk(child, below(name))),
    ...(schema.items === undefined ? [] : walk(schema.items, `${path}[]`)),
    ...(schema.additionalProperties === undefined ? [] : walk(schema.additionalProperties, `${path}{}`)),
  ];
};

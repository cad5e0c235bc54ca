/**
 * Generates hooks/api/generated/ from crds/ (one TypeScript file a kind, and the JSON schemas the guards use) docs/reference.md,
 * and docs/configuration.md from the settings of the hooks. `--check` writes nothing and fails when what is committed differs.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { parse } from 'yaml';
import { SETTINGS } from '../hooks/config.ts';
import type { Setting } from '../hooks/setting.ts';
import { referencePage, type Definition } from './reference.ts';

type Schema = {
  [key: string]: unknown;
  properties?: Record<string, Schema>;
  type?: string;
  items?: Schema;
  required?: string[];
};
type Crd = {
  spec: {
    names: { kind: string; shortNames?: string[] };
    scope: string;
    versions: { schema: { openAPIV3Schema: Schema } }[];
  };
};

const OUT = 'hooks/api/generated';
const METADATA_TYPE = 'ObjectMeta';

/** The API server fills defaults in before a hook sees the object, so such a field is always there. */
const namesWithDefault = (properties: Record<string, Schema>): string[] =>
  Object.entries(properties)
    .filter(([, property]) => property.default !== undefined)
    .map(([name]) => name);

/** A copy of the schema as the generator wants it: closed objects, metadata by name, int-or-string as a union. */
const forTypes = (schema: Schema, path: string): Schema => {
  if (path === '.metadata') return { tsType: METADATA_TYPE };
  const { properties, items, additionalProperties, maxItems: _max, minItems: _min, ...rest } = schema;
  const required = [...new Set([...(schema.required ?? []), ...namesWithDefault(properties ?? {})])];
  const closed = properties !== undefined && additionalProperties === undefined;
  return {
    ...rest,
    ...(schema['x-kubernetes-int-or-string'] === true ? { tsType: 'string | number' } : {}),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, child]) => [name, forTypes(child, `${path}.${name}`)]),
          ),
        }),
    ...(items === undefined ? {} : { items: forTypes(items, `${path}[]`) }),
    ...(closed ? { additionalProperties: false } : additionalProperties === undefined ? {} : { additionalProperties }),
    ...(required.length === 0 ? {} : { required }),
  };
};

const HEADER = '// Generated from crds/ by `npm run generate`. Do not edit.\n';

const typesOf = async (kind: string, schema: Schema): Promise<string> => {
  const wire = forTypes(schema, '');
  const withRequired = { ...wire, required: ['apiVersion', 'kind', 'metadata', 'spec'] };
  const body = await compile(withRequired as JSONSchema, kind, {
    bannerComment: '',
    additionalProperties: false,
    format: true,
    style: { singleQuote: true, printWidth: 120 },
  });
  return `${HEADER}import type { ${METADATA_TYPE} } from '../object-meta.ts';\n\n${body}`;
};

const configurationPage = (): string =>
  [
    '# Configuration of the hooks',
    '',
    '<!-- Generated from hooks/config.ts by `npm run generate`. Do not edit. -->',
    '',
    'Environment variables, read once at the start. A wrong one stops the start, and all that are wrong are named at once.',
    '',
    '| variable | default | allowed | meaning |',
    '|---|---|---|---|',
    ...Object.values(SETTINGS).map(settingRow),
    '',
    "Credentials for AWS come from the SDK's own chain (IRSA, EKS Pod Identity, environment); the API server from the pod's ServiceAccount, or `KUBECONFIG`.",
    '',
  ].join('\n');

const settingRow = (setting: Setting<unknown>): string => {
  const byDefault = setting.required ? 'required' : setting.default === undefined ? 'none' : `\`${setting.default}\``;
  return `| \`${setting.name}\` | ${byDefault} | ${setting.allowed} | ${setting.meaning} |`;
};

const generate = async (): Promise<Map<string, string>> => {
  const files = new Map<string, string>();
  const schemas: Record<string, Schema> = {};
  const definitions: Definition[] = [];
  for (const file of readdirSync('crds').filter((name) => name !== 'kustomization.yaml')) {
    const crd = parse(readFileSync(join('crds', file), 'utf8')) as Crd;
    const schema = crd.spec.versions[0]?.schema.openAPIV3Schema;
    if (schema === undefined) throw new Error(`crds/${file} has no version`);
    const { kind, shortNames = [] } = crd.spec.names;
    schemas[kind] = schema;
    definitions.push({ kind, shortNames, isNamespaced: crd.spec.scope === 'Namespaced', schema });
    files.set(join(OUT, `${kind.toLowerCase()}.ts`), await typesOf(kind, schema));
  }
  files.set(join(OUT, 'schemas.json'), `${JSON.stringify(schemas, null, 1)}\n`);
  files.set('docs/configuration.md', configurationPage());
  files.set('docs/reference.md', referencePage(definitions));
  return files;
};

const differences = (files: Map<string, string>): string[] =>
  [...files].filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text).map(([path]) => path);

const files = await generate();
const changed = differences(files);
if (process.argv.includes('--check')) {
  if (changed.length > 0) {
    console.error(`behind what they are generated from: ${changed.join(', ')}. Run: npm run generate`);
    process.exit(1);
  }
} else {
  mkdirSync(OUT, { recursive: true });
  for (const path of changed) writeFileSync(path, files.get(path) ?? '');
  console.log(changed.length === 0 ? 'nothing changed' : `wrote ${changed.join(', ')}`);
}

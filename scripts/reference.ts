/** docs/reference.md: every field of every kind, from crds/. */

/** As much of a structural schema as a reader of the reference wants to know. */
type Field = {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  required?: string[];
  properties?: Record<string, Field>;
  items?: Field;
  additionalProperties?: Field;
  'x-kubernetes-int-or-string'?: boolean;
};

export type Definition = { kind: string; isNamespaced: boolean; shortNames: readonly string[]; schema: object };

/** Deeper than this a field is Kubernetes' own (affinity, selectors); the reference names it and ends there. */
const DEEPEST = 5;

export const referencePage = (definitions: readonly Definition[]): string =>
  [
    '# Reference',
    '',
    '<!-- Generated from crds/ by `npm run generate`. Do not edit. -->',
    '',
    'Every field of `questdb-fleet.dev/v1alpha1`, as `kubectl explain` says it too. `[]` is each item of a list. What a field may hold beyond its type is checked when a manifest is applied, and said there.',
    ...definitions.flatMap(section),
    '',
  ].join('\n');

const section = ({ kind, isNamespaced, shortNames, schema }: Definition): string[] => {
  const { description = '', properties = {} }: Field = schema;
  return [
    '',
    `## ${kind}`,
    `${oneLine(description)} ${isNamespaced ? 'Namespaced' : 'Cluster-scoped'}; short name \`${shortNames.join('`, `')}\`.`,
    ...table('spec', properties.spec),
    ...table('status', properties.status),
  ];
};

const table = (name: string, field: Field | undefined): string[] =>
  field === undefined ? [] : ['', '| field | type | meaning |', '|---|---|---|', ...rowsOf(field, name, 1)];

const rowsOf = (field: Field, path: string, depth: number): string[] => {
  const isDeep = depth >= DEEPEST;
  const inner = Object.entries(field.properties ?? field.items?.properties ?? {});
  const prefix = field.items?.properties === undefined ? path : `${path}[]`;
  const required = field.required ?? field.items?.required ?? [];
  return inner.flatMap(([name, child]) => [
    rowOf(`${prefix}.${name}`, child, required.includes(name)),
    ...(isDeep ? [] : rowsOf(child, `${prefix}.${name}`, depth + 1)),
  ]);
};

const rowOf = (path: string, field: Field, isRequired: boolean): string =>
  `| \`${path}\`${isRequired ? ' *' : ''} | ${typeOf(field)} | ${oneLine(field.description ?? '')} |`;

const typeOf = (field: Field): string => {
  if (field.enum !== undefined) return field.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (field['x-kubernetes-int-or-string'] === true) return 'quantity';
  if (field.items !== undefined) return `list of ${typeOf(field.items)}`;
  if (field.additionalProperties !== undefined) return `map of ${typeOf(field.additionalProperties)}`;
  return field.type ?? 'any';
};

/** A bar would end the cell. */
const oneLine = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();

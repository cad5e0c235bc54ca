import { Ajv, type ErrorObject, type SchemaObject } from 'ajv';

/** Words that structural schemas of Kubernetes have beyond JSON schema; the API server acts on them. */
const KUBERNETES_WORDS = [
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
];

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Validates a value and puts the schema's defaults into it, as the API server does; answers what is wrong. */
export type Check = (value: unknown) => readonly ErrorObject[];

/** `allErrors` only for what is small: a request of 32 MB could have millions. */
export const compileCheck = (schema: SchemaObject, options: { allErrors: boolean }): Check => {
  const ajv = new Ajv({
    ...options,
    strict: true,
    // An int-or-string has pattern and maxLength without a type.
    strictTypes: false,
    useDefaults: true,
    verbose: true,
    formats: { int64: { type: 'number', validate: Number.isInteger }, 'date-time': RFC_3339 },
  });
  ajv.addVocabulary(KUBERNETES_WORDS);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
};

import type { ErrorObject } from 'ajv';

/** At most this many sentences; the message also becomes an Event, which holds 1024 characters. */
const SENTENCES = 5;

const unescape = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~');

const step = (token: string): string => {
  if (/^\d+$/.test(token)) return `[${token}]`;
  return /^[A-Za-z_][\w-]*$/.test(token) ? `.${token}` : `[${JSON.stringify(token)}]`;
};

/** `/spec/storage/size` below `parent` as `parent.spec.storage.size`. */
const pathOf = (root: string, pointer: string): string => {
  const path = pointer.split('/').slice(1).map(unescape).map(step).join('');
  return root === '' ? path.replace(/^\./, '') : root + path;
};

const article = (type: string): string => (/^[aeio]/.test(type) ? `an ${type}` : `a ${type}`);

const listed = (values: unknown): string =>
  (Array.isArray(values) ? values : [values]).map((value) => JSON.stringify(value)).join(', ');

type Params = Record<string, unknown>;
type Wording = (params: Params, error: ErrorObject) => string;

const limit =
  (words: string, unit: string): Wording =>
  ({ limit: bound }) =>
    `must ${words} ${String(bound)}${unit === '' ? '' : ` ${unit}`}`;

/** The schemas of the CRDs describe each field in words that say more than a pattern does. */
const described = (rule: string, error: ErrorObject): string => {
  const description: unknown = error.parentSchema?.description;
  return typeof description === 'string' ? `${rule} (${description})` : rule;
};

const WORDINGS: Partial<Record<string, Wording>> = {
  type: ({ type }) =>
    `must be ${(Array.isArray(type) ? type : [type]).map((name) => article(String(name))).join(' or ')}`,
  const: ({ allowedValue }) => `must be ${listed(allowedValue)}`,
  enum: ({ allowedValues }) => `must be one of ${listed(allowedValues)}`,
  pattern: ({ pattern }, error) => described(`must match ${String(pattern)}`, error),
  format: ({ format }) => `must be ${article(String(format))}`,
  minLength: limit('have at least', 'characters'),
  maxLength: limit('have at most', 'characters'),
  minItems: limit('have at least', 'items'),
  maxItems: limit('have at most', 'items'),
  minProperties: limit('have at least', 'fields'),
  maxProperties: limit('have at most', 'fields'),
  minimum: limit('be at least', ''),
  maximum: limit('be at most', ''),
};

const sentenceOf = (root: string, error: ErrorObject): string => {
  const path = pathOf(root, error.instancePath);
  const params = error.params as Params;
  const below = (name: unknown): string => `${path}${step(String(name))}`.replace(/^\./, '');
  if (error.keyword === 'required') return `${below(params.missingProperty)} is required`;
  if (error.keyword === 'additionalProperties')
    return `${below(params.additionalProperty)} is unknown; allowed are ${Object.keys((error.parentSchema?.properties as Params | undefined) ?? {}).join(', ')}`;
  const words = WORDINGS[error.keyword]?.(params, error) ?? error.message ?? 'is not allowed';
  return `${path === '' ? 'the body' : path} ${words}`;
};

/** An int-or-string is an anyOf of two types: one sentence instead of three. */
const withoutBranches = (errors: readonly ErrorObject[]): ErrorObject[] =>
  errors
    .filter(({ schemaPath }) => !/\/anyOf\/\d+\//.test(schemaPath))
    .map((error) =>
      error.keyword === 'anyOf' ? { ...error, keyword: 'type', params: { type: ['integer', 'string'] } } : error,
    );

/**
 * What ajv found as text: each sentence names the path and what is allowed, and never the value, which could be a secret.
 * `root` is the name of what was validated; needs ajv's `verbose`.
 */
export const sentencesOf = (root: string, errors: readonly ErrorObject[]): string => {
  const sentences = [...new Set(withoutBranches(errors).map((error) => sentenceOf(root, error)))];
  const more = sentences.length - SENTENCES;
  return [...sentences.slice(0, SENTENCES), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
};

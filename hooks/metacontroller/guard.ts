import type { ErrorObject, SchemaObject } from 'ajv';
import schemas from '../api/generated/schemas.json' with { type: 'json' };
import type { ParentKind, ParentKinds } from '../api/kinds.ts';
import { API_VERSION } from '../api/labels.ts';
import type { CustomizeRequest, SyncRequest } from './contract.ts';
import { UnusableRequest } from './errors.ts';
import { type Check, compileCheck } from './schema-compiler.ts';
import { sentencesOf } from './sentences.ts';

/**
 * The guards of one kind: each takes the parsed body of a request and returns it typed, with the schema's defaults in the parent, or
 * throws an UnusableRequest that names every path and what is allowed there. Unknown fields pass, as they do in every client of
 * Kubernetes: CRDs newer than the hooks must not stop a fleet.
 */
export type KindGuards<Parent> = {
  customize: (body: unknown) => CustomizeRequest<Parent>;
  sync: (body: unknown) => SyncRequest<Parent>;
  finalize: (body: unknown) => SyncRequest<Parent>;
};

const text = (pattern: string, maxLength: number, description: string): SchemaObject => ({
  type: 'string',
  maxLength,
  pattern,
  description,
});

const LABEL = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';
const SUBDOMAIN = '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$';
const stringMap: SchemaObject = { type: 'object', additionalProperties: { type: 'string' } };

/** Every kind of parent is namespaced, so each of the three names is needed. The uid becomes a label value. */
const parentMetadata: SchemaObject = {
  type: 'object',
  required: ['name', 'namespace', 'uid'],
  properties: {
    name: text(SUBDOMAIN, 253, 'a name as Kubernetes takes it'),
    namespace: text(LABEL, 63, 'a namespace as Kubernetes takes it'),
    uid: text('^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$', 63, 'the uid the API server gave'),
    resourceVersion: { type: 'string' },
    generation: { type: 'integer', minimum: 0 },
    creationTimestamp: { type: 'string', format: 'date-time' },
    deletionTimestamp: { type: 'string', format: 'date-time' },
    labels: stringMap,
    annotations: stringMap,
    finalizers: { type: 'array', items: { type: 'string' } },
  },
};

const parentSchema = (kind: ParentKind): SchemaObject => {
  const schema = schemas[kind];
  return {
    ...schema,
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: { ...schema.properties, metadata: parentMetadata },
  };
};

/** Objects of the API server: only what every one has is looked at. */
const objectMap: SchemaObject = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    additionalProperties: {
      type: 'object',
      required: ['apiVersion', 'kind', 'metadata'],
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: {
          type: 'object',
          required: ['name', 'uid'],
          properties: { name: { type: 'string' }, uid: { type: 'string' } },
        },
      },
    },
  },
};

/** What a missing or empty map would mean is that nothing is there; so a map that is missing is refused. */
const syncSchema = (finalizing: boolean): SchemaObject => ({
  type: 'object',
  required: ['parent', 'children', 'related'],
  properties: {
    parent: { type: 'object' },
    children: objectMap,
    related: objectMap,
    finalizing: { const: finalizing, default: finalizing },
  },
});

const customizeSchema: SchemaObject = {
  type: 'object',
  required: ['parent'],
  properties: { parent: { type: 'object' } },
};

const refuseWhen = (root: string, errors: readonly ErrorObject[]): void => {
  if (errors.length > 0) throw new UnusableRequest(`The request cannot be used: ${sentencesOf(root, errors)}.`);
};

/** The parent of a body whose envelope has passed. */
const parentIn = (body: unknown): Record<string, unknown> => (body as { parent: Record<string, unknown> }).parent;

const guardParent =
  (kind: ParentKind, check: Check) =>
  (parent: Record<string, unknown>): void => {
    if (parent.kind !== kind || parent.apiVersion !== API_VERSION)
      throw new UnusableRequest(
        `The request cannot be used: this hook takes a parent of kind ${kind} and apiVersion ${API_VERSION} alone.`,
      );
    refuseWhen('parent', check(parent));
  };

const ENVELOPES = {
  customize: compileCheck(customizeSchema, { allErrors: false }),
  sync: compileCheck(syncSchema(false), { allErrors: false }),
  finalize: compileCheck(syncSchema(true), { allErrors: false }),
};

/** Compiles the guards of a kind; some milliseconds, so once at start. */
export const createGuards = <Kind extends ParentKind>(kind: Kind): KindGuards<ParentKinds[Kind]> => {
  const guard = guardParent(kind, compileCheck(parentSchema(kind), { allErrors: true }));
  const admit = (envelope: Check) => (body: unknown) => {
    refuseWhen('', envelope(body));
    guard(parentIn(body));
    return body;
  };
  const { customize, sync, finalize } = ENVELOPES;
  return {
    customize: admit(customize),
    sync: admit(sync),
    finalize: admit(finalize),
  } as KindGuards<ParentKinds[Kind]>;
};

import { isObject, type DesiredChild, type JsonObject, type JsonValue } from './api-object.ts';
import type { RelatedRule } from './related-rule.ts';
import { messageOf } from './fault.ts';

/** What a sync or finalize hook wants. */
export type SyncAnswer = {
  status: JsonObject;
  children: DesiredChild[];
  resyncAfterSeconds: number;
  finalized: boolean;
};

export type AnswerMode = 'strict' | 'loose';

type Check = (value: JsonValue, path: string) => string | undefined;
type Fields = Record<string, Check>;

const is =
  (type: 'string' | 'number' | 'boolean'): Check =>
  (value, path) =>
    value === null || typeof value === type ? undefined : `${path} is not a ${type}`;
const isList = (value: JsonValue): value is JsonValue[] => Array.isArray(value);
const anObject: Check = (value, path) => (value === null || isObject(value) ? undefined : `${path} is not an object`);
const listOf =
  (item: Check): Check =>
  (value, path) => {
    if (value === null) return undefined;
    if (!isList(value)) return `${path} is not a list`;
    return value.map((entry, index) => item(entry, `${path}[${index}]`)).find((fault) => fault !== undefined);
  };
const mapOf =
  (item: Check): Check =>
  (value, path) =>
    anObject(value, path) ??
    Object.entries(isObject(value) ? value : {})
      .map(([key, entry]) => item(entry, `${path}.${key}`))
      .find((fault) => fault !== undefined);
const aChild: Check = (value, path) => {
  if (!isObject(value)) return `${path} is not an object`;
  return typeof value.kind === 'string' && value.kind !== '' ? undefined : `${path}: Object 'Kind' is missing`;
};

const aRequirement: Fields = { key: is('string'), operator: is('string'), values: listOf(is('string')) };
const aSelector: Fields = { matchLabels: mapOf(is('string')), matchExpressions: listOf(nested(aRequirement)) };
const aRule: Fields = {
  apiVersion: is('string'),
  resource: is('string'),
  labelSelector: nested(aSelector),
  namespaceSelector: nested(aSelector),
  namespace: is('string'),
  names: listOf(is('string')),
};
const SYNC: Fields = {
  status: anObject,
  children: listOf(aChild),
  resyncAfterSeconds: is('number'),
  finalized: is('boolean'),
};
const CUSTOMIZE: Fields = { relatedResources: listOf(nested(aRule)) };

function nested(fields: Fields): Check {
  return (value, path) => {
    if (value === null) return undefined;
    if (!isObject(value)) return `${path} is not an object`;
    return Object.entries(fields)
      .map(([name, check]) => (value[name] === undefined ? undefined : check(value[name], `${path}.${name}`)))
      .find((fault) => fault !== undefined);
  };
}

/** Fields that nobody declared, where the answer's own structure ends: inside children and status all is allowed. */
const unknownFields = (value: JsonObject, known: Fields, path = ''): string[] =>
  Object.keys(value)
    .filter((name) => known[name] === undefined)
    .map((name) => `unknown field "${path}${name}"`);

const decode = (text: string, fields: Fields): JsonObject => {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new Error(`can't unmarshal webhookResponse: ${messageOf(error)}`, { cause: error });
  }
  const fault = nested(fields)(value, 'answer');
  if (fault !== undefined) throw new Error(`can't unmarshal webhookResponse: ${fault}`);
  return isObject(value) ? value : {};
};

const refuseUnknown = (unknown: string[], mode: AnswerMode, type: string): void => {
  if (unknown.length === 0 || mode === 'loose') return;
  throw new Error(
    `strict validation failed for v2 webhookResponse (type: ${type}, mode: strict): ${unknown.join(', ')}`,
  );
};

/** Reads what a sync or finalize hook answered with status 200. Missing fields are empty: no child is a legal wish. */
export const parseSyncAnswer = (text: string, mode: AnswerMode, type: string): SyncAnswer => {
  const answer = decode(text, SYNC);
  refuseUnknown(unknownFields(answer, SYNC), mode, type);
  const children = (answer.children ?? []) as unknown as (Partial<DesiredChild> & { kind: string })[];
  return {
    status: (answer.status ?? {}) as JsonObject,
    children: children.map((child) => ({
      ...child,
      apiVersion: child.apiVersion ?? '',
      metadata: child.metadata ?? { name: '' },
    })),
    resyncAfterSeconds: (answer.resyncAfterSeconds ?? 0) as number,
    finalized: (answer.finalized ?? false) as boolean,
  };
};

/** Reads what a customize hook answered with status 200. */
export const parseCustomizeAnswer = (text: string, mode: AnswerMode): RelatedRule[] => {
  const answer = decode(text, CUSTOMIZE);
  const rules = (answer.relatedResources ?? []) as JsonObject[];
  const unknown = rules.flatMap((rule, index) => {
    const path = `relatedResources[${index}].`;
    const selectors = ['labelSelector', 'namespaceSelector'].flatMap((name) =>
      isObject(rule[name]) ? unknownFields(rule[name], aSelector, `${path}${name}.`) : [],
    );
    return [...unknownFields(rule, aRule, path), ...selectors];
  });
  refuseUnknown([...unknownFields(answer, CUSTOMIZE), ...unknown], mode, 'customize');
  return rules.map((rule) => ({ apiVersion: '', resource: '', ...rule }));
};

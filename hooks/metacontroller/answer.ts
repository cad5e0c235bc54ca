import type { SchemaObject } from 'ajv';
import { compileCheck } from './schema-compiler.ts';
import { sentencesOf } from './sentences.ts';

/** An answer that a hook made and Metacontroller would refuse, or act on wrongly: a defect of the hook, so nothing is answered. */
export class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer';
}

const closed = (required: string[], properties: Record<string, SchemaObject>): SchemaObject => ({
  type: 'object',
  required,
  properties,
  additionalProperties: false,
});

const string: SchemaObject = { type: 'string', minLength: 1 };
const strings: SchemaObject = { type: 'array', items: string };

const child: SchemaObject = {
  type: 'object',
  required: ['apiVersion', 'kind', 'metadata'],
  properties: {
    apiVersion: string,
    kind: string,
    metadata: { type: 'object', required: ['name'], properties: { name: string } },
  },
};

const syncProperties: Record<string, SchemaObject> = {
  status: { type: 'object' },
  children: { type: 'array', items: child },
  resyncAfterSeconds: { type: 'number', minimum: 0 },
};

const rule = closed(['apiVersion', 'resource'], {
  apiVersion: string,
  resource: string,
  namespace: string,
  names: strings,
  labelSelector: closed(['matchLabels'], {
    matchLabels: { type: 'object', additionalProperties: { type: 'string' } },
  }),
});

const CHECKS = {
  customize: compileCheck(closed(['relatedResources'], { relatedResources: { type: 'array', items: rule } }), {
    allErrors: true,
  }),
  sync: compileCheck(closed(['status', 'children'], syncProperties), { allErrors: true }),
  finalize: compileCheck(
    closed(['status', 'children', 'finalized'], { ...syncProperties, finalized: { type: 'boolean' } }),
    { allErrors: true },
  ),
};

export type HookName = keyof typeof CHECKS;

/**
 * Lets an answer through that has the contract's fields and no others. Metacontroller's strict mode refuses an unknown field, and
 * takes missing children for the wish to delete them all. Throws UnusableAnswer.
 */
export const checkAnswer = <Answer>(hook: HookName, answer: Answer): Answer => {
  const errors = CHECKS[hook](answer);
  if (errors.length > 0) throw new UnusableAnswer(`The answer of a hook cannot be used: ${sentencesOf('', errors)}.`);
  return answer;
};

import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { QuestDB } from '../hooks/api/generated/questdb.ts';
import type { QuestDBNodeClass } from '../hooks/api/generated/questdbnodeclass.ts';
import schemas from '../hooks/api/generated/schemas.json' with { type: 'json' };
import { compileCheck } from '../hooks/metacontroller/schema-compiler.ts';
import { sentencesOf } from '../hooks/metacontroller/sentences.ts';
import { UserError } from './user-error.ts';

/** What a file of manifests has for this command; whatever else is in it is left alone. */
export type Manifests = { databases: QuestDB[]; nodeClasses: QuestDBNodeClass[] };

type Document = { kind?: string; metadata?: { name?: string; namespace?: string } };

/** Reads a file, or standard input as `-`. Throws a UserError that names every field that is wrong and what is allowed there. */
export const readManifests = (path: string, namespace: string): Manifests => {
  const documents = documentsIn(path);
  const databases = documents.filter(({ kind }) => kind === 'QuestDB').map((document) => checked(document, namespace));
  if (databases.length === 0) throw new UserError(`${path} has no QuestDB`);
  return { databases, nodeClasses: documents.filter(({ kind }) => kind === 'QuestDBNodeClass') as QuestDBNodeClass[] };
};

const documentsIn = (path: string): Document[] => {
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return parseAllDocuments(text).flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw new UserError(`${path} is no YAML: ${problem.message}`);
    const value: unknown = document.toJS();
    return typeof value === 'object' && value !== null ? [value] : [];
  });
};

/** By the schema alone, with its defaults filled in; the API server checks the rules between fields too. */
const checked = (document: Document, namespace: string): QuestDB => {
  const { metadata } = document;
  const database = {
    ...document,
    metadata: { ...metadata, namespace: metadata?.namespace ?? namespace, uid: 'not-made-yet', generation: 1 },
  };
  const unknown = unknownFields(schemas.QuestDB, document);
  if (unknown.length > 0) throw new UserError(`unknown fields: ${unknown.join(', ')}`);
  const errors = compileCheck(schemas.QuestDB, { allErrors: true })(database);
  if (errors.length > 0) throw new UserError(`the manifest cannot be used: ${sentencesOf('', errors)}.`);
  return database as unknown as QuestDB;
};

type Schema = { properties?: Record<string, object>; items?: object };

/** What no schema knows is left out by the API server, and that is rarely what is wanted. */
const unknownFields = (schema: object, value: unknown, path = ''): string[] => {
  const { properties, items = {} }: Schema = schema;
  if (Array.isArray(value)) return value.flatMap((item, index) => unknownFields(items, item, `${path}[${index}]`));
  if (properties === undefined || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const known = properties[key];
    return known === undefined ? [at] : unknownFields(known, item, at);
  });
};

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { binaryPath } from '../../local/controlplane/binaries.ts';
import type { Kinds, Manifest } from './kinds.ts';

export const REPOSITORY = join(import.meta.dirname, '..', '..');

/** Every folder a user may apply. */
export const APPLICABLE = ['base', 'metacontroller', 'overlays/example', 'overlays/local'];

/** What `kubectl kustomize manifests/<folder>` prints, as text. */
export const renderText = (folder: string): string =>
  execFileSync(binaryPath('kubectl'), ['kustomize', join(REPOSITORY, 'manifests', folder)], { encoding: 'utf8' });

/** The objects of one kustomization below manifests/. */
export const render = (folder: string): Manifest[] =>
  parseAllDocuments(renderText(folder)).map((document) => document.toJS() as Manifest);

export const allOf = <K extends keyof Kinds>(objects: readonly Manifest[], kind: K): Kinds[K][] =>
  objects.filter((object): object is Kinds[K] => object.kind === kind);

/** The one object of a kind and, where several are, a name. */
export const oneOf = <K extends keyof Kinds>(objects: readonly Manifest[], kind: K, name?: string): Kinds[K] => {
  const found = allOf(objects, kind).filter(({ metadata }) => name === undefined || metadata.name === name);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} ${kind} ${name ?? ''} instead of one`);
  return first;
};

import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import type { QuestDB } from '../../api/generated/questdb.ts';
import { TEMPLATE_HASH, TEMPLATE_REVISION } from '../../api/labels.ts';
import { shortHash } from '../../api/names.ts';
import type { Wire } from '../../api/wire.ts';
import type { PodInput } from '../pod-input.ts';
import { podTemplate } from './pod-template.ts';

type Template = Wire<V1PodTemplateSpec>;
type Renderer = (database: QuestDB, input: PodInput) => Template;

/** What a StatefulSet that is there says of its template. */
export type Revised = {
  metadata: { annotations?: Record<string, string> };
  spec?: { template: { metadata?: { annotations?: Record<string, string> } } };
};

export type Templates = { newest: string; renderers: Readonly<Record<string, Renderer>> };

/**
 * A renderer that was released never changes: every database would restart. A template that is to look different gets the next revision, and the old
 * renderer stays for two minor releases. test/released/ holds what each of them makes.
 */
export const RELEASED: Templates = { newest: '1', renderers: { '1': podTemplate } };

/**
 * The template of a pod. As long as the renderer that made the one that is there still makes the same, it goes on: the newest one is for a pod that
 * restarts anyway.
 */
export const templateFor = (
  database: QuestDB,
  input: PodInput,
  current: Revised | undefined,
  { newest, renderers }: Templates = RELEASED,
): { revision: string; template: Template } => {
  const rendered = (revision: string): Template | undefined => {
    const render = renderers[revision];
    return render === undefined ? undefined : withHash(render(database, input));
  };
  const revision = current?.metadata.annotations?.[TEMPLATE_REVISION] ?? newest;
  const before = rendered(revision);
  if (before !== undefined && hashOf(before) === hashOf(current?.spec?.template)) return { revision, template: before };
  const template = rendered(newest);
  if (template === undefined) throw new Error(`There is no renderer for revision ${newest}`);
  return { revision: newest, template };
};

const hashOf = (template: { metadata?: { annotations?: Record<string, string> } } | undefined): string | undefined =>
  template?.metadata?.annotations?.[TEMPLATE_HASH];

/** The hash tells later whether the template that is there is the one that is wanted, whatever defaults the API server filled in. */
const withHash = (template: Template): Template => ({
  ...template,
  metadata: {
    ...template.metadata,
    annotations: { ...template.metadata?.annotations, [TEMPLATE_HASH]: shortHash([JSON.stringify(template)]) },
  },
});

import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import type { QuestDB } from '../../api/generated/questdb.ts';
import { TEMPLATE_HASH, TEMPLATE_REVISION } from '../../api/labels.ts';
import { shortHash } from '../../api/names.ts';
import type { Wire } from '../../api/wire.ts';
import type { PodInput } from '../pod-input.ts';
import { templateHashOf, type Templated } from '../statefulset.ts';
import { podTemplate } from './pod-template.ts';

type Template = Wire<V1PodTemplateSpec>;
type Renderer = (database: QuestDB, input: PodInput) => Template;

/** What a StatefulSet that is there says of its template. */
export type Revised = Templated & { metadata: { annotations?: Record<string, string> } };

export type Templates = { newest: string; renderers: Readonly<Record<string, Renderer>> };

/**
 * A renderer that was released never changes: every database would restart. A template that is to look different gets the next revision, and the old
 * renderer stays for two minor releases. test/released/ holds what each of them makes.
 */
export const RELEASED: Templates = { newest: '1', renderers: { '1': podTemplate } };

type Made = { revision: string; template: Template };

/**
 * The template of a pod. As long as the renderer that made the one that is there still makes the same, it goes on: the newest one is for a pod that
 * restarts anyway.
 */
export const templateFor = (
  database: QuestDB,
  input: PodInput,
  current: Revised | undefined,
  { newest, renderers }: Templates = RELEASED,
): Made => {
  const made = (revision: string): Made | undefined => {
    const render = renderers[revision];
    return render === undefined ? undefined : { revision, template: withHash(render(database, input)) };
  };
  const revision = current?.metadata.annotations?.[TEMPLATE_REVISION] ?? newest;
  const before = revision === newest ? undefined : made(revision);
  const next = isStanding(before, current) ? before : made(newest);
  if (next === undefined) throw new Error(`There is no renderer for revision ${newest}`);
  return next;
};

const isStanding = (made: Made | undefined, current: Revised | undefined): boolean =>
  made !== undefined && current !== undefined && templateHashOf({ spec: made }) === templateHashOf(current);

/** The hash tells later whether the template that is there is the one that is wanted, whatever defaults the API server filled in. */
const withHash = (template: Template): Template => ({
  ...template,
  metadata: {
    ...template.metadata,
    annotations: { ...template.metadata?.annotations, [TEMPLATE_HASH]: shortHash([JSON.stringify(template)]) },
  },
});

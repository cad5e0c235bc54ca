import { isDeepStrictEqual } from 'node:util';
import { parseSyncAnswer, type SyncAnswer } from './answer.ts';
import { isConflict, isNotFound, type ApiClient } from './api-client.ts';
import { describe, isObject, keyOf, type ApiObject, type DesiredChild, type JsonObject } from './api-object.ts';
import { atomicUpdate } from './atomic-update.ts';
import { claimChildren } from './claim-children.ts';
import type { CompositeController } from './composite-controller.ts';
import type { Customize } from './customize.ts';
import type { Finalizer } from './finalizer.ts';
import { TooManyRequests } from './hook-call.ts';
import type { Hook } from './hook.ts';
import type { Informer } from './informer.ts';
import { selects } from './label-selector.ts';
import { manageChildren, type Management } from './manage-children.ts';
import { toObjectMap, type ObjectMap } from './object-map.ts';
import { CONTROLLER_UID, selectorOf } from './parent-selector.ts';
import { kindKeyOf, type Resource } from './resource.ts';
import { messageOf } from './fault.ts';

/** What the passes of one controller need. */
export type PassPorts = {
  api: ApiClient;
  controller: CompositeController;
  parentResource: Resource;
  children: Informer[];
  finalizer: Finalizer;
  customize: Customize | undefined;
  sync: Hook | undefined;
  finalize: Hook | undefined;
  management: Omit<Management, 'parent'>;
  askAgainAfter: (key: string, seconds: number) => void;
};

type Concern = Pick<PassPorts, 'controller' | 'finalizer'>;

const isSelected = ({ controller }: Pick<Concern, 'controller'>, parent: ApiObject): boolean =>
  selects(controller.spec.parentResource.labelSelector, parent.metadata.labels);

/** Whether a parent is this controller's business: its labels match, or it still carries the finalizer. */
export const isConcerned = (ports: Concern, parent: ApiObject): boolean =>
  ports.finalizer.isOn(parent) || isSelected(ports, parent);

const observe = async (ports: PassPorts, parent: ApiObject): Promise<ObjectMap<ApiObject>> => {
  const { api, parentResource, controller } = ports;
  const selector = selectorOf(parent, controller.spec.generateSelector === true);
  const children: ApiObject[] = [];
  for (const informer of ports.children)
    children.push(...(await claimChildren({ api, parentResource, parent, selector }, informer)));
  return toObjectMap(
    children,
    ports.children.map(({ resource }) => kindKeyOf(resource)),
  );
};

const ask = async (
  ports: PassPorts,
  parent: ApiObject,
  children: ObjectMap<ApiObject>,
  related: ObjectMap<ApiObject>,
): Promise<SyncAnswer> => {
  const isGoing = parent.metadata.deletionTimestamp !== undefined || !isSelected(ports, parent);
  const finalizing = isGoing && ports.finalize !== undefined;
  const name = finalizing ? 'finalize' : 'sync';
  const hook = finalizing ? ports.finalize : ports.sync;
  if (hook === undefined) throw new Error(`${name} hook not defined for ${describe(parent)}`);
  const mode = ports.controller.spec.hooks?.[name]?.webhook?.responseUnMarshallMode ?? 'strict';
  try {
    const text = await hook({ controller: ports.controller, parent, children, related, finalizing });
    return parseSyncAnswer(text, mode, name);
  } catch (error) {
    if (error instanceof TooManyRequests) throw error;
    const sentence = `${name} hook failed (version=v2): ${messageOf(error)}`;
    throw new Error(`sync hook failed for ${describe(parent)}: ${sentence}`, { cause: error });
  }
};

const labelsOf = (child: DesiredChild): Record<string, string> => {
  const labels = (child.metadata.labels ?? {}) as JsonObject;
  if (!isObject(labels) || !Object.values(labels).every((value) => typeof value === 'string'))
    throw new Error(`invalid labels on desired child ${describe(child)}`);
  return labels as Record<string, string>;
};

/** A child without namespace gets the parent's. */
const inNamespace = (child: DesiredChild, parent: ApiObject): DesiredChild => {
  const namespace = child.metadata.namespace || parent.metadata.namespace;
  return namespace === undefined ? child : { ...child, metadata: { ...child.metadata, namespace } };
};

/** Puts the generated label on the desired children, and refuses those that the parent would not find again. */
const labelled = (ports: PassPorts, parent: ApiObject, children: DesiredChild[]): DesiredChild[] => {
  const generated = ports.controller.spec.generateSelector === true;
  const selector = selectorOf(parent, generated);
  return children.map((child) => {
    const own = labelsOf(child);
    const labels = generated ? { [CONTROLLER_UID]: parent.metadata.uid, ...own } : own;
    if (!selector(labels)) throw new Error(`labels on desired child ${describe(child)} don't match parent selector`);
    return Object.keys(labels).length === 0 ? child : { ...child, metadata: { ...child.metadata, labels } };
  });
};

/**
 * Replaces the status as a whole on a fresh read, however old the parent is that the hook saw: the last writer wins.
 * Answers false when the parent is gone or others write all the time: then nothing more is said about this pass.
 */
const writeStatus = async (
  { api, parentResource }: PassPorts,
  parent: ApiObject,
  wanted: JsonObject,
): Promise<boolean> => {
  const status = { ...wanted, observedGeneration: parent.metadata.generation ?? 0 };
  const subresource = parentResource.subresources.has('status') ? 'status' : undefined;
  try {
    await atomicUpdate(
      { api, resource: parentResource },
      parent,
      (fresh) => (isDeepStrictEqual(fresh.status, status) ? undefined : { ...fresh, status }),
      subresource,
    );
    return true;
  } catch (error) {
    if (isNotFound(error) || isConflict(error)) return false;
    throw new Error(`can't update status for ${describe(parent)}: ${messageOf(error)}`, { cause: error });
  }
};

const isManaged = ({ finalizer }: PassPorts, parent: ApiObject): boolean =>
  parent.metadata.deletionTimestamp === undefined || finalizer.shouldFinalize(parent);

/**
 * One pass over one parent, in Metacontroller's order: finalizer, claim, customize, hook, resync, finalizer off, labels,
 * children, status. Status is written also when the children could not all be managed.
 */
export const runPass = async (ports: PassPorts, cached: ApiObject): Promise<void> => {
  if (!isConcerned(ports, cached)) return;
  let parent = await ports.finalizer.sync(cached);
  if (!isConcerned(ports, parent)) return;

  const observed = await observe(ports, parent);
  const related = (await ports.customize?.relatedOf(parent)) ?? {};
  const answer = await ask(ports, parent, observed, related);

  if (answer.resyncAfterSeconds > 0) ports.askAgainAfter(keyOf(parent), answer.resyncAfterSeconds);
  if (answer.finalized) parent = await ports.finalizer.remove(parent);

  const children = answer.children.map((child) => inNamespace(child, parent));
  const desired = toObjectMap(labelled(ports, parent, children));
  const failed = isManaged(ports, parent)
    ? await manageChildren({ ...ports.management, parent }, observed, desired).then(
        () => undefined,
        (error: unknown) => error,
      )
    : undefined;
  const written = await writeStatus(ports, parent, answer.status);
  if (written && failed !== undefined)
    throw new Error(`can't reconcile children for ${describe(parent)}: ${messageOf(failed)}`, { cause: failed });
};

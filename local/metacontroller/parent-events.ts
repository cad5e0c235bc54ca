import { isDeepStrictEqual } from 'node:util';
import { controllerOf, groupOf, keyOf, type ApiObject, type OwnerReference } from './api-object.ts';
import type { Handlers, Informer } from './informer.ts';
import { selectorOf } from './parent-selector.ts';
import type { Resource } from './resource.ts';

type ParentEventOptions = {
  parentResource: Resource;
  parents: Informer;
  generateSelector: boolean;
  ignoreStatusChanges: boolean;
  /** Whether a parent is this controller's business. */
  isConcerned: (parent: ApiObject) => boolean;
  enqueue: (key: string) => void;
};

const isStatusChange = (old: ApiObject, current: ApiObject): boolean =>
  old !== current &&
  old.metadata.generation === current.metadata.generation &&
  isDeepStrictEqual(old.metadata.labels, current.metadata.labels) &&
  isDeepStrictEqual(old.metadata.annotations, current.metadata.annotations) &&
  current.metadata.deletionTimestamp === undefined;

/** Which changes of parents and children are news to which parents. */
export const createParentEvents = (options: ParentEventOptions) => {
  const { parentResource, parents, isConcerned } = options;

  const enqueueParent = (parent: ApiObject): void => {
    if (isConcerned(parent)) options.enqueue(keyOf(parent));
  };

  const namespaceFor = (child: ApiObject): string | undefined =>
    parentResource.namespaced ? child.metadata.namespace : undefined;

  const parentNamed = (reference: OwnerReference, child: ApiObject): ApiObject | undefined => {
    if (groupOf(reference.apiVersion) !== parentResource.group || reference.kind !== parentResource.kind) return;
    const namespace = namespaceFor(child);
    const key = namespace === undefined ? reference.name : `${namespace}/${reference.name}`;
    const parent = parents.store.get(key);
    return parent?.metadata.uid === reference.uid ? parent : undefined;
  };

  const couldAdopt = (parent: ApiObject, child: ApiObject): boolean => {
    try {
      return selectorOf(parent, options.generateSelector)(child.metadata.labels);
    } catch {
      return false;
    }
  };

  const enqueueOwner = (child: ApiObject): boolean => {
    const reference = controllerOf(child);
    if (reference === undefined) return false;
    const parent = parentNamed(reference, child);
    if (parent !== undefined) enqueueParent(parent);
    return true;
  };
  const enqueueForChild = (child: ApiObject): void => {
    if (enqueueOwner(child) || child.metadata.deletionTimestamp !== undefined) return;
    for (const parent of parents.store.list(namespaceFor(child))) if (couldAdopt(parent, child)) enqueueParent(parent);
  };

  const ofParents: Handlers = {
    added: enqueueParent,
    updated: (old, current) => {
      if (options.ignoreStatusChanges && isStatusChange(old, current)) return;
      enqueueParent(current);
    },
    deleted: enqueueParent,
  };
  const ofChildren: Handlers = {
    added: enqueueForChild,
    updated: (old, current) => {
      if (old.metadata.resourceVersion !== current.metadata.resourceVersion) enqueueForChild(current);
    },
    deleted: enqueueOwner,
  };
  return { ofParents, ofChildren, enqueueParent };
};

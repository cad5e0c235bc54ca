import type { ApiObject } from './api-object.ts';
import { selects, type LabelSelector } from './label-selector.ts';
import type { Informer } from './informer.ts';
import { apiVersionOf, type Resource } from './resource.ts';

/** What a customize hook asks to see. */
export type RelatedRule = {
  apiVersion: string;
  resource: string;
  labelSelector?: LabelSelector | null;
  namespaceSelector?: LabelSelector | null;
  namespace?: string | null;
  names?: string[] | null;
};

/** Labels of a namespace, undefined when there is none of that name. */
export type NamespaceLabels = (namespace: string) => Record<string, string> | undefined;

const isGiven = (selector: LabelSelector | null | undefined): boolean => selector !== undefined && selector !== null;

/** A rule that contradicts itself or its resource fails the whole pass. */
const refuseContradiction = (rule: RelatedRule, resource: Resource): void => {
  const byName = (rule.names ?? []).length > 0;
  if (byName && (isGiven(rule.labelSelector) || isGiven(rule.namespaceSelector)))
    throw new Error(
      `related rule cannot have both names and labelSelector/namespaceSelector specified: ${JSON.stringify(rule)}`,
    );
  if (rule.namespace && isGiven(rule.namespaceSelector))
    throw new Error(`related rule cannot have both namespace and namespaceSelector specified: ${JSON.stringify(rule)}`);
  if (isGiven(rule.namespaceSelector) && !resource.namespaced)
    throw new Error('namespaceSelector is only supported for namespaced related resources');
};

const inNamespace = (rule: RelatedRule, object: ApiObject, labelsOf: NamespaceLabels): boolean => {
  const namespace = object.metadata.namespace;
  if (namespace === undefined) return true;
  if (rule.namespace && namespace !== rule.namespace) return false;
  if (!isGiven(rule.namespaceSelector)) return true;
  const labels = labelsOf(namespace);
  return labels !== undefined && selects(rule.namespaceSelector, labels);
};

/** Whether a v2 rule selects an object. Where the parent is does not matter: without namespace it reaches all of them. */
export const matchesRule = (
  rule: RelatedRule,
  resource: Resource,
  object: ApiObject,
  labelsOf: NamespaceLabels,
): boolean => {
  if (object.apiVersion !== rule.apiVersion || object.apiVersion !== apiVersionOf(resource)) return false;
  if (object.kind !== resource.kind) return false;
  refuseContradiction(rule, resource);
  const names = rule.names ?? [];
  return (
    (names.length === 0 || names.includes(object.metadata.name)) &&
    selects(rule.labelSelector, object.metadata.labels) &&
    inNamespace(rule, object, labelsOf)
  );
};

/** The objects of an informer that a rule selects, found by scanning them all or those of its namespace. */
export const objectsOfRule = (rule: RelatedRule, informer: Informer, labelsOf: NamespaceLabels): ApiObject[] => {
  refuseContradiction(rule, informer.resource);
  const scope = informer.resource.namespaced && rule.namespace ? rule.namespace : undefined;
  return informer.store.list(scope).filter((object) => matchesRule(rule, informer.resource, object, labelsOf));
};

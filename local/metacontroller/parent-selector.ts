import type { ApiObject, JsonObject } from './api-object.ts';
import { isEmptySelector, selects, type LabelSelector } from './label-selector.ts';

export const CONTROLLER_UID = 'controller-uid';

/** Which labels make an object a child of a parent. */
export type ParentSelector = (labels: Record<string, string> | undefined) => boolean;

/** By `controller-uid` when the controller generates selectors, else by the parent's own `spec.selector`. */
export const selectorOf = (parent: ApiObject, generated: boolean): ParentSelector => {
  if (generated) return (labels) => labels?.[CONTROLLER_UID] === parent.metadata.uid;
  const { spec } = parent as ApiObject & { spec?: JsonObject };
  const selector = (spec?.selector ?? {}) as LabelSelector;
  if (isEmptySelector(selector))
    throw new Error('.spec.selector must have either matchLabels, matchExpressions, or both');
  return (labels) => selects(selector, labels);
};

/** What travels as JSON. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };

export type OwnerReference = {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
};

type Metadata = {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  deletionTimestamp?: string;
};

/** An object as the API server sends it; never changed in place, the informers' stores share it. */
export type ApiObject = { apiVersion: string; kind: string; metadata: Metadata; status?: JsonObject };

/** A child as a hook answers it: partial, and its metadata is only what the hook cares about. */
export type DesiredChild = { apiVersion: string; kind: string; metadata: Partial<Metadata> & { name: string } };

/** `namespace/name`, or `name` for what has no namespace: the inner key of v2 hooks and the key of the queues. */
export const keyOf = (object: { metadata: { namespace?: string; name: string } }): string =>
  object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : object.metadata.name;

/** The group of an apiVersion, empty for the core group. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

/** The owner reference marked as controller, if any. */
export const controllerOf = (object: ApiObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((reference) => reference.controller === true);

/** For messages: `StatefulSet team-a/prices`. */
export const describe = (object: { kind: string; metadata: { namespace?: string; name: string } }): string =>
  `${object.kind} ${keyOf(object)}`;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

import type { ObjectMeta } from './object-meta.ts';

export const GROUP = 'questdb-fleet.dev';
export const API_VERSION = `${GROUP}/v1alpha1`;

/** Labels, annotations, tags and taints this operator writes. EC2 tags use the same keys. */
export const DATABASE = `${GROUP}/database`;
export const NAMESPACE = `${GROUP}/namespace`;
export const RETAINED = `${GROUP}/retained`;
export const RETAINED_SINCE = `${GROUP}/retained-since`;
/** Annotation by which a human, or this operator on a human's word, confirms a deletion; its value is the object's own name. */
export const CONFIRM_DELETE = `${GROUP}/confirm-delete`;
/** Label of a namespace that holds data, for the policy that guards it. */
export const HOLDS_DATA = `${GROUP}/data`;
/** Annotation with `namespace/name` of the database that the data belongs to. */
export const OWNER = `${GROUP}/owner`;
/** Label of the Node of a QuestDBNode; its value is the QuestDBNode's uid, since names repeat across namespaces. */
export const NODE = `${GROUP}/node`;
/** Taint of that Node, with the same value, so that nothing else is scheduled there. */
export const DEDICATED = `${GROUP}/dedicated`;
/**
 * Finalizer of the Node. A Node object that goes before its volumes are let go keeps them for another six minutes: the cloud controller would
 * take it away as soon as the instance is terminated.
 */
export const TERMINATION = `${GROUP}/termination`;

/** Taint of the Node of an instance that was replaced: pods that are left there move on, in their own time. */
export const RETIRING = { key: `${GROUP}/retiring`, effect: 'NoExecute' } as const;

/** The value tells the operator's taint from one that somebody else has set. */
export const OUT_OF_SERVICE = {
  key: 'node.kubernetes.io/out-of-service',
  value: 'questdb-fleet',
  effect: 'NoExecute',
} as const;
/** Label, set by its owner, of the namespace that metrics are read from. */
export const MONITORING = `${GROUP}/monitoring`;
export const TEMPLATE_HASH = `${GROUP}/template-hash`;
export const TEMPLATE_REVISION = `${GROUP}/template-revision`;
export const CONFIG_REVISION = `${GROUP}/config-revision`;
/** What the pod was made to ask for on its own Node, whatever spec.resources says beside that. */
export const NODE_REQUESTS = `${GROUP}/node-requests`;
export const CREDENTIALS_REVISION = `${GROUP}/credentials-revision`;
/** Annotation on a QuestDB, set by its user: any new value asks for a new password in the Secret that was made for it. */
export const ROTATE_CREDENTIALS = `${GROUP}/rotate-credentials`;
/** Annotation on that Secret: a hash of the value for which its password was made. */
export const ROTATION = `${GROUP}/rotation`;
/** Annotation on a QuestDB, set by its user: any new value asks for a fresh machine. */
export const REPLACE_NODE = `${GROUP}/replace-node`;
/** Annotation on a QuestDBNode: a hash of that value, for which the machine was asked. */
export const REPLACEMENT = `${GROUP}/replacement`;
/** EC2 tags. */
export const CLUSTER = `${GROUP}/cluster`;
export const OWNER_UID = `${GROUP}/owner-uid`;
export const ATTEMPT = `${GROUP}/attempt`;

/** Put on each child by Metacontroller (`generateSelector: true`); its value is the parent's uid. */
export const CONTROLLER_UID = 'controller-uid';

const MANAGED_BY = 'app.kubernetes.io/managed-by';
const MANAGER = 'questdb-fleet';

/** Whose data or child an object is. */
export type Identity = { namespace: string; database: string };

/** The labels that select a database's pod. Fixed for ever: a StatefulSet's selector cannot change. */
export const selectorLabels = (database: string): Record<string, string> => ({
  'app.kubernetes.io/name': 'questdb',
  'app.kubernetes.io/instance': database,
});

/** Labels of every object made for a database. What the user put on the QuestDB is never copied. */
export const childLabels = (database: string): Record<string, string> => ({
  ...selectorLabels(database),
  [MANAGED_BY]: MANAGER,
  [DATABASE]: database,
});

/** Labels of what holds data in the namespace: the claim and the credentials Secret. */
export const dataLabels = ({ database }: Identity): Record<string, string> => ({
  [MANAGED_BY]: MANAGER,
  [DATABASE]: database,
});

/** Labels of a PersistentVolume, and tags of an EBS volume, that hold a database's data. */
export const volumeLabels = ({ namespace, database }: Identity): Record<string, string> => ({
  [MANAGED_BY]: MANAGER,
  [NAMESPACE]: namespace,
  [DATABASE]: database,
});

/** The labels by which all that holds data in a namespace is found, whichever database's it is. */
export const ANY_DATA: Readonly<Record<string, string>> = { [MANAGED_BY]: MANAGER };

/** Whether somebody confirmed the deletion of this very object. */
export const isDeletionConfirmed = ({ name, annotations }: ObjectMeta): boolean =>
  annotations?.[CONFIRM_DELETE] === name;

export const ownerAnnotation = ({ namespace, database }: Identity): string => `${namespace}/${database}`;

/** Whether the labels and annotations of an object in the database's namespace say that it is this database's. */
export const isDataOf = (identity: Identity, metadata: ObjectMeta): boolean =>
  metadata.labels?.[DATABASE] === identity.database && metadata.annotations?.[OWNER] === ownerAnnotation(identity);

/** Whether all of `wanted` is there already. */
export const hasAll = (
  observed: Readonly<Record<string, string>> | undefined,
  wanted: Readonly<Record<string, string>>,
): boolean => Object.entries(wanted).every(([key, value]) => observed?.[key] === value);

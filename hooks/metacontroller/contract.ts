import type { ObjectMeta } from '../api/object-meta.ts';

/** Any Kubernetes object as it crosses the wire. */
export type KubernetesObject = { apiVersion: string; kind: string; metadata: ObjectMeta };

/** An object to be made: the API server gives it its uid. */
export type DesiredObject = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
};

/** Outer key `Kind.version` or `Kind.group/version`, inner key never relied on (it differs between hook versions). */
export type ObjectMap = Record<string, Record<string, KubernetesObject>>;

/** What Metacontroller 4.17 posts to a v2 sync or finalize hook. */
export type SyncRequest<Parent> = {
  controller?: unknown;
  parent: Parent;
  children: ObjectMap;
  related: ObjectMap;
  finalizing: boolean;
};

/** What Metacontroller 4.17 posts to a v2 customize hook. */
export type CustomizeRequest<Parent> = { controller?: unknown; parent: Parent };

/** The answer of a sync hook. Every observed child that is not named is deleted; status is replaced as a whole. */
export type SyncResponse<Status> = {
  status: Status;
  children: DesiredObject[];
  /** Seconds until the hook is called again although nothing changed; 0 or absent: not. */
  resyncAfterSeconds?: number;
};

/** The answer of a finalize hook. `finalized` lets the parent go. */
export type FinalizeResponse<Status> = SyncResponse<Status> & { finalized: boolean };

/** One rule of a customize answer. A namespaced kind always names its namespace: without it a rule reaches all. */
export type RelatedResourceRule = {
  apiVersion: string;
  resource: string;
  namespace?: string;
  names?: string[];
  labelSelector?: { matchLabels: Record<string, string> };
};

/** The answer of a customize hook, cached by the parent's uid and generation: it may depend on nothing else. */
export type CustomizeResponse = { relatedResources: RelatedResourceRule[] };

/** One kind's three hooks, as the server routes them. The parent has passed the schema of its kind. */
export type KindHooks<Parent> = {
  customize: (request: CustomizeRequest<Parent>) => CustomizeResponse;
  sync: (request: SyncRequest<Parent>) => Promise<SyncResponse<unknown>>;
  finalize: (request: SyncRequest<Parent>) => Promise<FinalizeResponse<unknown>>;
};

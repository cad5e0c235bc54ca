import type { Layout } from '../api/layout.ts';
import type { Engine } from './engine.ts';

/** Where the pod runs, and what it asks for there. */
export type Placement = { on: 'AnyNode' } | { on: 'OwnNode'; nodeUid: string; requests: NodeRequests };

/** What a Node of its own has for the database, as canonical quantities. */
export type NodeRequests = { cpu: string; memory: string };

/** A Secret that a pod can be made with. What it holds stays in the cluster adapter. */
export type Credentials = {
  secretName: string;
  /** Its uid and resourceVersion, not a hash of what it holds: another one restarts the database. */
  revision: string;
  /** Whether it has a second user, who may only read. */
  hasReadonly: boolean;
};

/** What a pod is made from beside the spec, wherever it runs. */
export type PodSources = {
  engine: Engine;
  claimName: string;
  credentials: Credentials;
  /** Stands for the configuration that takes effect at a start alone. */
  configRevision: string;
  /** Of a volume that was taken over; one that the operator made has the root directory, and nothing to check. */
  layout?: Layout;
};

export type PodInput = PodSources & { placement: Placement };

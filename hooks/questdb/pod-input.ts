import type { Layout } from '../api/layout.ts';
import type { Engine } from './engine.ts';

/** Where the pod runs, and what it asks for there. */
export type Placement =
  { on: 'AnyNode' } | { on: 'OwnNode'; nodeUid: string; requests: { cpu: string; memory: string } };

/** What a pod is made from beside the spec, wherever it runs. */
export type PodSources = {
  engine: Engine;
  claimName: string;
  credentialsUid: string;
  /** Stands for the configuration that takes effect at a start alone. */
  configRevision: string;
  /** Of a volume that was taken over; one that the operator made has the root directory, and nothing to check. */
  layout?: Layout;
};

export type PodInput = PodSources & { placement: Placement };

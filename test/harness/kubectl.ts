import { KubeConfig, KubernetesObjectApi, type KubernetesObject } from '@kubernetes/client-node';
import { kubectl as runKubectl } from '../../local/controlplane/kubectl.ts';
import type { Settings } from '../../local/settings.ts';

/** Any object as it is on the wire; a test looks at few of its fields. */
export type Stored = {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    generation?: number;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; uid: string; controller?: boolean }[];
  };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown> & { conditions?: Condition[] };
  data?: Record<string, string>;
};

export type Condition = {
  type: string;
  status: string;
  reason: string;
  message: string;
  observedGeneration?: number;
};

/** `kubectl` as a person runs it, as the administrator of the local cluster. */
export const createKubectl = (settings: Settings) => {
  const run = (...args: string[]): Promise<string> => runKubectl(settings, args);
  const list = async (what: string, ...args: string[]): Promise<Stored[]> => {
    const { items } = JSON.parse(await run('get', what, '-o', 'json', ...args)) as { items: Stored[] };
    return items;
  };
  /** As somebody who means it: names the object in the annotation that the policies ask for, and deletes it. */
  const deleteConfirmed = async (kind: string, name: string, ...flags: string[]): Promise<string> => {
    const where = flags.includes('-n') ? ['-n', flags[flags.indexOf('-n') + 1] ?? ''] : [];
    await run('annotate', kind, name, ...where, '--overwrite', `questdb-fleet.dev/confirm-delete=${name}`);
    return run('delete', kind, name, ...flags);
  };
  return {
    run,
    deleteConfirmed,
    list,
    apply: (...manifests: object[]): Promise<string> =>
      runKubectl(settings, ['apply', '-f', '-'], manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n')),
  };
};

export type Kubectl = ReturnType<typeof createKubectl>;

const isNotFound = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 404;

/** Reads of single objects that cost no process: for waiting. */
export const createReader = (settings: Settings) => {
  const config = new KubeConfig();
  config.loadFromFile(settings.paths.kubeconfig);
  const api = KubernetesObjectApi.makeApiClient(config);
  return {
    /** The object as stored, or undefined. Kinds of our own group when no apiVersion is given. */
    find: async (kind: string, namespace: string, name: string, apiVersion = 'questdb-fleet.dev/v1alpha1') => {
      try {
        const object: KubernetesObject = await api.read({ apiVersion, kind, metadata: { namespace, name } });
        // Dates arrive as Date; what is compared is what JSON says.
        return JSON.parse(JSON.stringify(object)) as Stored;
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
  };
};

export type Reader = ReturnType<typeof createReader>;

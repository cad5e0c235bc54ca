import type { ApiClient } from './api-client.ts';
import type { Resource } from './resource.ts';

/** What resources the API server has. */
export type Discovery = {
  /** By plural name, as controllers and rules write it. Throws when the server does not have it. */
  resource: (apiVersion: string, plural: string) => Promise<Resource>;
  /** By kind, as children write it. Throws when the server does not have it. */
  kind: (apiVersion: string, kind: string) => Promise<Resource>;
};

type ResourceList = { groupVersion: string; resources: { name: string; kind: string; namespaced: boolean }[] };

const FRESH_FOR_MS = 30_000;
/** A resource that is missing is looked for again at once, but not in a storm. */
const MISSING_FOR_MS = 1_000;

const resourcesIn = (list: ResourceList): Resource[] => {
  const [first, second] = list.groupVersion.split('/');
  const [group, version] = second === undefined ? ['', first ?? ''] : [first ?? '', second];
  const names = list.resources.map(({ name }) => name);
  return list.resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced }) => ({
      group,
      version,
      kind,
      plural: name,
      namespaced,
      subresources: new Set(
        names.filter((other) => other.startsWith(`${name}/`)).map((other) => other.slice(name.length + 1)),
      ),
    }));
};

/** Discovery with a memory of 30 s for one group version, as Metacontroller's `--discovery-interval`. */
export const createDiscovery = (api: ApiClient, now: () => number = Date.now): Discovery => {
  const known = new Map<string, { at: number; resources: Resource[] }>();
  const pending = new Map<string, Promise<Resource[]>>();

  const load = async (apiVersion: string): Promise<Resource[]> => {
    const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    try {
      const resources = resourcesIn(await api.call<ResourceList>({ method: 'GET', path }));
      known.set(apiVersion, { at: now(), resources });
      return resources;
    } finally {
      pending.delete(apiVersion);
    }
  };
  const loadOnce = (apiVersion: string): Promise<Resource[]> => {
    const running = pending.get(apiVersion) ?? load(apiVersion);
    pending.set(apiVersion, running);
    return running;
  };

  const find = async (apiVersion: string, matches: (resource: Resource) => boolean): Promise<Resource | undefined> => {
    const memory = known.get(apiVersion);
    const remembered = memory?.resources.find(matches);
    const age = now() - (memory?.at ?? -Infinity);
    if (remembered !== undefined && age < FRESH_FOR_MS) return remembered;
    if (remembered === undefined && age < MISSING_FOR_MS) return undefined;
    return (await loadOnce(apiVersion).catch(() => memory?.resources ?? [])).find(matches);
  };

  return {
    resource: async (apiVersion, plural) => {
      const found = await find(apiVersion, (resource) => resource.plural === plural);
      if (found === undefined) throw new Error(`discovery: can't find resource ${plural} in apiVersion ${apiVersion}`);
      return found;
    },
    kind: async (apiVersion, kind) => {
      const found = await find(apiVersion, (resource) => resource.kind === kind);
      if (found === undefined) throw new Error(`discovery: can't find kind ${kind} in apiVersion ${apiVersion}`);
      return found;
    },
  };
};

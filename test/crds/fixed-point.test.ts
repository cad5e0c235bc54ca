import { globSync, readFileSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { childPath } from '../../hooks/cluster/paths.ts';
import {
  ApiError,
  createApiClient,
  isConflict,
  isNotFound,
  type ApiClient,
} from '../../local/metacontroller/api-client.ts';
import type { ApiObject, DesiredChild } from '../../local/metacontroller/api-object.ts';
import { applyDesired } from '../../local/metacontroller/apply/apply-desired.ts';
import { withLastApplied } from '../../local/metacontroller/apply/last-applied.ts';
import { CHILD_KINDS } from '../fixtures/questdb.ts';
import { useControlPlane } from './control-plane.ts';

const NAMESPACE = 'default';
/** Of a kind the control plane knows only where somebody has installed it. */
const FOREIGN = 'PodMonitor';

type Answer = { answer?: { children?: DesiredChild[] } };

/** Every different child in the recorded answers of the hooks, those of one name one after the other. */
const CHILDREN: [string, DesiredChild[]][] = (() => {
  const children = new Map<string, Map<string, DesiredChild>>();
  for (const path of globSync('test/scenarios/*/*/response.json').sort()) {
    const { answer } = JSON.parse(readFileSync(path, 'utf8')) as Answer;
    for (const child of answer?.children ?? []) {
      const name = `${child.kind}/${child.metadata.name}`;
      children.set(name, (children.get(name) ?? new Map<string, DesiredChild>()).set(JSON.stringify(child), child));
    }
  }
  return [...children]
    .filter(([name]) => !name.startsWith(FOREIGN))
    .map(([name, variants]): [string, DesiredChild[]] => [name, [...variants.values()]]);
})();

/** What is applied to an object again and again must come to rest: else every pass writes, and every write is another pass. */
describe('what the hooks answer, under dynamic apply', () => {
  const settings = useControlPlane();
  let api: ApiClient;

  beforeAll(async () => {
    const config = new KubeConfig();
    config.loadFromFile(settings().paths.kubeconfig);
    api = await createApiClient(config);
  });

  const pathOf = (child: DesiredChild): string => childPath(NAMESPACE, child);

  const read = (path: string): Promise<ApiObject | undefined> =>
    api.call<ApiObject>({ method: 'GET', path }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });

  const create = (child: DesiredChild): Promise<ApiObject> =>
    api.call<ApiObject>({
      method: 'POST',
      path: pathOf(child).replace(/\/[^/]+$/, ''),
      body: withLastApplied(child, child),
    });

  /** As dynamic apply writes it; a controller that was faster is seen first, and an object that cannot become this one is made anew. */
  const apply = async (child: DesiredChild): Promise<ApiObject> => {
    const path = pathOf(child);
    const observed = await read(path);
    if (observed === undefined) return create(child);
    try {
      return await api.call<ApiObject>({ method: 'PUT', path, body: applyDesired(observed, child) });
    } catch (error) {
      if (isConflict(error)) return apply(child);
      if (!(error instanceof ApiError) || error.status !== 422) throw error;
      await api.call({ method: 'DELETE', path });
      return create(child);
    }
  };

  it('is there in all its kinds', () => {
    const kinds = new Set(CHILDREN.map(([name]) => name.split('/')[0]));
    expect([...kinds].sort()).toEqual(CHILD_KINDS);
    expect(CHILDREN.flatMap(([, variants]) => variants).length).toBeGreaterThan(30);
  });

  it.each(CHILDREN)('comes to rest, also from one answer to the next: %s', async (_name, variants) => {
    for (const child of variants) {
      const observed = await apply(child);
      expect(applyDesired(observed, child), JSON.stringify(child.metadata)).toEqual(observed);
      // And the API server sees no difference either: a controller may have written the status meanwhile.
      expect((await apply(child)).metadata.generation).toBe(observed.metadata.generation);
    }
  });
});

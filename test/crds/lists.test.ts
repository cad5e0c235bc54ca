import { KubeConfig } from '@kubernetes/client-node';
import { beforeAll, describe, expect, it } from 'vitest';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import { createKubeApi, type KubeApi } from '../../hooks/cluster/kube-api.ts';
import { readOwnerUids } from '../../hooks/cluster/owners.ts';
import { fleetPath, fleetWidePath } from '../../hooks/cluster/paths.ts';
import { kubectl } from '../../local/controlplane/kubectl.ts';
import { useControlPlane } from './control-plane.ts';

const settings = useControlPlane();

/** More than one page. */
const COUNT = 503;
const NAMESPACES = ['default', 'tenants'];
const AT_ONCE = 20;

let api: KubeApi;
let uids: string[];

const nodeNamed = (name: string, namespace: string) => ({
  apiVersion: 'questdb-fleet.dev/v1alpha1',
  kind: 'QuestDBNode',
  metadata: { name, namespace, finalizers: ['questdb-fleet.dev/test'] },
  spec: { instanceType: 'r6i.large', zone: 'eu-west-1a', className: 'default', databaseName: 'trades' },
});

const create = async (index: number): Promise<string> => {
  const namespace = NAMESPACES[index % NAMESPACES.length] ?? '';
  const made = await api.create<QuestDBNode>(
    fleetPath(namespace, 'questdbnodes'),
    nodeNamed(`node-${index}`, namespace),
  );
  return made.metadata.uid;
};

beforeAll(async () => {
  await kubectl(settings(), ['create', 'namespace', 'tenants']);
  const config = new KubeConfig();
  config.loadFromFile(settings().paths.kubeconfig);
  api = createKubeApi(config);
  uids = [];
  for (let from = 0; from < COUNT; from += AT_ONCE) {
    const indices = Array.from({ length: Math.min(AT_ONCE, COUNT - from) }, (_, offset) => from + offset);
    uids.push(...(await Promise.all(indices.map(create))));
  }
});

describe('a list of more than one page', () => {
  it('is whole', async () => {
    const nodes = await api.list<QuestDBNode>(fleetWidePath('questdbnodes'));
    expect(nodes.map(({ metadata }) => metadata.uid).sort()).toEqual([...uids].sort());
    expect(new Set(nodes.map(({ spec }) => spec.instanceType))).toEqual(new Set(['r6i.large']));
  });

  it('has the metadata alone where that is asked for', async () => {
    const nodes = await api.list<QuestDBNode>(fleetWidePath('questdbnodes'), 'metadata');
    expect(nodes).toHaveLength(COUNT);
    expect(nodes.filter((node) => 'spec' in node)).toEqual([]);
  });

  it('has the owners that are being deleted', async () => {
    const path = fleetPath('default', 'questdbnodes', 'node-0');
    await api.remove(path, { uid: uids[0] ?? '' });
    expect((await api.get<QuestDBNode>(path))?.metadata.deletionTimestamp).toBeDefined();
    expect(await readOwnerUids(api)).toEqual(new Set(uids));
  });
});

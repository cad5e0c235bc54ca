import { beforeAll, describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { createDatabase, type Database, type DatabaseSpec } from '../harness/questdb.ts';

const cluster = useCluster('process');

const NAMESPACE = 'pod';
const RESTRICTED = 'pod-security.kubernetes.io/enforce=restricted';
const POD: DatabaseSpec['pod'] = {
  labels: { team: 'trading' },
  annotations: { 'example.com/note': 'mine' },
  tolerations: [{ key: 'spot', operator: 'Exists' }],
  env: [{ name: 'QDB_CAIRO_MAX_UNCOMMITTED_ROWS', value: '400000' }],
  terminationGracePeriodSeconds: 180,
};

/** The steps build on each other: one database whose pod is changed, and what clients reach it by. */
describe('the pod of a database', () => {
  let database: Database;

  beforeAll(async () => {
    await cluster().namespace(NAMESPACE);
    await cluster().kubectl.run('label', 'namespace', NAMESPACE, RESTRICTED);
    database = createDatabase(cluster(), NAMESPACE, 'trades', { node: undefined });
    await database.apply();
    await database.waitUntilReady();
    await database.write();
  });

  const podUid = async () => (await database.pod())?.metadata.uid;

  it('is one that a namespace of the restricted profile admits, where others are turned away', async () => {
    const careless = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'careless', namespace: NAMESPACE },
      spec: { containers: [{ name: 'a', image: 'questdb/questdb:9.3.4' }] },
    };
    await expect(cluster().kubectl.apply(careless)).rejects.toThrow(/violates PodSecurity "restricted/);
    expect((await database.pod())?.metadata.name).toBe('trades-0');
  });

  it('has what spec.pod and spec.resources ask for, by one restart', async () => {
    const before = await podUid();
    await database.change({ pod: POD, resources: { requests: { cpu: '1500m' }, limits: { memory: '2048Mi' } } });
    await eventually(async () => {
      expect(await podUid()).not.toBe(before);
    }, 60);
    await database.waitUntilReady();
    const pod = await database.pod();
    expect(pod?.metadata).toMatchObject({
      labels: { team: 'trading', 'app.kubernetes.io/name': 'questdb' },
      annotations: { 'example.com/note': 'mine' },
    });
    expect(pod?.spec).toMatchObject({
      terminationGracePeriodSeconds: 180,
      containers: [{ resources: { requests: { cpu: '1500m', memory: '512Mi' }, limits: { memory: '2Gi' } } }],
    });
    const [shown] = await database.sql(
      `select value, value_source from (show parameters) where property_path = 'cairo.max.uncommitted.rows'`,
    );
    expect(shown).toEqual(['400000', 'env']);
    expect(await database.rows()).toEqual(database.written);
  });

  it('stays when the Service or the NetworkPolicy change', async () => {
    const before = await podUid();
    const annotations = { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' };
    await database.change({
      pod: POD,
      resources: { requests: { cpu: '1500m' }, limits: { memory: '2048Mi' } },
      service: { type: 'LoadBalancer', annotations },
      network: { from: [{ ipBlock: { cidr: '10.0.0.0/16' } }] },
    });
    await eventually(async () => {
      const service = await database.find('Service', 'trades', 'v1');
      const [policy] = await cluster().kubectl.list('networkpolicies', '-n', NAMESPACE);
      expect(service?.metadata.annotations).toMatchObject(annotations);
      expect(service?.spec).toMatchObject({ type: 'LoadBalancer' });
      expect((service?.spec as { ports: { port: number }[] }).ports.map(({ port }) => port)).toEqual([
        9000, 8812, 9009,
      ]);
      const { ingress } = policy?.spec as { ingress: { from: unknown[] }[] };
      expect(ingress[0]?.from).toEqual([{ ipBlock: { cidr: '10.0.0.0/16' } }]);
    }, 30);
    await database.waitUntilReady();
    expect(await podUid()).toBe(before);
    expect(await database.rows()).toEqual(database.written);
  });

  it('that cannot be placed says so, and is back when that is taken back', async () => {
    await database.change({ pod: { ...POD, affinity: nowhere() } });
    expect(await database.says('Ready', 'Unschedulable', 90)).toContain('node affinity');
    await database.change({ pod: POD });
    await database.waitUntilReady();
    expect(await database.rows()).toEqual(database.written);
  });
});

const nowhere = () => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In' as const, values: ['none'] }] }],
    },
  },
});

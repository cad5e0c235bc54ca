import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { createDatabase, type Database, type DatabaseSpec } from '../harness/questdb.ts';

const cluster = useCluster('kwok');

/** What a user may ask for, so that none of it is written again and again. */
const WISHES: readonly DatabaseSpec[] = [
  {},
  { node: undefined },
  { config: { 'cairo.max.uncommitted.rows': '400000' } },
  { resources: { requests: { cpu: '1000m', memory: '1024Mi' }, limits: { memory: '2048Mi' } } },
  {
    service: {
      type: 'LoadBalancer',
      annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' },
    },
  },
  { network: { from: [{ ipBlock: { cidr: '10.0.0.0/16' } }, { podSelector: { matchLabels: { app: 'web' } } }] } },
  {
    pod: {
      labels: { team: 'trading' },
      tolerations: [
        { key: 'spot', operator: 'Exists' },
        { key: 'spot', value: 'b' },
      ],
      env: [{ name: 'TZ', value: 'UTC' }, { name: 'EMPTY' }],
    },
  },
  { node: { instanceType: 'r6i.large', replacement: 'Recreate' }, storage: { iops: 4000, throughput: 200 } },
  { expireAfter: '9000h' },
];
const DATABASES = [{}, ...WISHES, {}, ...WISHES].map((spec, index) => ({ name: `db-${index}`, spec }));
/** Longer than two resyncPeriodSeconds of the controllers: each database is looked at twice more. */
const IDLE_SECONDS = 125;

/** Kubelets beat their hearts in Leases and Nodes whether or not anything happens. */
const HEARTBEATS = /^(leases\.|nodes$|componentstatuses$|events\.events\.k8s\.io$)/;

const versions = async (): Promise<string[]> => {
  const { kubectl } = cluster();
  const names = (await kubectl.run('api-resources', '--verbs=list', '-o', 'name')).trim().split('\n');
  const kinds = names.filter((name) => !HEARTBEATS.test(name));
  const objects = await kubectl.list(kinds.join(','), '-A');
  return objects
    .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name} ${metadata.resourceVersion}`)
    .sort();
};

/** One in ten is suspended once it runs: of a claim that never had a pod, Kubernetes itself says again and again that it waits. */
const comeToRest = async (databases: readonly Database[]): Promise<void> => {
  await Promise.all(databases.map((database) => database.waitUntilReady()));
  const resting = databases.filter((_, index) => index % 10 === 0);
  await Promise.all(resting.map((database) => database.change({ suspend: true })));
  await Promise.all(resting.map((database) => database.says('Suspended', 'Suspended')));
};

describe('a fleet that is Ready', () => {
  it('is left alone: nothing is written for two minutes, neither to Kubernetes nor to EC2', async () => {
    const namespace = await cluster().namespace('idle');
    const databases = DATABASES.map(({ name, spec }) => createDatabase(cluster(), namespace, name, spec));
    await cluster().kubectl.apply(...databases.map(({ manifest }) => manifest));
    await comeToRest(databases);
    const before = await eventually(async () => {
      const seen = await versions();
      await sleep(5000);
      expect(await versions(), 'still settling').toEqual(seen);
      return seen;
    }, 60);
    const journal = (await cluster().simulator.journal()).length;
    await sleep(IDLE_SECONDS * 1000);
    expect(await versions()).toEqual(before);
    expect((await cluster().simulator.journal()).slice(journal)).toEqual([]);
    expect(before.filter((line) => line.startsWith('QuestDB idle/'))).toHaveLength(DATABASES.length);
  });
});

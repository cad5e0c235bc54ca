import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { createDatabase } from '../harness/questdb.ts';

const cluster = useCluster('kwok');

const DATABASES = ['one', 'two', 'three', 'four', 'five'];
/** Longer than resyncPeriodSeconds of the controllers: each database is looked at once more. */
const IDLE_SECONDS = 65;

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

describe('a fleet that is Ready', () => {
  it('is left alone: nothing is written for a minute, neither to Kubernetes nor to EC2', async () => {
    const namespace = await cluster().namespace('idle');
    const databases = DATABASES.map((name) => createDatabase(cluster(), namespace, name));
    await cluster().kubectl.apply(...databases.map(({ manifest }) => manifest));
    await Promise.all(databases.map((database) => database.waitUntilReady()));
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

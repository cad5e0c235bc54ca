import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installManifests } from '../../local/controlplane/install.ts';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { createDatabase, type Database } from '../harness/questdb.ts';

const cluster = useCluster('process');

const OVERLAY = join(import.meta.dirname, '..', '..', 'manifests', 'overlays', 'local');

/** What must be the very same afterwards. */
const uidsOf = async ({ name, find, pod, claim, nodes }: Database): Promise<unknown[]> => [
  (await pod())?.metadata.uid,
  (await claim())?.metadata.uid,
  (await find('StatefulSet', name, 'apps/v1'))?.metadata.uid,
  (await find('QuestDBVolume', name))?.metadata.uid,
  (await nodes()).map(({ metadata }) => metadata.uid),
];

const restart = async (part: string): Promise<void> => {
  await cluster().act(part, 'kill');
};

describe('the operator', () => {
  it('is removed, all of it, and installed again: every database serves on and is the same', async () => {
    const database = createDatabase(cluster(), await cluster().namespace('operator'), 'trades');
    await database.apply();
    await database.waitUntilReady();
    await database.write();
    const before = await uidsOf(database);
    const { kubectl, settings, simulator } = cluster();

    try {
      await kubectl.run('delete', '-k', OVERLAY, '--timeout=120s');
      expect(await kubectl.list('compositecontrollers')).toEqual([]);
      expect(await database.rows()).toEqual(database.written);
      expect(await uidsOf(database)).toEqual(before);
    } finally {
      await installManifests(settings);
      await Promise.all([restart('hooks'), restart('metacontroller')]);
    }
    // What changes now is only seen by an operator that is at work again.
    await eventually(() => database.changeStorage({ size: '30Gi' }), 60);
    await database.waitUntilReady();
    expect(await database.rows()).toEqual(database.written);
    expect(await uidsOf(database)).toEqual(before);
    expect(await database.liveInstances()).toHaveLength(1);
    const { volumes } = await simulator.state();
    const isData = (tags: Record<string, string>) =>
      tags['questdb-fleet.dev/namespace'] === 'operator' && 'questdb-fleet.dev/database' in tags;
    expect(volumes.filter(({ tags }) => isData(tags))).toHaveLength(1);
  });

  it('makes what was deleted behind its back, in any order, and the data is there', async () => {
    const database = createDatabase(cluster(), await cluster().namespace('operator-parts'), 'trades');
    await database.apply();
    await database.waitUntilReady();
    await database.write();
    const claimUid = (await database.claim())?.metadata.uid;
    const { kubectl } = cluster();
    const [node] = await database.nodes();
    const parts = [
      ['questdbvolume', 'trades'],
      ['statefulset', 'trades'],
      ['service', 'trades'],
      ['configmap', 'trades-config'],
      ['questdbnode', node?.metadata.name ?? ''],
    ];
    await Promise.all(
      parts.map(([kind = '', name = '']) =>
        kubectl.run('delete', kind, name, '-n', database.namespace, '--wait=false'),
      ),
    );
    await eventually(async () => {
      const [other, ...more] = await database.nodes();
      expect(more).toEqual([]);
      expect(other?.metadata.uid).not.toBe(node?.metadata.uid);
    }, 150);
    await database.becomesReady();
    expect(await database.rows()).toEqual(database.written);
    expect((await database.claim())?.metadata.uid).toBe(claimUid);
    expect((await database.claim())?.metadata.labels).not.toHaveProperty('questdb-fleet.dev/retained');
  });
});

import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { createDatabase } from '../harness/questdb.ts';

const cluster = useCluster('process');

describe('data that exists already', () => {
  it('becomes the data of another database, by its claim and then by its EBS volume alone', async () => {
    const namespace = await cluster().namespace('sources');
    const { kubectl, simulator } = cluster();
    const first = createDatabase(cluster(), namespace, 'first', { node: undefined });
    await first.apply();
    await first.waitUntilReady();
    await first.write();
    const volumeId = ((await first.find('QuestDB'))?.status as { volume: { volumeId: string } }).volume.volumeId;
    const second = createDatabase(cluster(), namespace, 'second', {
      node: undefined,
      storage: { from: { claimName: 'first-data' } },
    });

    // As long as its owner lives it is refused.
    await second.apply();
    expect(await second.says('Stalled', 'DataInUse')).toContain('first');
    await first.remove();
    await second.waitUntilReady();
    expect(await second.rows()).toEqual(first.written);
    expect((await first.claim())?.metadata.annotations).toMatchObject({
      'questdb-fleet.dev/owner': 'sources/second',
    });

    // Only the volume is left: no claim, no PersistentVolume. It is where the instance must go.
    await second.remove();
    const volumeName = (await first.claim())?.spec?.volumeName as string;
    await kubectl.deleteConfirmed('pvc', 'first-data', '-n', namespace, '--timeout=60s');
    await kubectl.deleteConfirmed('pv', volumeName, '--timeout=60s');
    expect(await simulator.volume(volumeId)).toMatchObject({ state: 'available', zone: 'eu-west-1a' });
    const third = createDatabase(cluster(), namespace, 'third', { storage: { from: { volumeHandle: volumeId } } });
    await third.apply();
    await third.waitUntilReady();
    expect(await third.rows()).toEqual(first.written);
    expect(await third.instances()).toMatchObject([{ zone: 'eu-west-1a', state: 'running' }]);
    expect((await simulator.volume(volumeId))?.tags).toMatchObject({ 'questdb-fleet.dev/database': 'third' });
  });
});

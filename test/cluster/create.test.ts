import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { createDatabase } from '../harness/questdb.ts';

const cluster = useCluster('kwok');

const words = (line = ''): string[] => line.trim().split(/\s{2,}/);

describe('a database as kubectl shows it', () => {
  it('tells its story from the first second to Ready and to its end', async () => {
    const database = createDatabase(cluster(), await cluster().namespace('story'), 'trades', {
      node: { instanceType: 'r6i.large', zone: 'eu-west-1b' },
    });
    const { kubectl } = cluster();
    const get = async (...flags: string[]) =>
      (await kubectl.run('get', 'questdb', 'trades', '-n', 'story', ...flags)).split('\n').map(words);
    await database.apply();
    await eventually(async () => {
      const [header, row] = await get();
      expect(header).toEqual(['NAME', 'READY', 'REASON', 'VERSION', 'INSTANCE', 'SIZE', 'AGE']);
      expect(row?.slice(0, 2)).toEqual(['trades', 'False']);
    });
    await database.waitUntilReady();

    const [instance] = await database.instances();
    const { volume } = (await database.find('QuestDB'))?.status as { volume: { volumeId: string } };
    const [header, row] = await get('-o', 'wide');
    expect(header?.slice(7)).toEqual(['ZONE', 'INSTANCE-ID', 'VOLUME-ID', 'MESSAGE']);
    expect(row?.slice(0, 6)).toEqual(['trades', 'True', 'Ready', '9.3.4', 'r6i.large', '20Gi']);
    const message = 'The database answers SQL and accepts writes.';
    expect(row?.slice(7)).toEqual(['eu-west-1b', instance?.instanceId, volume.volumeId, message]);

    const described = await kubectl.run('describe', 'questdb', 'trades', '-n', 'story');
    for (const type of ['NodeReady', 'VolumeReady', 'WriteHealthy', 'Replacing', 'Stalled', 'Ready']) {
      expect(described).toMatch(new RegExp(`Type: +${type}\\n`));
    }
    expect(described).toContain('http://trades.story.svc:9000');

    await database.remove();
    expect((await database.instances()).map(({ state }) => state)).toEqual(['terminated']);
    const nodes = await kubectl.list('nodes', '-l', 'questdb-fleet.dev/node');
    expect(nodes, 'the Node of the instance').toEqual([]);
    expect(
      await kubectl.list(
        'statefulsets,poddisruptionbudgets,services,configmaps,pods,questdbnodes,questdbvolumes',
        '-n',
        'story',
      ),
    ).toEqual([
      expect.objectContaining({ kind: 'ConfigMap', metadata: expect.objectContaining({ name: 'kube-root-ca.crt' }) }),
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { conditionIn, createDatabase } from '../harness/questdb.ts';

const cluster = useCluster('process');

describe.concurrent('a new database', () => {
  it('on an instance of its own takes rows and gives them back as soon as kubectl wait says Ready', async () => {
    const database = createDatabase(cluster(), await cluster().namespace('create'), 'trades');
    await database.apply();
    await database.waitUntilReady();
    await database.write();
    expect(await database.rows()).toEqual(database.written);
    const [instance, ...others] = await database.instances();
    expect(others, 'more than one instance was launched').toEqual([]);
    expect(instance).toMatchObject({ instanceType: 'r6i.large', state: 'running' });
    const { kubectl } = cluster();
    const [header, row] = (await kubectl.run('get', 'questdb', 'trades', '-n', 'create')).split('\n');
    expect(header?.split(/\s+/)).toEqual(['NAME', 'READY', 'REASON', 'VERSION', 'INSTANCE', 'SIZE', 'AGE']);
    expect(row?.split(/\s+/).slice(0, 6)).toEqual(['trades', 'True', 'Ready', '9.3.4', 'r6i.large', '20Gi']);
    const description = await kubectl.run('describe', 'questdb', 'trades', '-n', 'create');
    expect(description).toContain('The database answers SQL and accepts writes.');
    expect(description).toContain(instance?.instanceId);
  });

  it('does not mind another one of its name in another namespace', async () => {
    const here = createDatabase(cluster(), await cluster().namespace('alike-here'), 'db');
    const there = createDatabase(cluster(), await cluster().namespace('alike-there'), 'db');
    await Promise.all([here.apply(), there.apply()]);
    await Promise.all([here.waitUntilReady(), there.waitUntilReady()]);
    await Promise.all([here.write(), there.write()]);
    expect(await here.rows()).toEqual(here.written);
    expect(await there.rows()).toEqual(there.written);
    const [ours, theirs] = await Promise.all([here.instances(), there.instances()]);
    expect([ours.length, theirs.length]).toEqual([1, 1]);
    const volumeOf = async (database: typeof here) =>
      ((await database.find('QuestDB'))?.status as { volume: { volumeId: string } }).volume.volumeId;
    const volumes = await Promise.all([here, there].map(volumeOf));
    const attachments = await Promise.all(
      volumes.map(async (volumeId) => (await cluster().simulator.volume(volumeId))?.attachments[0]?.instanceId),
    );
    expect(attachments).toEqual([ours[0]?.instanceId, theirs[0]?.instanceId]);
  });

  it('without spec.node runs on a node of the cluster, and no instance is launched for it', async () => {
    const namespace = await cluster().namespace('worker');
    const database = createDatabase(cluster(), namespace, 'shared', { node: undefined });
    await database.apply();
    await database.waitUntilReady();
    await database.write();
    expect(await database.rows()).toEqual(database.written);
    expect(await database.instances()).toEqual([]);
    expect((await database.pod())?.spec).toMatchObject({ nodeName: 'worker-1' });
    expect(conditionIn(await database.find('QuestDB'), 'NodeReady')).toMatchObject({ reason: 'NotDedicated' });
  });

  it('of version 9.2.3, which reads no secret from a file, starts and asks for the password', async () => {
    const namespace = await cluster().namespace('older');
    const database = createDatabase(cluster(), namespace, 'older', { version: '9.2.3', node: undefined });
    await database.apply();
    await database.waitUntilReady();
    await database.write();
    expect((await database.find('QuestDB'))?.status).toMatchObject({ version: '9.2.3' });
    const stranger = await fetch(`${database.url}/exec?query=select%201`, {
      headers: { authorization: `Basic ${Buffer.from('admin:wrong').toString('base64')}` },
    });
    expect(stranger.status).toBe(401);
  });
});

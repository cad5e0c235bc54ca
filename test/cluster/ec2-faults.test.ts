import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { conditionIn, createDatabase } from '../harness/questdb.ts';

const cluster = useCluster('kwok');

describe('EC2', () => {
  it('without capacity is asked again, and the database comes up when there is some', async () => {
    const where = { instanceType: 'r6i.xlarge', zone: 'eu-west-1a' };
    await cluster().simulator.command('capacity', { ...where, available: 0 });
    const database = createDatabase(cluster(), await cluster().namespace('capacity'), 'trades', { node: where });
    await database.apply();
    const message = await database.says('Ready', 'InsufficientInstanceCapacity');
    expect(message).toContain('r6i.xlarge');
    expect(message).toMatch(/asked again at \d{4}-/);
    const object = await database.find('QuestDB');
    expect(conditionIn(object, 'NodeReady')).toMatchObject({ status: 'False', reason: 'InsufficientInstanceCapacity' });
    expect(conditionIn(object, 'Stalled'), 'this heals by itself').toMatchObject({ status: 'False' });
    await cluster().simulator.command('capacity', { ...where, available: 1 });
    await database.waitUntilReady();
    expect(await database.instances()).toMatchObject([{ state: 'running' }]);
  });

  it('that launches, loses the answer and hides the instance is asked for the same one by the same token', async () => {
    const { simulator, namespace } = cluster();
    const database = createDatabase(cluster(), await namespace('lost-answer'), 'trades');
    // Longer than the hook takes to ask again, so that the tags of the instance do not tell it.
    await simulator.command('set', { visibilityDelaySeconds: 8 });
    await simulator.command('fail', { action: 'RunInstances', when: 'after', times: 2 });
    try {
      await database.apply();
      await database.waitUntilReady();
    } finally {
      await simulator.command('set', { visibilityDelaySeconds: 1 });
    }
    expect(await database.instances()).toMatchObject([{ state: 'running' }]);
    const launches = (await simulator.journal()).filter(
      ({ action, parameters }) => action === 'RunInstances' && JSON.stringify(parameters).includes('lost-answer'),
    );
    expect(launches.filter(({ fault }) => fault === 'after')).toHaveLength(2);
    expect(launches.filter(({ effects }) => effects.length > 0)).toHaveLength(1);
  });
});

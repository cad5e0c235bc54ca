import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { between } from '../../local/ec2/random.ts';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { createDatabase, type Database } from '../harness/questdb.ts';

const cluster = useCluster('process');

/** INTERRUPTIONS_SEED=<number> repeats a run. */
const SEED = Number(process.env.INTERRUPTIONS_SEED ?? Date.now() % 100_000);

const RECOVERY_SECONDS = 240;

const create = async (namespace: string, names: string[]): Promise<Database[]> => {
  await cluster().namespace(namespace);
  const databases = names.map((name) => createDatabase(cluster(), namespace, name));
  await cluster().kubectl.apply(...databases.map(({ manifest }) => manifest));
  return databases;
};

/** In the end all is as if nothing had happened: it serves, and one instance was launched for it. */
const expectServedByOneInstance = async (database: Database): Promise<void> => {
  await database.becomesReady(RECOVERY_SECONDS);
  await database.write();
  expect(await database.rows()).toEqual(database.written);
  expect(await database.instances()).toMatchObject([{ state: 'running' }]);
};

/** Steps of a create, as they show from outside; each is a point at which a crash is another crash. */
const STEPS: Record<string, (database: Database) => Promise<boolean>> = {
  'the QuestDBVolume is there': async ({ find }) => (await find('QuestDBVolume')) !== undefined,
  'the credentials are there': async ({ find, name }) =>
    (await find('Secret', `${name}-credentials`, 'v1')) !== undefined,
  'an instance was asked for': async ({ instances }) => (await instances()).length > 0,
  'the pod is there': async ({ pod }) => (await pod()) !== undefined,
};

const reaches = (step: string, database: Database): Promise<void> =>
  eventually(async () => {
    expect(await STEPS[step]?.(database), `${step} (${database.name})`).toBe(true);
  }, 120);

describe('a database that is being created', () => {
  it(`becomes Ready with one instance though the hooks crash at any point (INTERRUPTIONS_SEED=${SEED})`, async () => {
    const random = { value: SEED };
    const [database, another] = await create('crash', ['trades', 'quotes']);
    if (database === undefined || another === undefined) throw new Error('no databases');
    for (const step of Object.keys(STEPS)) {
      await reaches(step, database);
      await sleep(between(random, 0, 1500));
      await cluster().act('hooks', 'kill');
      await sleep(between(random, 0, 1500));
      // The supervisor would wait longer each time.
      await cluster().act('hooks', 'restart');
    }
    await Promise.all([database, another].map(expectServedByOneInstance));
  });

  it('becomes Ready though Metacontroller crashes', async () => {
    const [database] = await create('crash-metacontroller', ['trades']);
    if (database === undefined) throw new Error('no database');
    await reaches('an instance was asked for', database);
    await cluster().act('metacontroller', 'kill');
    await expectServedByOneInstance(database);
  });

  it('becomes Ready though the API server crashes', async () => {
    const [database] = await create('crash-apiserver', ['trades']);
    if (database === undefined) throw new Error('no database');
    await reaches('an instance was asked for', database);
    await cluster().act('kube-apiserver', 'kill');
    await expectServedByOneInstance(database);
  });
});

import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { createDatabase, type Database, type DatabaseSpec } from '../harness/questdb.ts';

const cluster = useCluster('process');

const PATIENCE_SECONDS = 300;
const LARGE = { instanceType: 'r6i.large' };
const XLARGE = { instanceType: 'r6i.xlarge' };

/** What happens to a database one after the other; what is not named stays. */
const STEPS: readonly (readonly [what: string, change: DatabaseSpec])[] = [
  ['is created', { version: '9.2.3', node: LARGE }],
  ['moves', { node: XLARGE }],
  ['is resumed', { suspend: true }],
  ['is upgraded', { version: '9.3.4' }],
  ['moves by Recreate', { node: { ...LARGE, replacement: 'Recreate' } }],
  ['is resumed again', { suspend: true }],
  ['is configured anew', { config: { 'cairo.max.uncommitted.rows': '400000' } }],
  ['moves once more', { node: XLARGE }],
  ['gets another pod', { pod: { labels: { team: 'trading' } } }],
  ['moves and is configured at once', { node: LARGE, config: {} }],
];
const DATABASES = ['a', 'b', 'c', 'd', 'e'];

/** Right after `kubectl wait` has returned, once and without a second try: that is what Ready promises. */
const actsOnReady = async (database: Database, round: number): Promise<void> => {
  await database.waitUntilReady(PATIENCE_SECONDS);
  if (round === 0)
    await database.sql('CREATE TABLE rounds (ts TIMESTAMP, round INT) TIMESTAMP(ts) PARTITION BY DAY WAL');
  const [[count] = []] = await database.sql('SELECT count() FROM rounds');
  expect(count).toEqual(expect.any(Number));
  await database.sql(`INSERT INTO rounds VALUES (now(), ${round})`);
  // A WAL table shows a row once it is applied; by then nothing is missing.
  await eventually(async () => {
    expect(await database.sql('SELECT count() FROM rounds')).toEqual([[round + 1]]);
  }, 30);
};

describe.concurrent('a database that is Ready', () => {
  it.each(DATABASES)('takes a write and a read at once, whatever was done to it: %s', async (name) => {
    const namespace = await cluster().namespace(`ready-${name}`);
    let spec: DatabaseSpec = {};
    for (const [round, [what, change]] of STEPS.entries()) {
      const { suspend, ...kept } = change;
      spec = { ...spec, ...kept };
      const database = createDatabase(cluster(), namespace, name, spec);
      if (suspend === true) {
        await database.change({ suspend });
        await database.says('Suspended', 'Suspended', PATIENCE_SECONDS);
      }
      await database.apply();
      await actsOnReady(database, round).catch((error: unknown) => {
        throw new Error(`${name} after it ${what}`, { cause: error });
      });
    }
  });
});

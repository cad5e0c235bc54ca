import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { useCluster } from '../harness/cluster.ts';
import { createDatabase, manifestOf, type Database, type DatabaseSpec } from '../harness/questdb.ts';

const cluster = useCluster('kwok');

type Answer = { code: number; out: string; err: string };

/** The steps build on each other: one database, told of before its spec is changed, and after. */
describe('the command line, against a cluster', () => {
  const folder = mkdtempSync(join(tmpdir(), 'questdb-fleet-cli-'));
  let database: Database;

  beforeAll(async () => {
    database = createDatabase(cluster(), await cluster().namespace('cli'), 'trades');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const run = (...words: string[]): Promise<Answer> =>
    new Promise((resolve) => {
      const env = { ...process.env, KUBECONFIG: cluster().settings.paths.kubeconfig };
      execFile(process.execPath, ['cli/main.ts', ...words], { env }, (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
      });
    });

  const diff = (spec: DatabaseSpec = {}): Promise<Answer> => {
    const path = join(folder, 'db.yaml');
    writeFileSync(path, stringify(manifestOf('cli', 'trades', spec)));
    return run('diff', '-f', path);
  };

  it('tells what a new database gets', async () => {
    const { code, out } = await diff();
    expect(code).toBe(1);
    expect(out).toContain('this STARTS the database.');
    expect(out).toContain('+ StatefulSet/trades');
    expect(await database.exists()).toBe(false);
  });

  it('finds nothing to change in what runs', async () => {
    await database.apply();
    await database.waitUntilReady();
    expect(await diff()).toMatchObject({ code: 0, out: expect.stringContaining('this changes nothing.') as string });
  });

  it('does what it told: the objects that it named are those that change', async () => {
    const before = (await database.pod())?.metadata.uid;
    const told = await diff({ pod: { labels: { team: 'a' } } });
    expect(told.out).toContain('this RESTARTS the database, once.');
    expect(told.out).toContain('~ StatefulSet/trades');
    await database.change({ network: { from: [] } });
    await database.waitUntilReady();
    expect((await database.pod())?.metadata.uid).toBe(before);
    const moved = await diff({ node: { instanceType: 'r6i.xlarge' } });
    const [node = ''] = /(?<=\+ QuestDBNode\/)\S+/.exec(moved.out) ?? [];
    expect(moved.out).toContain('this MOVES the database to another instance');
    await database.changeNode({ instanceType: 'r6i.xlarge' });
    await database.waitUntilReady();
    expect((await database.nodes()).map(({ metadata }) => metadata.name)).toContain(node);
  });

  it('says what the API server refuses, in its words, and writes nothing', async () => {
    const seen = (await database.find('QuestDB'))?.metadata.resourceVersion;
    const answer = await diff({ node: { instanceType: 'r6i.xlarge' }, storage: { size: '10Gi' } });
    expect(answer.code).toBe(2);
    expect(answer.err).toContain('spec.storage.size');
    expect(answer.err).not.toContain('    at ');
    expect((await database.find('QuestDB'))?.metadata.resourceVersion).toBe(seen);
  });

  it('explains a database on one screen', async () => {
    const { code, out } = await run('explain', 'trades', '-n', 'cli');
    expect(code).toBe(0);
    expect(out).toMatch(/^QuestDB cli\/trades {2}9\.3\.4 {2}20Gi$/m);
    expect(out).toMatch(/^Ready +True +Ready: /m);
    expect(out).toMatch(/QuestDBNode +trades-[0-9a-f]{8} /);
    expect(out).toMatch(/QuestDB\/trades {2}Moved: /);
    expect(out.split('\n').length).toBeLessThan(40);
    const none = await run('explain', 'other', '-n', 'cli');
    expect(none).toMatchObject({ code: 2, err: 'there is no QuestDB "other" in namespace "cli"\n' });
  });
});

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { createDatabase, type Database } from '../harness/questdb.ts';

const cluster = useCluster('process');

const decode = (text = ''): string => Buffer.from(text, 'base64').toString('utf8');

describe('the credentials of a database', () => {
  let database: Database;
  let user = '';
  let password = '';

  beforeAll(async () => {
    database = createDatabase(cluster(), await cluster().namespace('credentials'), 'vault');
    await database.apply();
    await database.waitUntilReady();
    const secret = await database.find('Secret', 'vault-credentials', 'v1');
    user = decode(secret?.data?.username);
    password = decode(secret?.data?.password);
  });

  /** Straight to the process, past the router, which would add the credentials. */
  const statusFor = async (authorization?: string): Promise<number> => {
    const address = ((await database.pod())?.status as { podIP: string }).podIP;
    const file = join(cluster().settings.paths.podAddresses, `${address}.json`);
    const { ports } = JSON.parse(readFileSync(file, 'utf8')) as { ports: Record<string, number> };
    const response = await fetch(`http://127.0.0.1:${ports['9000']}/exec?query=select%201`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    return response.status;
  };

  const basic = (name: string, secret: string): string =>
    `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;

  it('are asked for', async () => {
    expect(password.length).toBeGreaterThan(20);
    expect(await statusFor()).toBe(401);
    expect(await statusFor(basic(user, 'wrong'))).toBe(401);
    expect(await statusFor(basic(user, password))).toBe(200);
  });

  /** How a password shows: as it is, as a Secret has it, as a request has it. */
  const isTold = (text: string): boolean =>
    [password, Buffer.from(password).toString('base64'), basic(user, password).slice('Basic '.length)].some((trace) =>
      text.includes(trace),
    );

  it('are in no log of any part', () => {
    const { logs } = cluster().settings.paths;
    const files = readdirSync(logs);
    expect(files).toEqual(expect.arrayContaining(['hooks.log', 'metacontroller.log', 'machines.log', 'router.log']));
    expect(files.filter((file) => isTold(readFileSync(join(logs, file), 'utf8')))).toEqual([]);
  });

  it('are in no object but the Secret, and not with EC2', async () => {
    const { kubectl, simulator } = cluster();
    const names = (await kubectl.run('api-resources', '--verbs=list', '-o', 'name')).trim().split('\n');
    const kinds = names.filter((name) => name !== 'secrets' && !name.startsWith('componentstatuses'));
    const objects = await kubectl.list(kinds.join(','), '-A', '--show-managed-fields');
    const told = objects.filter((object) => isTold(JSON.stringify(object)));
    expect(told.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([]);
    expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['QuestDB', 'StatefulSet', 'Pod', 'Event']));
    expect(isTold(JSON.stringify([await simulator.journal(), await simulator.state()]))).toBe(false);
    // The search finds what there is to find.
    expect(isTold(JSON.stringify(await kubectl.list('secrets', '-n', 'credentials')))).toBe(true);
  });
});

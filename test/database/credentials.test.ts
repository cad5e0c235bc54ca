import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { conditionIn, createDatabase, type Database } from '../harness/questdb.ts';

const cluster = useCluster('process');

const NAMESPACE = 'credentials';
/** A database that is Ready is looked at every minute, which also asks it; the answer is seen with the look after that. */
const RESTART_SECONDS = 150;
const decode = (text = ''): string => Buffer.from(text, 'base64').toString('utf8');
const basic = (name: string, secret: string): string => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;

/** The steps build on each other: one database from its first password to the user's own Secret. */
describe('the credentials of a database', () => {
  let database: Database;
  let user = '';
  let password = '';
  /** Every password there ever was. */
  const passwords: string[] = [];

  const readGenerated = async () => {
    const secret = await database.find('Secret', 'vault-credentials', 'v1');
    return { user: decode(secret?.data?.username), password: decode(secret?.data?.password) };
  };

  beforeAll(async () => {
    database = createDatabase(cluster(), await cluster().namespace(NAMESPACE), 'vault', { node: undefined });
    await database.apply();
    await database.waitUntilReady();
    await database.write();
    ({ user, password } = await readGenerated());
    passwords.push(password);
  });

  /** Straight to the process, past the router, which would add the credentials. */
  const portOf = async (port: number): Promise<number> => {
    const address = ((await database.pod())?.status as { podIP: string }).podIP;
    const file = join(cluster().settings.paths.podAddresses, `${address}.json`);
    const { ports } = JSON.parse(readFileSync(file, 'utf8')) as { ports: Record<string, number> };
    return ports[String(port)] ?? 0;
  };

  const statusFor = async (authorization?: string): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${await portOf(9000)}/exec?query=select%201`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    return response.status;
  };

  const query = async (name: string, secret: string, sql: string): Promise<unknown[]> => {
    const client = new Client({
      host: '127.0.0.1',
      port: await portOf(8812),
      user: name,
      password: secret,
      database: 'qdb',
    });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  const podUid = async () => (await database.pod())?.metadata.uid;

  /** The process was replaced, and answers those who know the Secret. */
  const restartsAfter = async (change: () => Promise<unknown>): Promise<void> => {
    const before = await podUid();
    await change();
    await eventually(async () => {
      expect(await podUid()).not.toBe(before);
      expect(await podUid()).toBeDefined();
    }, RESTART_SECONDS);
    await database.waitUntilReady();
    expect(await database.rows()).toEqual(database.written);
  };

  it('are asked for, over HTTP and over PostgreSQL wire', async () => {
    expect(password.length).toBeGreaterThan(20);
    expect(await statusFor()).toBe(401);
    expect(await statusFor(basic(user, 'wrong'))).toBe(401);
    expect(await statusFor(basic(user, password))).toBe(200);
    await expect(query(user, 'wrong', 'select 1')).rejects.toThrow(/invalid username\/password/);
    expect(await query(user, password, 'select count() from visits')).toEqual([{ 'count()': '3' }]);
  });

  it('get a new password when that is asked for, by one restart', async () => {
    const asked = 'questdb-fleet.dev/rotate-credentials=after-the-incident';
    await restartsAfter(() => cluster().kubectl.run('annotate', 'questdb', 'vault', '-n', NAMESPACE, asked));
    const rotated = await readGenerated();
    expect(rotated.user).toBe(user);
    expect(rotated.password).not.toBe(password);
    expect(await statusFor(basic(user, password))).toBe(401);
    expect(await statusFor(basic(user, rotated.password))).toBe(200);
    password = rotated.password;
    passwords.push(password);
    const events = await cluster().kubectl.run('get', 'events', '-n', NAMESPACE, '-o', 'wide');
    expect(events.match(/CredentialsRotated/g)).toHaveLength(1);
  });

  const OWN = { username: 'ops', password: 'correct-horse', readonlyUsername: 'viewer', readonlyPassword: 'battery' };
  const ownSecret = (stringData: Partial<typeof OWN>) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'mine', namespace: NAMESPACE },
    stringData,
  });

  it('may be the user’s own: until that Secret is right nothing changes', async () => {
    const before = await podUid();
    await database.change({ credentials: { secretName: 'mine' } });
    expect(await database.says('Ready', 'SecretNotFound')).toContain('Secret "mine"');
    expect(conditionIn(await database.find('QuestDB'), 'Stalled')).toMatchObject({ status: 'True' });
    await cluster().kubectl.apply(ownSecret({ username: OWN.username }));
    expect(await database.says('Ready', 'SecretInvalid')).toContain('it has no password.');
    expect(await podUid()).toBe(before);
    expect(await statusFor(basic(user, password))).toBe(200);
  });

  it('are then those of the Secret, with a user who may only read', async () => {
    passwords.push(OWN.password, OWN.readonlyPassword);
    await restartsAfter(() => cluster().kubectl.apply(ownSecret(OWN)));
    expect(await statusFor(basic(user, password))).toBe(401);
    expect(await statusFor(basic(OWN.username, OWN.password))).toBe(200);
    const { readonlyUsername, readonlyPassword } = OWN;
    expect(await query(readonlyUsername, readonlyPassword, 'select count() from visits')).toEqual([{ 'count()': '3' }]);
    await expect(
      query(readonlyUsername, readonlyPassword, `insert into visits values (now(), 'x', 9)`),
    ).rejects.toThrow(/permission denied|write permission/i);
  });

  it('follow a change of that Secret without any change of the QuestDB', async () => {
    const changed = { ...OWN, password: 'staple-and-more' };
    passwords.push(changed.password);
    await restartsAfter(() => cluster().kubectl.apply(ownSecret(changed)));
    expect(await statusFor(basic(OWN.username, OWN.password))).toBe(401);
    expect(await statusFor(basic(OWN.username, changed.password))).toBe(200);
  });

  it('go on as they are when that Secret is gone', async () => {
    const before = await podUid();
    await cluster().kubectl.run('delete', 'secret', 'mine', '-n', NAMESPACE);
    await database.says('Ready', 'SecretNotFound');
    expect(await podUid()).toBe(before);
    expect(await statusFor(basic(OWN.username, 'staple-and-more'))).toBe(200);
    await database.change({});
    await database.waitUntilReady();
    expect(await statusFor(basic(user, password))).toBe(200);
    expect(await database.rows()).toEqual(database.written);
  });

  /** How a password shows: as it is, as a Secret has it, as a request has it. */
  const isTold = (text: string): boolean =>
    passwords
      .flatMap((secret) => [
        secret,
        Buffer.from(secret).toString('base64'),
        basic(user, secret).slice('Basic '.length),
        basic(OWN.username, secret).slice('Basic '.length),
      ])
      .some((trace) => text.includes(trace));

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
    expect(isTold(JSON.stringify(await kubectl.list('secrets', '-n', NAMESPACE)))).toBe(true);
  });
});

import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findImage, type ContainerRun } from '../../../local/machines/images.ts';

let repository: string;
let jar: string;
beforeAll(async () => {
  repository = await mkdtemp(join(tmpdir(), 'images-'));
  const folder = join(repository, 'org', 'questdb', 'questdb', '9.3.4');
  await mkdir(folder, { recursive: true });
  jar = join(folder, 'questdb-9.3.4.jar');
  await writeFile(jar, '');
});
afterAll(() => rm(repository, { recursive: true }));

const run = (changes: Partial<ContainerRun> = {}): ContainerRun => ({
  command: [],
  args: [],
  env: new Map(),
  mounts: [
    { path: '/var/lib/questdb', host: '/h/data', readOnly: false },
    { path: '/tmp', host: '/h/tmp', readOnly: false },
  ],
  ports: new Map([
    [9000, 10001],
    [9003, 10002],
  ]),
  cwd: '/h',
  ...changes,
});

const commandOf = (changes?: Partial<ContainerRun>) => {
  const image = findImage('questdb/questdb:9.3.4', repository);
  if (!image) throw new Error('no image');
  return image.commandOf(run(changes));
};

describe('images', () => {
  it.each([
    ['questdb/questdb:9.3.4', true],
    [`questdb/questdb:9.3.4@sha256:${'a'.repeat(64)}`, true],
    ['docker.io/questdb/questdb:9.3.4', true],
    ['questdb/questdb:9.9.9', false],
    ['questdb/questdb', false],
    ['questdb/questdb@sha256:abc', false],
    ['nginx:1', false],
    ['evil/questdb/questdb:9.3.4', false],
  ])('%s can be had: %s', (reference, exists) => {
    expect(findImage(reference, repository) !== undefined).toBe(exists);
  });

  it('start the server on the mapped root, with a small heap and its temporary files in the pod', () => {
    const { file, args } = commandOf();
    expect(file).toMatch(/java$/);
    expect(args.slice(0, 2)).toEqual(['-p', jar]);
    expect(args).toContain('-Xmx512m');
    expect(args).toContain('-Djava.io.tmpdir=/h/tmp');
    const tail = ['-Dout=/h/data/conf/log.conf', '-m', 'io.questdb/io.questdb.ServerMain', '-d', '/h/data', '-f'];
    expect(args.slice(-6)).toEqual(tail);
  });

  it('listen where the kubelet says, whatever the pod says', () => {
    const { env } = commandOf({ env: new Map([['QDB_HTTP_BIND_TO', '0.0.0.0:9000'], ['QDB_X_FILE', '/tmp/x']]) }); // prettier-ignore
    expect(env).toMatchObject({
      QDB_HTTP_BIND_TO: '127.0.0.1:10001',
      QDB_HTTP_MIN_NET_BIND_TO: '127.0.0.1:10002',
      QDB_X_FILE: '/h/tmp/x',
      QDB_TELEMETRY_ENABLED: 'false',
    });
  });

  it('hand no variable of this program to the server', () => {
    process.env.SECRET_OF_MINE = 'x';
    expect(commandOf().env).not.toHaveProperty('SECRET_OF_MINE');
    delete process.env.SECRET_OF_MINE;
  });

  const main = ['-m', 'io.questdb/io.questdb.ServerMain', '-d', '/var/lib/questdb'];
  const mapped = ['-m', 'io.questdb/io.questdb.ServerMain', '-d', '/h/data'];
  it.each([
    ['arguments with a dash', { args: ['-Xmx1g', ...main] }, ['-Xmx1g', ...mapped]],
    ['a whole command line', { args: ['/app/bin/java', ...main] }, mapped],
    ['a command', { command: ['/app/bin/java'], args: main }, mapped],
    ['the entrypoint by name', { command: ['/docker-entrypoint.sh'], args: main }, mapped],
    ['JVM_PREPEND', { args: main, env: new Map([['JVM_PREPEND', '-Xss2m -ea']]) }, ['-Xss2m', '-ea', ...mapped]],
  ])('understand %s as the entrypoint does', (_what, changes, tail) => {
    const { file, args } = commandOf(changes);
    expect(file).toMatch(/java$/);
    expect(args.slice(-tail.length)).toEqual(tail);
    expect(args.filter((arg) => arg.startsWith('-Xmx'))).toHaveLength(1);
  });

  it('run another command as it is', () => {
    expect(commandOf({ command: ['sh', '-c', 'ls /tmp'] })).toMatchObject({ file: 'sh', args: ['-c', 'ls /h/tmp'] });
  });

  it('make the folder the engine expects', async () => {
    const root = join(repository, 'data');
    await findImage('questdb/questdb:9.3.4', repository)?.prepare([
      { path: '/var/lib/questdb', host: root, readOnly: false },
    ]);
    expect((await stat(join(root, 'db'))).isDirectory()).toBe(true);
  });
});

import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeTree, writeAtomically, type Files } from '../../../local/machines/atomic-writer.ts';
import { filesOf, type Sources } from '../../../local/machines/volume-files.ts';
import { configMapOf, podOf, secretOf, volumeOf } from './objects.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(() => removeTree(folder));

const filesFrom = (content: Record<string, string>): Files =>
  new Map(Object.entries(content).map(([path, text]) => [path, { data: Buffer.from(text), mode: 0o644 }]));

describe('a volume filled from the API', () => {
  it('swings over as a whole and says whether it did', async () => {
    const at = join(folder, 'config');
    expect(await writeAtomically(at, filesFrom({ 'server.conf': 'a', 'log.conf': 'b', 'deep/x': 'c' }))).toBe(true);
    const first = await readlink(join(at, '..data'));
    expect(await writeAtomically(at, filesFrom({ 'server.conf': 'a', 'log.conf': 'b', 'deep/x': 'c' }))).toBe(false);
    expect(await readlink(join(at, '..data'))).toBe(first);
    expect(await readFile(join(at, 'deep', 'x'), 'utf8')).toBe('c');
    expect(await writeAtomically(at, filesFrom({ 'server.conf': 'new' }))).toBe(true);
    expect(await readFile(join(at, 'server.conf'), 'utf8')).toBe('new');
    const second = await readlink(join(at, '..data'));
    expect((await readdir(at)).toSorted()).toEqual([second, '..data', 'server.conf'].toSorted());
  });

  it('cannot be written by its containers', async () => {
    const at = join(folder, 'config');
    await writeAtomically(at, filesFrom({ a: 'a' }));
    for (const path of ['', '..data', 'a']) expect((await stat(join(at, path))).mode & 0o222).toBe(0);
  });
});

describe('removing a tree', () => {
  it('removes links and never what they show', async () => {
    const data = join(folder, 'data');
    await mkdir(join(data, 'db'), { recursive: true });
    await writeFile(join(data, 'db', 'rows'), 'kept');
    const pod = join(folder, 'pod');
    await mkdir(join(pod, 'volumes'), { recursive: true });
    await symlink(data, join(pod, 'volumes', 'mount'));
    await symlink(data, join(folder, 'link'));
    await removeTree(pod);
    await removeTree(join(folder, 'link'));
    await expect(lstat(pod)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(lstat(join(folder, 'link'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readFile(join(data, 'db', 'rows'), 'utf8')).toBe('kept');
  });

  it('removes read-only folders, and is content with none', async () => {
    const at = join(folder, 'config');
    await writeAtomically(at, filesFrom({ 'a/b': 'a' }));
    await removeTree(at);
    await removeTree(at);
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
    await mkdir(folder);
  });
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const sources: Sources = {
  configMap: (name) => Promise.resolve(name === 'c' ? configMapOf({ data: { a: '1', b: '2' }, binaryData: { z: base64('3') } }) : undefined), // prettier-ignore
  secret: (name) => Promise.resolve(name === 's' ? secretOf({ data: { password: base64('sesame') } }) : undefined), // prettier-ignore
  token: (request) => Promise.resolve(`token for ${request.audience ?? 'the API'}`),
};

const pod = podOf({ metadata: { name: 'db-0', labels: { app: 'db' } }, spec: { containers: [] } });
const facts = { pod, podIP: '10.1.128.1', hostIP: '10.2.0.4' };

const contentOf = async (volume: object) => {
  const files = await filesOf(volumeOf({ name: 'v', ...volume }), facts, sources);
  return files && Object.fromEntries([...files].map(([path, { data }]) => [path, data.toString()]));
};

describe('the files of a volume', () => {
  it.each([
    [{ configMap: { name: 'c' } }, { a: '1', b: '2', z: '3' }],
    [{ configMap: { name: 'c', items: [{ key: 'a', path: 'x/y' }] } }, { 'x/y': '1' }],
    [{ configMap: { name: 'none', optional: true } }, {}],
    [{ secret: { secretName: 's' } }, { password: 'sesame' }],
    [
      { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      { labels: 'app="db"' },
    ],
    [{ projected: { sources: [{ secret: { name: 's' } }, { serviceAccountToken: { path: 't' } }] } }, { password: 'sesame', t: 'token for the API' }], // prettier-ignore
    [{ emptyDir: {} }, undefined],
  ])('%j', async (volume, content) => {
    expect(await contentOf(volume)).toEqual(content);
  });

  it.each([
    [{ configMap: { name: 'none' } }, 'configmap "none" not found'],
    [{ secret: { secretName: 'none' } }, 'secret "none" not found'],
    [{ configMap: { name: 'c', items: [{ key: 'q', path: 'q' }] } }, 'configmap references non-existent key: q'],
  ])('says what is missing: %j', async (volume, message) => {
    await expect(contentOf(volume)).rejects.toThrow(message);
  });

  it('has the modes asked for', async () => {
    const secret = { secretName: 's', defaultMode: 0o440 };
    const files = await filesOf(volumeOf({ name: 'v', secret }), facts, sources);
    expect(files?.get('password')?.mode).toBe(0o440);
  });
});

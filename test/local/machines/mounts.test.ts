import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  clearLeftMounts,
  hostPathOf,
  mapText,
  mountNested,
  nestedMounts,
  unmountNested,
} from '../../../local/machines/mounts.ts';

const MOUNTS = [
  { path: '/var/lib/questdb', host: '/h/data', readOnly: false },
  { path: '/var/lib/questdb/conf', host: '/h/conf', readOnly: true },
  { path: '/etc/questdb/credentials', host: '/h/secret', readOnly: true },
  { path: '/tmp', host: '/h/tmp', readOnly: false },
];

describe('paths of a container', () => {
  it.each([
    ['/var/lib/questdb', '/h/data'],
    ['/var/lib/questdb/', '/h/data/'],
    ['/var/lib/questdb/db/x', '/h/data/db/x'],
    ['/var/lib/questdb/conf/server.conf', '/h/conf/server.conf'],
    ['/var/lib/questdb/configuration', '/h/data/configuration'],
    ['/var/lib/../lib/questdb/db', '/h/data/db'],
    ['/var/lib/questdb2', undefined],
    ['/usr/bin', undefined],
  ])('%s is %s', (path, host) => {
    expect(hostPathOf(MOUNTS, path)).toBe(host);
  });

  it.each([
    ['-d', '-d'],
    ['/var/lib/questdb', '/h/data'],
    ['-Dout=/var/lib/questdb/conf/log.conf', '-Dout=/h/conf/log.conf'],
    ['-XX:ErrorFile=/var/lib/questdb/db/hs_err_pid+%p.log', '-XX:ErrorFile=/h/data/db/hs_err_pid+%p.log'],
    ['/etc/questdb/credentials/password', '/h/secret/password'],
    ['cat /tmp/a > /tmp/b; ls "/tmp"', 'cat /h/tmp/a > /h/tmp/b; ls "/h/tmp"'],
    ['/tmp:/usr/bin', '/h/tmp:/usr/bin'],
    ['http://example/tmp/x', 'http://example/tmp/x'],
    ['a/tmp/b', 'a/tmp/b'],
    ['0.0.0.0:9000', '0.0.0.0:9000'],
  ])('the text %s becomes %s', (text, mapped) => {
    expect(mapText(MOUNTS, text)).toBe(mapped);
  });
});

describe('a mount inside another', () => {
  let folder: string;
  let nested: { at: string; host: string };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mounts-'));
    nested = { at: join(folder, 'machines', 'data', 'conf'), host: join(folder, 'machines', 'config') };
    await mkdir(nested.host, { recursive: true });
    await writeFile(join(nested.host, 'server.conf'), 'mounted');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is found, outer ones first', () => {
    expect(nestedMounts(MOUNTS)).toEqual([{ at: '/h/data/conf', host: '/h/conf' }]);
  });

  it('shows its files and leaves an empty mount point', async () => {
    await mountNested(nested);
    expect(await readFile(join(nested.at, 'server.conf'), 'utf8')).toBe('mounted');
    await unmountNested(nested);
    expect(await readdir(nested.at)).toEqual([]);
    await unmountNested(nested);
  });

  it('hides what the volume has there, and brings it back', async () => {
    await mkdir(nested.at, { recursive: true });
    await writeFile(join(nested.at, 'server.conf'), 'of the volume');
    await mountNested(nested);
    expect(await readFile(join(nested.at, 'server.conf'), 'utf8')).toBe('mounted');
    await mountNested(nested);
    await unmountNested(nested);
    expect(await readFile(join(nested.at, 'server.conf'), 'utf8')).toBe('of the volume');
    expect(await readdir(join(nested.at, '..'))).toEqual(['conf']);
  });

  it('of a machine that lost its power is replaced, or cleared away', async () => {
    await mkdir(join(nested.at, '..'), { recursive: true });
    await symlink(join(folder, 'machines', 'gone'), nested.at);
    await mountNested(nested);
    expect(await readFile(join(nested.at, 'server.conf'), 'utf8')).toBe('mounted');
    await symlink('/etc/passwd', join(nested.at, '..', 'own-link'));
    await clearLeftMounts(join(nested.at, '..'), join(folder, 'machines'));
    expect(await readdir(nested.at)).toEqual([]);
    expect(await readdir(join(nested.at, '..'))).toContain('own-link');
  });
});

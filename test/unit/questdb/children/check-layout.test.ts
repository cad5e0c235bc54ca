import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { podTemplate } from '../../../../hooks/questdb/children/pod-template.ts';
import { sourcesOf } from '../../../../hooks/questdb/statefulset.ts';
import { aDatabase, aStatefulSet, POD_INPUT } from '../../../fixtures/questdb.ts';

type Layout = 'Root' | 'DbOnly';
const specWith = (layout?: Layout) =>
  podTemplate(aDatabase(), layout === undefined ? POD_INPUT : { ...POD_INPUT, layout }).spec;

let volume: string;
beforeEach(() => {
  volume = mkdtempSync(join(tmpdir(), 'layout-'));
});
afterEach(() => rmSync(volume, { recursive: true }));

/** What the check of the pod says of a volume with these files. */
const check = (layout: Layout, files: string[]): string => {
  for (const file of files) {
    mkdirSync(dirname(join(volume, file)), { recursive: true });
    writeFileSync(join(volume, file), '');
  }
  const [command = '', ...args] = specWith(layout)?.initContainers?.[0]?.command ?? [];
  const words = args.map((word) => word.replaceAll('/volume', volume));
  const { status, stderr } = spawnSync(command, words, { env: { LAYOUT: layout, PATH: process.env.PATH } });
  return status === 0 ? 'right' : stderr.toString().trim();
};

const ROOT = ['db/_tab_index.d', 'db/tables.d.0', 'db/visits~8/_meta', 'conf/server.conf', 'lost+found/x'];
const DB_ONLY = ['_tab_index.d', 'tables.d.3', 'visits~8/_meta', '.data_id', 'lost+found/x'];

describe('the check of a volume that was taken over', () => {
  it.each<[Layout, string, string[], string | RegExp]>([
    ['Root', 'a root directory', ROOT, 'right'],
    ['Root', 'db/ alone', ['db/_tab_index.d'], 'right'],
    ['Root', 'a db/ without tables', ['db/x'], 'right'],
    ['Root', 'nothing', [], 'right'],
    ['Root', 'nothing but what ext4 makes', ['lost+found/x'], 'right'],
    ['Root', 'tables at its root', DB_ONLY, /tables at its root: set spec.storage.from.layout to DbOnly. Nothing was/],
    ['Root', 'a registry of an old version at its root', ['_tab_index.d'], /to DbOnly/],
    ['Root', 'something else', ['PG_VERSION'], /something else.*Root \(it has PG_VERSION\)/],
    ['Root', 'something hidden', ['.git/config'], /something else.*\.git/],
    ['Root', 'tables in both', [...ROOT, ...DB_ONLY], /at its root and in db\/ too/],
    ['DbOnly', 'tables at its root', DB_ONLY, 'right'],
    ['DbOnly', 'a registry alone', ['tables.d.0'], 'right'],
    ['DbOnly', 'a table by the name of db', [...DB_ONLY, 'db/_meta'], 'right'],
    ['DbOnly', 'nothing', ['lost+found/x'], 'right'],
    ['DbOnly', 'a root directory', ROOT, /tables in db\/: set spec.storage.from.layout to Root. Nothing was/],
    ['DbOnly', 'something else', ['PG_VERSION'], /something else/],
    ['DbOnly', 'tables in both', [...ROOT, ...DB_ONLY], /at its root and in db\/ too/],
  ])('of layout %s: %s', (layout, _what, files, said) => {
    expect(check(layout, files)).toEqual(said instanceof RegExp ? expect.stringMatching(said) : said);
    expect(readdirSync(volume)).toHaveLength(new Set(files.map((file) => file.split('/')[0])).size);
  });
});

describe('the pod of a volume that was taken over', () => {
  it('mounts it read-only for the check, and where its layout says for the database', () => {
    for (const layout of ['Root', 'DbOnly'] as const) {
      const [init, ...others] = specWith(layout)?.initContainers ?? [];
      expect(others).toEqual([]);
      expect(init?.volumeMounts).toEqual([{ name: 'data', mountPath: '/volume', readOnly: true }]);
      expect(init?.image).toBe(specWith(layout)?.containers[0]?.image);
      expect(init?.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
    }
    const mounts = (layout?: Layout) =>
      Object.fromEntries((specWith(layout)?.containers[0]?.volumeMounts ?? []).map((m) => [m.mountPath, m.name]));
    expect(mounts('Root')).toEqual(mounts());
    expect(mounts('DbOnly')).toEqual({ ...mounts(), '/var/lib/questdb': 'root', '/var/lib/questdb/db': 'data' });
    expect(specWith('DbOnly')?.volumes).toContainEqual({ name: 'root', emptyDir: {} });
  });

  it('of one that the operator made has no check', () => {
    expect(specWith()).not.toHaveProperty('initContainers');
    expect(JSON.stringify(specWith())).not.toContain('emptyDir":{}},{"name":"root"');
  });

  it('tells its layout to who must keep it', () => {
    expect(sourcesOf(aStatefulSet(aDatabase(), POD_INPUT)).layout).toBeUndefined();
    expect(sourcesOf(aStatefulSet(aDatabase(), { ...POD_INPUT, layout: 'DbOnly' })).layout).toBe('DbOnly');
  });
});

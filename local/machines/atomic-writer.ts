import { chmod, lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The files of a volume by their path in it. */
export type Files = Map<string, { data: Buffer; mode: number }>;

const isSame = async (folder: string, files: Files): Promise<boolean> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  if (entries.filter((entry) => entry.isFile()).length !== files.size) return false;
  for (const [path, { data }] of files) {
    const present = await readFile(join(folder, path)).catch(() => undefined);
    if (present?.equals(data) !== true) return false;
  }
  return true;
};

const relink = async (at: string, target: string): Promise<void> => {
  if ((await readlink(at).catch(() => undefined)) === target) return;
  await rm(`${at}.tmp`, { force: true });
  await symlink(target, `${at}.tmp`);
  await rename(`${at}.tmp`, at);
};

const topLevel = (files: Files): Set<string> => new Set([...files.keys()].map((path) => path.split('/')[0] ?? ''));

/** Removes a folder whose subfolders may be read-only. Links are removed, never followed. */
export const removeTree = async (folder: string): Promise<void> => {
  const entry = await lstat(folder).catch(() => undefined);
  if (entry?.isDirectory() === true) {
    await chmod(folder, 0o755);
    for (const name of await readdir(folder)) await removeTree(join(folder, name));
  }
  await rm(folder, { recursive: true, force: true });
};

/**
 * Puts the files of a ConfigMap, Secret or projected volume into its folder as the kubelet does: a new folder of its own,
 * then one link `..data` swings over, so a reader never sees a mixture. Answers false when nothing had to change.
 */
export const writeAtomically = async (folder: string, files: Files): Promise<boolean> => {
  await mkdir(folder, { recursive: true });
  const before = await readlink(join(folder, '..data')).catch(() => undefined);
  if (before !== undefined && (await isSame(join(folder, before), files))) return false;
  await chmod(folder, 0o755);
  const next = `..${new Date().toISOString().replaceAll(/[^0-9]/g, '_')}${String(process.hrtime.bigint() % 1000n)}`;
  await mkdir(join(folder, next), { recursive: true });
  for (const [path, { data, mode }] of files) {
    await mkdir(dirname(join(folder, next, path)), { recursive: true });
    await writeFile(join(folder, next, path), data);
    // The mount is read-only, so nobody may write.
    await chmod(join(folder, next, path), mode & 0o555);
  }
  await chmod(join(folder, next), 0o555);
  await relink(join(folder, '..data'), next);
  const wanted = topLevel(files);
  for (const name of wanted) await relink(join(folder, name), join('..data', name));
  for (const name of await readdir(folder)) {
    if (name !== next && name !== '..data' && !wanted.has(name)) await removeTree(join(folder, name));
  }
  await chmod(folder, 0o555);
  return true;
};

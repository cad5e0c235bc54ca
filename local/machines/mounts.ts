import { lstat, mkdir, readdir, readlink, rename, rm, rmdir, symlink } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';

/** A folder or file of the host that a container sees at `path`. */
export type Mount = { path: string; host: string; readOnly: boolean };

/** A mount inside another one: a link at `at`, in the folder of the outer mount, that shows `host`. */
export type NestedMount = { at: string; host: string };

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

const innermost = (mounts: readonly Mount[], path: string): Mount | undefined =>
  mounts.filter((mount) => isWithin(path, mount.path)).toSorted((a, b) => b.path.length - a.path.length)[0];

/** Where on the host a container's absolute path is; undefined when no mount covers it. */
export const hostPathOf = (mounts: readonly Mount[], path: string): string | undefined => {
  const normal = posix.normalize(path);
  const mount = innermost(mounts, normal);
  return mount && join(mount.host, normal.slice(mount.path.length));
};

// A path starts where a word does, and ends before what cannot be part of one.
const PATHS = /(?<=^|[\s=:,;"'(])\/[^\s:,;"'()]*/g;

/** Replaces the container's paths in a text, such as an argument or the value of a variable, by the host's. Addresses are left alone. */
export const mapText = (mounts: readonly Mount[], text: string): string =>
  text.replaceAll(PATHS, (path: string) =>
    // `http://host/path`: what follows a scheme's colon is no path.
    path.startsWith('//') ? path : (hostPathOf(mounts, path) ?? path),
  );

/** The mounts that lie in others, e.g. a ConfigMap at `/var/lib/questdb/conf` in the volume at `/var/lib/questdb`; outer ones first. */
export const nestedMounts = (mounts: readonly Mount[]): NestedMount[] =>
  mounts
    .toSorted((a, b) => a.path.length - b.path.length)
    .flatMap((mount) => {
      const outer = innermost(
        mounts.filter((other) => other.path !== mount.path),
        mount.path,
      );
      return outer === undefined
        ? []
        : [{ at: join(outer.host, mount.path.slice(outer.path.length)), host: mount.host }];
    });

/** What a mount hides keeps this name while it is hidden. */
const shadowOf = (at: string): string => join(dirname(at), `.hidden-${basename(at)}`);

const clear = async (at: string): Promise<void> => {
  const entry = await lstat(at).catch(() => undefined);
  if (entry === undefined) return;
  // A link that is there already is left from a machine that lost its power.
  if (entry.isSymbolicLink()) await rm(at);
  else if (entry.isDirectory() && (await readdir(at)).length === 0) await rmdir(at);
  else await rename(at, shadowOf(at));
};

/** Makes a nested mount; what was at that place is hidden, as by a real mount, and comes back with `unmountNested`. */
export const mountNested = async ({ at, host }: NestedMount): Promise<void> => {
  await mkdir(dirname(at), { recursive: true });
  await clear(at);
  await symlink(host, at);
};

const LEVELS = 3;

/**
 * Takes away the nested mounts that a machine left in a volume when it lost its power: links to below `machines`. Mounts lie
 * near the root, so only the first levels are looked at.
 */
export const clearLeftMounts = async (folder: string, machines: string, levels = LEVELS): Promise<void> => {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const at = join(folder, entry.name);
    if (entry.isSymbolicLink() && isWithin(await readlink(at), machines)) await unmountNested({ at, host: '' });
    else if (entry.isDirectory() && levels > 1) await clearLeftMounts(at, machines, levels - 1);
  }
};

/** Takes a nested mount away again: nothing of it stays in the outer folder but the empty mount point. */
export const unmountNested = async ({ at }: NestedMount): Promise<void> => {
  const entry = await lstat(at).catch(() => undefined);
  if (entry?.isSymbolicLink() !== true) return;
  await rm(at);
  const hidden = await lstat(shadowOf(at)).catch(() => undefined);
  if (hidden !== undefined) await rename(shadowOf(at), at);
  else await mkdir(at);
};

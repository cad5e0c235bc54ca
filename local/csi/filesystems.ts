import { constants } from 'node:fs';
import { cp, lstat, mkdir, readdir, readlink, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { giveSize, removeVolume } from './sized.ts';

/** The file systems of the simulated EBS volumes: one folder each below `root`, kept like the blocks of a disk. */
export type FileSystems = {
  /**
   * The folder of the volume; made, empty, when the volume was never used: a blank disk is formatted on first use. With `bytes` its file system has
   * that size, and grows to it.
   */
  ensure: (volumeId: string, bytes?: number) => Promise<string>;
  pathOf: (volumeId: string) => string;
  remove: (id: string) => Promise<void>;
  /** Copies what the volume holds now under the id of the snapshot. */
  capture: (volumeId: string, snapshotId: string) => Promise<void>;
  /** Fills the folder of a new volume from a snapshot; does nothing when the volume has a folder. */
  restore: (snapshotId: string, volumeId: string) => Promise<void>;
  usedBytes: (volumeId: string) => Promise<number>;
};

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Nested mounts are links out of the volume to the machine they are on: no part of what the disk holds. */
const isOnDisk = async (path: string): Promise<boolean> => {
  const entry = await lstat(path).catch(() => undefined);
  if (entry === undefined) return false;
  return !entry.isSymbolicLink() || !(await readlink(path)).startsWith('/');
};

const copyTree = async (from: string, to: string): Promise<void> => {
  if (await exists(to)) return;
  // A copy that was cut short must not look like a whole one.
  const partial = `${to}.partial`;
  await rm(partial, { recursive: true, force: true });
  await cp(from, partial, { recursive: true, mode: constants.COPYFILE_FICLONE, filter: isOnDisk });
  await rename(partial, to);
};

const sizeOf = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) => lstat(join(entry.parentPath, entry.name)).then(({ blocks }) => blocks * 512, () => 0)); // prettier-ignore
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};

/** The file systems kept below `root`, e.g. `.local/volumes`. */
export const fileSystemsIn = (root: string): FileSystems => {
  const pathOf = (id: string): string => join(root, id);
  return {
    pathOf,
    ensure: async (volumeId, bytes) => {
      await mkdir(pathOf(volumeId), { recursive: true });
      if (bytes !== undefined) await giveSize(pathOf(volumeId), bytes);
      return pathOf(volumeId);
    },
    remove: (id) => removeVolume(pathOf(id)),
    capture: async (volumeId, snapshotId) => {
      await mkdir(pathOf(volumeId), { recursive: true });
      await copyTree(pathOf(volumeId), pathOf(snapshotId));
    },
    restore: async (snapshotId, volumeId) => {
      // Taken past this driver: what it held is nowhere, and an empty volume must not pass for it.
      if (!(await exists(pathOf(snapshotId)))) throw new Error(`nothing is kept of the data of ${snapshotId}`);
      await copyTree(pathOf(snapshotId), pathOf(volumeId));
    },
    usedBytes: (volumeId) => sizeOf(pathOf(volumeId)),
  };
};

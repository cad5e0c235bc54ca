import { mkdir, readFile, rm } from 'node:fs/promises';
import type { Volume } from '@aws-sdk/client-ec2';
import { runCommand } from '../processes/command.ts';

/**
 * Tag of a volume whose file system has its size in truth: so many bytes for each GiB. A StorageClass puts it there by
 * `tagSpecification_1: questdb-fleet.local/bytes-per-gib=<number>`; other volumes are folders without a limit.
 */
const BYTES_PER_GIB = 'questdb-fleet.local/bytes-per-gib';

/** The size in bytes that the file system of the volume is to have; undefined when it has none. */
export const bytesOf = ({ Tags, Size }: Volume): number | undefined => {
  const perGiB = Tags?.find(({ Key }) => Key === BYTES_PER_GIB)?.Value;
  return perGiB === undefined ? undefined : Number(perGiB) * (Size ?? 0);
};

const mountsBelow = async (folder: string): Promise<string[]> =>
  (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path === folder || path.startsWith(`${folder}/`));

/** A tmpfs of that size on the folder, or one that is there made bigger; what is in it stays. Only root may mount. */
export const giveSize = async (folder: string, bytes: number): Promise<void> => {
  if (process.getuid?.() !== 0) {
    throw new Error(
      `only root can give a volume its size: leave ${BYTES_PER_GIB} out of the StorageClass, or run the cluster as root`,
    );
  }
  await mkdir(folder, { recursive: true });
  const isThere = (await mountsBelow(folder)).includes(folder);
  const options = `${isThere ? 'remount,' : ''}size=${String(bytes)},mode=0777`;
  await runCommand('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
};

/** Takes away every file system below the folder, with what is in it: a tmpfs does not outlive the cluster. */
export const unmountBelow = async (folder: string): Promise<void> => {
  for (const path of await mountsBelow(folder)) await runCommand('umount', ['-l', path]);
};

/** Removes the folder of a volume, its file system first. */
export const removeVolume = async (folder: string): Promise<void> => {
  await unmountBelow(folder);
  await rm(folder, { recursive: true, force: true });
};

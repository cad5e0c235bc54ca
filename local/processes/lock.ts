import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, isRunning, parseIdentity } from './identity.ts';

const holderOf = (path: string) => {
  try {
    return parseIdentity(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
};

/** Linking a complete file into place is atomic: a lock never exists without its holder's identity. */
const tryAcquire = (path: string): boolean => {
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(identify(process.pid)));
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
};

/**
 * Runs `work` while no other process does so under the same path. The lock of a process that died is taken over.
 * `onWait` is called once when another process holds it.
 */
export const withLock = async <T>(
  path: string,
  onWait: (holder: number) => void,
  work: () => Promise<T>,
): Promise<T> => {
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; !tryAcquire(path);) {
    const holder = holderOf(path);
    if (holder === undefined || !isRunning(holder)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!told) onWait(holder.pid);
    told = true;
    await delay(200);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
};

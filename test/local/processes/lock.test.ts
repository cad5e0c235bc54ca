import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identify } from '../../../local/processes/identity.ts';
import { withLock } from '../../../local/processes/lock.ts';
import { makeStateDirectory } from './cluster-of-scripts.ts';

describe('a lock', () => {
  it('is held during the work and gone after it, also when the work fails', async () => {
    const { stateDir } = makeStateDirectory();
    const path = join(stateDir, 'lock');
    const held = await withLock(
      path,
      () => undefined,
      () => Promise.resolve(existsSync(path)),
    );
    expect(held).toBe(true);
    expect(existsSync(path)).toBe(false);
    const failing = withLock(
      path,
      () => undefined,
      () => Promise.reject(new Error('broken')),
    );
    await expect(failing).rejects.toThrow('broken');
    expect(existsSync(path)).toBe(false);
    rmSync(stateDir, { recursive: true });
  });

  it('makes another wait, and is taken over when its holder dies', async () => {
    const { stateDir } = makeStateDirectory();
    const path = join(stateDir, 'lock');
    const holder = spawn('sleep', ['604']);
    writeFileSync(path, JSON.stringify(identify(holder.pid ?? 0)));
    let waitingFor: number | undefined;
    let done = false;
    const work = withLock(
      path,
      (pid) => {
        waitingFor = pid;
        expect(done).toBe(false);
        holder.kill();
      },
      () => Promise.resolve((done = true)),
    );
    await once(holder, 'exit');
    expect(await work).toBe(true);
    expect(waitingFor).toBe(holder.pid);
    rmSync(stateDir, { recursive: true });
  });
});

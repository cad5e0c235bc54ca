import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acceptTokensOf } from '../../hooks/authorization.ts';

const SILENT = pino({ level: 'silent' });
let folder: string;
let path: string;
let now: number;
const clock = () => now;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokens-'));
  path = join(folder, 'accepted');
  now = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** As the kubelet does it: `accepted` links to `..data/accepted`, and `..data` is a link that is swapped. */
const mountSecret = (version: string, content: string): void => {
  mkdirSync(join(folder, version));
  writeFileSync(join(folder, version, 'accepted'), content);
  symlinkSync(version, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
};

describe('the accepted tokens', () => {
  it('are each line of the file, whatever the case of the scheme', () => {
    writeFileSync(path, 'first\r\n\nsecond');
    const authorize = acceptTokensOf(path, SILENT, clock);
    expect(['Bearer first', 'bearer second', 'BEARER  first'].map(authorize)).toEqual([true, true, true]);
    expect(['Bearer third', 'first', 'Bearer first second', '', undefined].map(authorize)).toEqual(
      Array(5).fill(false),
    );
  });

  it('follow a Secret that is mounted and rotated', () => {
    mountSecret('v1', 'old');
    symlinkSync(join('..data', 'accepted'), path);
    const authorize = acceptTokensOf(path, SILENT, clock);
    mountSecret('v2', 'old\nnew');
    now = 1000;
    expect(['Bearer old', 'Bearer new'].map(authorize)).toEqual([true, true]);
    mountSecret('v3', 'new');
    now = 2000;
    expect(['Bearer old', 'Bearer new'].map(authorize)).toEqual([false, true]);
  });

  it('are looked at once a second at most', () => {
    writeFileSync(path, 'old');
    const authorize = acceptTokensOf(path, SILENT, clock);
    writeFileSync(path, 'newer');
    now = 999;
    expect(authorize('Bearer newer')).toBe(false);
    now = 1000;
    expect(authorize('Bearer newer')).toBe(true);
  });

  it.each([
    ['was removed', () => rmSync(path)],
    ['is empty', () => writeFileSync(path, '')],
  ])('stay when the file %s', (_name, change) => {
    writeFileSync(path, 'token');
    const authorize = acceptTokensOf(path, SILENT, clock);
    change();
    now = 1000;
    expect(['Bearer token', 'Bearer ', undefined].map(authorize)).toEqual([true, false, false]);
    writeFileSync(path, 'again');
    now = 2000;
    expect(['Bearer token', 'Bearer again'].map(authorize)).toEqual([false, true]);
  });

  it('are needed at the start', () => {
    writeFileSync(path, '\n');
    expect(() => acceptTokensOf(path, SILENT)).toThrow('without a token');
  });
});

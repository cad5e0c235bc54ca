import { describe, expect, it } from 'vitest';
import { fulfils, inWords, wishFor } from '../../../hooks/questdbvolume/growth.ts';
import { isHeldBack, laterThan, refusedNow } from '../../../hooks/questdbvolume/refused-modification.ts';
import { NOW } from '../../fixtures/clock.ts';
import { anEbsVolume, aVolumeParent } from '../../fixtures/questdbvolume.ts';

describe('what a volume is to have', () => {
  it.each([
    [{ size: '200Gi' }, { sizeGiB: 200 }],
    [{ size: '100Gi' }, { sizeGiB: 100 }],
    [{ size: '50Gi' }, { sizeGiB: 100 }],
    [{ size: '200G' }, { sizeGiB: 187 }],
    [{ size: 107374182401 }, { sizeGiB: 101 }],
    [
      { size: '100Gi', iops: 6000, throughput: 500 },
      { sizeGiB: 100, iops: 6000, throughput: 500 },
    ],
  ])('is never less than it has, and whole GiB: %o', (spec, wish) => {
    expect(wishFor(aVolumeParent({ spec }), anEbsVolume())).toEqual(wish);
  });

  it.each([
    [{ sizeGiB: 100 }, true],
    [{ sizeGiB: 101 }, false],
    [{ sizeGiB: 100, iops: 3000, throughput: 125 }, true],
    [{ sizeGiB: 100, iops: 3001 }, false],
    [{ sizeGiB: 100, throughput: 124 }, false],
  ])('is there, or not: %o', (wish, isThere) => {
    expect(fulfils(wish, anEbsVolume())).toBe(isThere);
  });

  it('is said in words', () => {
    expect(inWords({ sizeGiB: 1, iops: 2, throughput: 3 })).toBe('1 GiB, 2 IOPS, 3 MiB/s');
  });
});

describe('a change that EC2 refused', () => {
  const input = { code: 'Code', message: 'Words.', wish: { sizeGiB: 200 }, retrySeconds: 60, now: NOW };
  const refused = refusedNow(undefined, input);

  it('is not asked for again before its time, and another one at once', () => {
    expect(refused).toEqual({
      reason: 'Code',
      message: 'Words.',
      since: '2026-03-01T12:00:00Z',
      nextTry: '2026-03-01T12:01:00Z',
      wish: '200 GiB',
    });
    const at = (time: string) => isHeldBack(refused, { sizeGiB: 200 }, new Date(time));
    expect([at('2026-03-01T12:00:59Z'), at('2026-03-01T12:01:00Z')]).toEqual([true, false]);
    expect(isHeldBack(refused, { sizeGiB: 201 }, NOW)).toBe(false);
    expect(isHeldBack(undefined, { sizeGiB: 200 }, NOW)).toBe(false);
  });

  it('keeps since when, as long as the same is asked for', () => {
    const later = { ...input, now: new Date('2026-03-01T13:00:00Z') };
    expect(refusedNow(refused, later)).toMatchObject({ since: refused.since, nextTry: '2026-03-01T13:01:00Z' });
    expect(refusedNow(refused, { ...later, wish: { sizeGiB: 300 } }).since).toBe('2026-03-01T13:00:00Z');
  });

  it('has words that fit into status', () => {
    expect(refusedNow(undefined, { ...input, message: 'x'.repeat(2000) }).message).toHaveLength(1024);
  });

  it('is never tried earlier than it was said', () => {
    expect(laterThan(new Date('2026-03-01T12:00:00.001Z'), 1)).toBe('2026-03-01T12:00:02Z');
  });
});

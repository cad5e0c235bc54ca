import { describe, expect, it } from 'vitest';
import {
  canonicalBytes,
  canonicalMiB,
  canonicalMillicores,
  floorMiB,
  parseBytes,
  parseMillicores,
} from '../../../hooks/api/quantity.ts';

describe('a size', () => {
  it.each([
    ['0', 0n],
    [1073741824, 1073741824n],
    ['1k', 1000n],
    ['1Ki', 1024n],
    ['2M', 2_000_000n],
    ['2Mi', 2n * 1024n ** 2n],
    ['3G', 3_000_000_000n],
    ['3Gi', 3n * 1024n ** 3n],
    ['4T', 4_000_000_000_000n],
    ['64Ti', 64n * 1024n ** 4n],
    ['5P', 5n * 1000n ** 5n],
    ['5Pi', 5n * 1024n ** 5n],
    ['6E', 6n * 1000n ** 6n],
    ['6Ei', 6n * 1024n ** 6n],
    ['1.5Gi', 1610612736n],
    ['1.05k', 1050n],
    ['0.0001k', 0n],
    ['2500m', 2n],
    ['2.5', 2n],
    ['99999999999999999999', 99999999999999999999n],
  ])('%s is %s bytes', (quantity, bytes) => {
    expect(parseBytes(quantity)).toBe(bytes);
  });

  it.each(['', '-1Gi', '+1', '1gi', '1K', 'Gi', '1 Gi', '1e3', ' 1', '1Gi ', '.5Gi', '1.Gi', NaN])(
    '%s is none',
    (quantity) => {
      expect(() => parseBytes(quantity)).toThrow(RangeError);
    },
  );

  it('that is none is named with what is allowed', () => {
    expect(() => parseBytes('1X')).toThrow('"1X" is no size: for example 100Gi, 500G or 1073741824');
  });

  it.each([
    ['1024Mi', '1Gi'],
    ['1024Gi', '1Ti'],
    ['1025Mi', '1025Mi'],
    ['1048576', '1Mi'],
    ['2048', '2Ki'],
    ['1023', '1023'],
    ['5G', '5000000000'],
    ['0', '0'],
    ['0Gi', '0'],
  ])('%s is written %s', (quantity, canonical) => {
    expect(canonicalBytes(quantity)).toBe(canonical);
  });

  it.each([
    ['1Gi', 1024],
    ['1048575', 0],
    ['63512348Ki', 62023],
  ])('%s has %s whole MiB', (quantity, mebibytes) => {
    expect(floorMiB(quantity)).toBe(mebibytes);
  });

  it.each([
    [0, '0'],
    [512, '512Mi'],
    [1024, '1Gi'],
  ])('%s MiB are written %s', (mebibytes, canonical) => {
    expect(canonicalMiB(mebibytes)).toBe(canonical);
  });
});

describe('an amount of CPU', () => {
  it.each([
    ['2', 2000],
    [2, 2000],
    ['0.5', 500],
    ['1930m', 1930],
    ['1k', 1_000_000],
    ['1500000u', 1500],
    ['1500000000n', 1500],
    ['0', 0],
    ['1.0009', 1000],
    ['0.29', 290],
  ])('%s is %s millicores', (quantity, millicores) => {
    expect(parseMillicores(quantity)).toBe(millicores);
  });

  it.each(['', '-1', '2K', '.5', '1.', 'm', '1M', 'k', '100mm', ' 1'])('%s is none', (quantity) => {
    expect(() => parseMillicores(quantity)).toThrow(RangeError);
  });

  it.each([
    [0, '0'],
    [1930, '1930m'],
    [2000, '2'],
    [500, '500m'],
  ])('%s millicores are written %s', (millicores, canonical) => {
    expect(canonicalMillicores(millicores)).toBe(canonical);
  });
});

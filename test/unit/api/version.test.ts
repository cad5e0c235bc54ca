import { describe, expect, it } from 'vitest';
import { compareVersions, isAtLeast, parseVersion } from '../../../hooks/api/version.ts';

describe('a version', () => {
  it.each([
    ['9.3.4', { major: 9, minor: 3, patch: 4 }],
    ['10.0.12', { major: 10, minor: 0, patch: 12 }],
    ['9.3.4-SNAPSHOT', { major: 9, minor: 3, patch: 4 }],
    ['9.3', undefined],
    ['v9.3.4', undefined],
    ['', undefined],
  ])('%s is read as %o', (text, version) => {
    expect(parseVersion(text)).toEqual(version);
  });

  it.each([
    ['9.3.4', '9.3.4', 0],
    ['9.3.4', '9.3.5', -1],
    ['9.10.0', '9.9.9', 1],
    ['10.0.0', '9.99.99', 1],
    ['9.2.9', '9.3.0', -1],
  ])('%s compared with %s is %i', (a, b, order) => {
    const [left, right] = [parseVersion(a), parseVersion(b)];
    expect(left !== undefined && right !== undefined && Math.sign(compareVersions(left, right))).toBe(order);
    expect(isAtLeast(a, b)).toBe(order >= 0);
  });

  it('that cannot be read is the newest', () => {
    expect(isAtLeast('nightly', '9.3.4')).toBe(true);
  });
});

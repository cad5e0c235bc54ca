import { describe, expect, it } from 'vitest';
import { isOutage } from '../../../hooks/questdbnode/outage.ts';

describe('an outage of the fleet', () => {
  it.each([
    [4, 4, false],
    [5, 5, true],
    [15, 5, false],
    [14, 5, true],
    [500, 166, false],
    [500, 167, true],
    [0, 0, false],
  ])('of %i Nodes, %i of them not Ready: %s', (total, notReady, expected) => {
    expect(isOutage({ total, notReady })).toBe(expected);
  });
});

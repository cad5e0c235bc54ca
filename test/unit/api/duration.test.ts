import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../hooks/api/duration.ts';

describe('a duration', () => {
  it.each([
    ['336h', 336 * 3600],
    ['1h30m15s', 5415],
    ['90s', 90],
    ['0s', 0],
    ['', undefined],
    ['14', undefined],
    ['14d', undefined],
    ['1.5h', undefined],
    ['-1h', undefined],
    ['1h ', undefined],
  ])('"%s" has %s seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });
});

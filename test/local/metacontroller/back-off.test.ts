import { describe, expect, it } from 'vitest';
import { createBackOff } from '../../../local/metacontroller/back-off.ts';

describe('back-off', () => {
  it('doubles from 5 ms to 1000 s, for each key alone, and starts over when forgotten', () => {
    const backOff = createBackOff(() => 0);
    const waits = Array.from({ length: 20 }, () => backOff.next('a'));
    expect(waits.slice(0, 5)).toEqual([5, 10, 20, 40, 80]);
    expect(waits[17]).toBe(655_360);
    expect(waits.slice(18)).toEqual([1_000_000, 1_000_000]);
    expect(backOff.next('b')).toBe(5);
    backOff.forget('a');
    expect(backOff.next('a')).toBe(5);
  });

  it('lets all keys together have 100 at once, then 10 a second', () => {
    let now = 0;
    const backOff = createBackOff(() => now);
    const waits = Array.from({ length: 120 }, (_, index) => backOff.next(String(index)));
    expect(waits.slice(0, 100).every((wait) => wait === 5)).toBe(true);
    expect(waits.slice(100, 103)).toEqual([100, 200, 300]);
    now = 12_000;
    expect(backOff.next('later')).toBe(5);
  });
});

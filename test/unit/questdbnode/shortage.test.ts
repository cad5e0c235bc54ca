import { describe, expect, it } from 'vitest';
import { isShort, shortageAfter } from '../../../hooks/questdbnode/shortage.ts';
import { after, NOW, STAMP, stampAfter } from '../../fixtures/clock.ts';

const RETRY_SECONDS = 180;
const said = { code: 'InsufficientInstanceCapacity', message: 'None left.', retrySeconds: RETRY_SECONDS };
const before = (since: string) => ({ reason: 'VcpuLimitExceeded', message: 'Quota.', since, nextTry: STAMP });

describe('a shortage', () => {
  it.each([
    ['that is new', undefined, STAMP, 180],
    ['that EC2 repeats at once', stampAfter(0), stampAfter(0), 180],
    ['of less than the first wait', stampAfter(-100), stampAfter(-100), 180],
    ['of one wait', stampAfter(-180), stampAfter(-180), 180],
    ['of two waits', stampAfter(-360), stampAfter(-360), 360],
    ['of some minutes', stampAfter(-500), stampAfter(-500), 500],
    ['of four waits', stampAfter(-720), stampAfter(-720), 720],
    ['of a day', stampAfter(-86_400), stampAfter(-86_400), 720],
  ])('%s is waited for as long as it lasted, within bounds', (_what, known, since, wait) => {
    const previous = known === undefined ? undefined : before(known);
    expect(shortageAfter(previous, { ...said, now: NOW })).toEqual({
      reason: 'InsufficientInstanceCapacity',
      message: 'None left.',
      since,
      nextTry: stampAfter(wait),
    });
  });

  it('is asked about after 3, 6, 12 and 24 minutes, and then every 12, when nothing changes', () => {
    const asked: number[] = [];
    let shortage = shortageAfter(undefined, { ...said, now: NOW });
    for (let round = 0; round < 5; round += 1) {
      const now = new Date(shortage.nextTry);
      asked.push((now.getTime() - NOW.getTime()) / 60_000);
      shortage = shortageAfter(shortage, { ...said, now });
    }
    expect(asked).toEqual([3, 6, 12, 24, 36]);
  });

  it('is never asked about earlier than it says, although its times are whole seconds', () => {
    const now = new Date(NOW.getTime() + 1);
    const { nextTry } = shortageAfter(undefined, { ...said, now });
    expect(nextTry).toBe(stampAfter(181));
  });

  it('repeats of what EC2 says no more than the schema takes', () => {
    expect(shortageAfter(undefined, { ...said, message: 'x'.repeat(5000), now: NOW }).message).toHaveLength(1024);
  });

  it.each([
    ['there is none', undefined, false],
    ['its time has come', stampAfter(0), false],
    ['its time is over', stampAfter(-1), false],
    ['its time is to come', stampAfter(1), true],
  ])('holds a call back or does not: %s', (_when, nextTry, holds) => {
    const shortage = nextTry === undefined ? undefined : { ...before(STAMP), nextTry };
    expect(isShort(shortage, after(0))).toBe(holds);
  });
});

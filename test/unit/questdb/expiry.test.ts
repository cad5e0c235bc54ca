import { describe, expect, it } from 'vitest';
import { expiringFinding, expiryOf, isExpired, secondsToNextTurn } from '../../../hooks/questdb/expiry.ts';
import { aDatabase, observing } from '../../fixtures/questdb.ts';

const CREATED = '2026-03-01T12:00:00Z';
const trial = (expireAfter?: string, creationTimestamp = CREATED) =>
  aDatabase({
    metadata: { creationTimestamp },
    spec: expireAfter === undefined ? {} : { expireAfter },
  });
const at = (now: string, expireAfter?: string) => observing(trial(expireAfter), [], { now: new Date(now) });

describe('the end of a trial', () => {
  it.each([
    ['336h', '2026-03-15T12:00:00.000Z', '2026-03-14T12:00:00.000Z'],
    ['48h', '2026-03-03T12:00:00.000Z', '2026-03-02T12:00:00.000Z'],
    ['1h', '2026-03-01T13:00:00.000Z', '2026-03-01T12:30:00.000Z'],
  ])('after %s is at %s, and is told of from %s on', (expireAfter, end, warned) => {
    const { at: over, warnedAt } = expiryOf(trial(expireAfter)) ?? {};
    expect([over?.toISOString(), warnedAt?.toISOString()]).toEqual([end, warned]);
  });

  it('never comes without a time, or without one that can be read', () => {
    expect([expiryOf(trial()), expiryOf(trial('soon')), expiryOf(trial('1h', 'never'))]).toEqual(
      Array(3).fill(undefined),
    );
  });

  it.each([
    ['2026-03-01T12:29:59Z', false, 'NotExpiring', 1],
    ['2026-03-01T12:30:00Z', false, 'ExpiresSoon', 1800],
    ['2026-03-01T12:59:59.500Z', false, 'ExpiresSoon', 1],
    ['2026-03-01T13:00:00Z', true, 'Expired', undefined],
    ['2026-03-09T13:00:00Z', true, 'Expired', undefined],
  ])('at %s: over %s, %s, looked at again in %s s', (now, isOver, reason, seconds) => {
    const observed = at(now, '1h');
    expect(isExpired(observed)).toBe(isOver);
    expect(expiringFinding(observed)).toMatchObject({ status: reason === 'ExpiresSoon' ? 'True' : 'False', reason });
    expect(secondsToNextTurn(observed)).toBe(seconds);
  });

  it('is not looked for where there is none', () => {
    expect(secondsToNextTurn(at('2026-03-01T12:29:59Z'))).toBeUndefined();
    expect(expiringFinding(at('2026-03-01T12:29:59Z'))).toMatchObject({ status: 'False', reason: 'NotExpiring' });
  });
});

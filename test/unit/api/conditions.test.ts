import { describe, expect, it } from 'vitest';
import { conditionOf, fails, holds, isTrueFor, isUnknown, rfc3339, transition } from '../../../hooks/api/conditions.ts';
import { NOW, STAMP } from '../../fixtures/clock.ts';
import { condition, LONG_AGO } from '../../fixtures/conditions.ts';

const at = (previous: Parameters<typeof transition>[1]['previous'], generation = 2) => ({
  previous,
  generation,
  now: NOW,
});

describe('a transition of conditions', () => {
  it('has each finding for this generation, sorted by type', () => {
    const findings = { Ready: fails('B', 'b'), Joined: isUnknown('C', 'c'), Stalled: holds('A', 'a') };
    expect(transition(findings, at(undefined))).toEqual([
      {
        type: 'Joined',
        status: 'Unknown',
        observedGeneration: 2,
        lastTransitionTime: STAMP,
        reason: 'C',
        message: 'c',
      },
      { type: 'Ready', status: 'False', observedGeneration: 2, lastTransitionTime: STAMP, reason: 'B', message: 'b' },
      { type: 'Stalled', status: 'True', observedGeneration: 2, lastTransitionTime: STAMP, reason: 'A', message: 'a' },
    ]);
  });

  it.each([
    ['the same status', [condition('Ready', 'True')], LONG_AGO],
    ['the same status of an older generation', [condition('Ready', 'True', { observedGeneration: 0 })], LONG_AGO],
    ['another status', [condition('Ready', 'False')], STAMP],
    ['another type', [condition('Joined', 'True')], STAMP],
    ['nothing', [], STAMP],
  ])('changes the time when the status changed: before it was %s', (_name, previous, time) => {
    const [ready] = transition({ Ready: holds('New', 'New.') }, at(previous));
    expect(ready).toMatchObject({ lastTransitionTime: time, reason: 'New', message: 'New.', observedGeneration: 2 });
  });

  it('forgets conditions that are no longer said', () => {
    expect(transition({ Ready: holds('A', 'a') }, at([condition('Old', 'True')])).map(({ type }) => type)).toEqual([
      'Ready',
    ]);
  });

  it('keeps a message within what the schema takes', () => {
    const [ready] = transition({ Ready: holds('A', 'x'.repeat(5000)) }, at([]));
    expect(ready?.message).toHaveLength(4096);
  });
});

describe('a condition', () => {
  const conditions = [condition('Ready', 'True', { observedGeneration: 3 }), condition('Stalled', 'False')];

  it('is found by its type', () => {
    expect(conditionOf(conditions, 'Stalled')).toBe(conditions[1]);
    expect(conditionOf(conditions, 'Joined')).toBeUndefined();
    expect(conditionOf(undefined, 'Ready')).toBeUndefined();
  });

  it.each([
    ['Ready', 3, true],
    ['Ready', 2, false],
    ['Ready', undefined, false],
    ['Stalled', 1, false],
    ['Joined', 3, false],
  ])('is True for a generation: %s, %s', (type, generation, isTrue) => {
    expect(isTrueFor(conditions, type, generation)).toBe(isTrue);
  });
});

describe('a time', () => {
  it('is written in whole seconds, cut off', () => {
    expect(rfc3339(new Date('2026-03-01T12:00:00.999Z'))).toBe('2026-03-01T12:00:00Z');
  });
});

import { describe, expect, it } from 'vitest';
import { RetryLater } from '../../../hooks/metacontroller/errors.ts';
import { assertCurrent, assertDying, assertLiving, assertSameSpec } from '../../../hooks/metacontroller/live-parent.ts';
import { aDatabase } from '../../fixtures/questdb.ts';
import { condition } from '../../fixtures/conditions.ts';

const requested = aDatabase({ status: { conditions: [condition('Ready', 'True')] } });
const another = {
  metadata: { uid: 'another' },
  ...(requested.status === undefined ? {} : { status: requested.status }),
};

describe('a request about the object as it is', () => {
  it('is taken, and the live object is what goes on', () => {
    const live = { ...requested, metadata: { ...requested.metadata, resourceVersion: '9' } };
    expect(assertSameSpec(requested, live)).toBe(live);
    expect(assertCurrent(requested, live)).toBe(live);
    expect(assertLiving(live)).toBe(live);
  });

  it.each([
    ['does not exist', undefined, 'The object does not exist; nothing is done for it.'],
    ['is another one', aDatabase(another), 'Another object has this name now; waiting for the request about it.'],
    [
      'has a newer spec',
      aDatabase({ metadata: { generation: 2 } }),
      'The request is older than the object; waiting for a current one.',
    ],
  ])('is not taken when it %s', (_name, live, message) => {
    for (const check of [assertSameSpec, assertCurrent]) {
      expect(() => check(requested, live)).toThrow(new RetryLater(1, message));
    }
  });

  it.each([
    ['another', { version: '9.3.4' }],
    ['none', undefined],
  ])('is not taken when status is memory and the object has %s', (_name, status) => {
    const live = aDatabase(status === undefined ? {} : { status });
    expect(assertSameSpec(requested, live)).toBe(live);
    expect(() => assertCurrent(requested, live)).toThrow('The status in the request is older than the object');
  });

  it('is taken whatever the order of its status', () => {
    const status = { version: '9.3.4', volume: { size: '1Gi', name: 'x' } };
    const other = { volume: { name: 'x', size: '1Gi' }, version: '9.3.4' };
    expect(() => assertCurrent(aDatabase({ status }), aDatabase({ status: other }))).not.toThrow();
  });

  it('is for sync when it lives, and for finalize when it dies', () => {
    const dying = aDatabase({ metadata: { deletionTimestamp: '2026-03-01T12:00:00Z' } });
    expect(assertDying(dying)).toBe(dying);
    expect(() => assertLiving(dying)).toThrow('The object is being deleted; waiting for the finalize request.');
    expect(() => assertDying(requested)).toThrow('The object is not being deleted; nothing is done for it.');
  });
});

describe('a request to come back', () => {
  it.each([
    [0, 1],
    [0.2, 1],
    [3, 3],
    [3.1, 4],
  ])('after %s s is one after %s whole seconds', (seconds, whole) => {
    const error = new RetryLater(seconds, 'Why.', { cause: 'x' });
    expect([error.afterSeconds, error.message, error.cause, error.name]).toEqual([whole, 'Why.', 'x', 'RetryLater']);
  });
});

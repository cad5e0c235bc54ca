import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../../../local/metacontroller/api-object.ts';
import { applyDesired } from '../../../local/metacontroller/apply/apply-desired.ts';
import { goJson, LAST_APPLIED } from '../../../local/metacontroller/apply/last-applied.ts';

const desired = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { mine: '1' } };

const observed = (over: object = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', uid: 'u', resourceVersion: '1', annotations: { [LAST_APPLIED]: goJson(desired) } },
  ...{ data: { mine: '1', theirs: '1' } },
  ...over,
});

describe('applyDesired', () => {
  it('makes nothing of what is applied already', () => {
    expect(applyDesired(observed(), desired)).toEqual(observed());
  });

  it('changes neither what the server sets nor status', () => {
    const greedy = {
      ...desired,
      metadata: { name: 'x', uid: 'other', generation: 9, creationTimestamp: 'now' },
      status: { x: 1 },
    };
    const merged = applyDesired(observed({ status: { y: 1 } }), greedy);
    expect(merged).toMatchObject({ metadata: { uid: 'u', resourceVersion: '1' }, status: { y: 1 } });
    expect(merged.metadata).not.toHaveProperty('generation');
    expect(merged.metadata).not.toHaveProperty('creationTimestamp');
    expect(applyDesired(observed(), greedy)).not.toHaveProperty('status');
  });

  it('does not nest the annotation that a hook copied from what it saw', () => {
    const copied = { ...desired, metadata: { name: 'x', annotations: { [LAST_APPLIED]: 'old', other: '1' } } };
    const annotation = applyDesired(observed(), copied).metadata.annotations?.[LAST_APPLIED] ?? '';
    expect(JSON.parse(annotation)).toEqual({ ...desired, metadata: { name: 'x', annotations: { other: '1' } } });
  });
});

describe('goJson', () => {
  it('sorts keys and escapes as Go does', () => {
    expect(goJson({ b: [{ d: 1, c: '<&>' }], a: '\u2028' })).toBe(
      '{"a":"\\u2028","b":[{"c":"\\u003c\\u0026\\u003e","d":1}]}',
    );
  });
});

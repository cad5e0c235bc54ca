import { expect, it } from 'vitest';
import { parseLag } from '../../../local/metacontroller/lag.ts';

it.each([
  ['', 'Pod.v1', 0],
  ['*=100ms', 'Pod.v1', 100],
  ['StatefulSet.apps/v1=2s,*=100ms', 'StatefulSet.apps/v1', 2_000],
  ['StatefulSet.apps/v1=2s,*=100ms', 'Pod.v1', 100],
  ['StatefulSet.apps/v1=0.5s', 'Pod.v1', 0],
  ['*=100ms, Pod.v1=0s', 'Pod.v1', 0],
])('with %j, %s is %d ms late', (text, kind, milliseconds) => {
  expect(parseLag(text)(kind)).toBe(milliseconds);
});

it.each(['Pod.v1', '=1s', 'Pod.v1=', 'Pod.v1=1', 'Pod.v1=6s', 'Pod.v1=-1s'])('%j is refused', (text) => {
  expect(() => parseLag(text)).toThrow(/informer lag/);
});

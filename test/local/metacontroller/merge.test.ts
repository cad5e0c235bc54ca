import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../local/metacontroller/api-object.ts';
import { merge, mergeKeyOf } from '../../../local/metacontroller/apply/merge.ts';

type Case = { what: string; observed: JsonObject; last?: JsonObject; desired: JsonObject; merged: JsonObject };

const CASES: Case[] = [
  { what: 'adds and changes', observed: { a: 1 }, desired: { a: 2, b: 3 }, merged: { a: 2, b: 3 } },
  { what: 'keeps what others set', observed: { a: 1, theirs: 1 }, desired: { a: 1 }, merged: { a: 1, theirs: 1 } },
  {
    what: 'removes what it set before',
    observed: { a: 1, b: 1, theirs: 1 },
    last: { a: 1, b: 1 },
    desired: { a: 1 },
    merged: { a: 1, theirs: 1 },
  },
  {
    what: 'goes into objects',
    observed: { spec: { a: 1, theirs: { x: 1 } } },
    last: { spec: { a: 1, b: 1 } },
    desired: { spec: { a: 2 } },
    merged: { spec: { a: 2, theirs: { x: 1 } } },
  },
  { what: 'replaces a list of scalars', observed: { l: [1, 2] }, desired: { l: [3] }, merged: { l: [3] } },
  {
    what: 'replaces a list without a common name',
    observed: { l: [{ a: 1 }] },
    desired: { l: [{ b: 1 }] },
    merged: { l: [{ b: 1 }] },
  },
  {
    what: 'merges a list by name, what was there first',
    observed: { l: [{ name: 'theirs' }, { name: 'x', theirs: 1 }, { name: 'gone' }] },
    last: { l: [{ name: 'x' }, { name: 'gone' }] },
    desired: { l: [{ name: 'new' }, { name: 'x', mine: 1 }] },
    merged: { l: [{ name: 'theirs' }, { name: 'x', theirs: 1, mine: 1 }, { name: 'new' }] },
  },
  {
    what: 'merges ports by number, before name',
    observed: { ports: [{ port: 9000, name: 'http', nodePort: 31000 }] },
    desired: { ports: [{ port: 9000, name: 'web' }] },
    merged: { ports: [{ port: 9000, name: 'web', nodePort: 31000 }] },
  },
  {
    what: 'replaces a list where one item has no name',
    observed: { l: [{ name: 'x', theirs: 1 }] },
    desired: { l: [{ name: 'x' }, { other: 1 }] },
    merged: { l: [{ name: 'x' }, { other: 1 }] },
  },
  {
    what: 'looks at what was applied before, too, for a common name',
    observed: { l: [{ name: 'x', theirs: 1 }] },
    last: { l: [{ other: 1 }] },
    desired: { l: [{ name: 'x' }] },
    merged: { l: [{ name: 'x' }] },
  },
  { what: 'takes null as a value', observed: { a: 1 }, desired: { a: null }, merged: { a: null } },
  {
    what: 'keeps an object where a scalar is wished',
    observed: { a: { b: 1 } },
    desired: { a: 'x' },
    merged: { a: { b: 1 } },
  },
  { what: 'puts null where a list meets a scalar', observed: { a: [1] }, desired: { a: 'x' }, merged: { a: null } },
  {
    what: 'puts an object where a scalar was',
    observed: { a: 'x' },
    desired: { a: { b: 1 } },
    merged: { a: { b: 1 } },
  },
  {
    what: 'keeps both places of a name that is there twice',
    observed: {
      ports: [
        { port: 53, protocol: 'UDP' },
        { port: 53, protocol: 'TCP' },
      ],
    },
    desired: {
      ports: [
        { port: 53, protocol: 'UDP' },
        { port: 53, protocol: 'TCP' },
      ],
    },
    merged: {
      ports: [
        { port: 53, protocol: 'TCP' },
        { port: 53, protocol: 'TCP' },
      ],
    },
  },
];

describe('merge', () => {
  it.each(CASES)('$what', ({ observed, last, desired, merged }) => {
    const before = structuredClone({ observed, last, desired });
    expect(merge(observed, last, desired)).toEqual(merged);
    expect({ observed, last, desired }).toEqual(before);
  });

  it('prefers the names in their order', () => {
    expect(mergeKeyOf([{ path: '/', name: 'x', containerPort: 1 }])).toBe('containerPort');
    expect(mergeKeyOf([{ path: '/', name: 'x' }], [{ path: '/' }])).toBe('path');
    expect(mergeKeyOf([], [])).toBeUndefined();
  });
});

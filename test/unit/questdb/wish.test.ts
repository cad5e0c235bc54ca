import { describe, expect, it } from 'vitest';
import type { QuestDBNode } from '../../../hooks/api/generated/questdbnode.ts';
import { nodeName, shortHash } from '../../../hooks/api/names.ts';
import { asWanted, flawOf, newNode, rightNode, wishOf, type Wish } from '../../../hooks/questdb/wish.ts';
import { condition } from '../../fixtures/conditions.ts';
import { aDatabase, aVolume, observing, OWN_NODE } from '../../fixtures/questdb.ts';
import { cordoned, GOING, nodeOf, setOn } from '../../fixtures/replacement.ts';

const TOKEN = shortHash(['again']);
const asked = (value?: string) =>
  aDatabase({
    metadata: value === undefined ? {} : { annotations: { 'questdb-fleet.dev/replace-node': value } },
    spec: { node: OWN_NODE },
  });
const madeFor = (letter: string, token: string): QuestDBNode =>
  nodeOf(letter, { metadata: { annotations: { 'questdb-fleet.dev/replacement': token } } });
const disrupted = (observedGeneration: number) => [
  condition('DisruptionTarget', 'True', { reason: 'InstanceImpaired', observedGeneration }),
];
const anyMachine: Wish = { need: OWN_NODE, token: undefined };
const freshMachine: Wish = { need: OWN_NODE, token: TOKEN };

describe('the wish', () => {
  const tokenFor = (value?: string) => {
    const database = asked(value);
    return wishOf(observing(database, [aVolume()]), { ...OWN_NODE, replacement: 'SurgeFirst' });
  };

  it('is for any machine without the annotation, and for a fresh one with each new value of it', () => {
    expect(tokenFor()).toEqual(anyMachine);
    expect(tokenFor('again')).toEqual(freshMachine);
    expect(tokenFor('')).toEqual({ need: OWN_NODE, token: shortHash(['']) });
    expect(tokenFor('and again')).not.toEqual(freshMachine);
  });

  it('has a token that says nothing of what the user wrote', () => {
    expect(TOKEN).toMatch(/^[0-9a-f]{8}$/);
  });
});

describe('a node', () => {
  it.each<[string, QuestDBNode, Wish, ReturnType<typeof flawOf>]>([
    ['of the same need is right', nodeOf('a'), anyMachine, undefined],
    ['of another type is not', nodeOf('a', { spec: { instanceType: 'm6i.large' } }), anyMachine, 'Need'],
    ['in another zone is not', nodeOf('a', { spec: { zone: 'eu-west-1b' } }), anyMachine, 'Need'],
    ['of another class is not', nodeOf('a', { spec: { className: 'other' } }), anyMachine, 'Need'],
    ['with other tags is right', nodeOf('a', { spec: { tags: { a: 'b' } } }), anyMachine, undefined],
    ['that goes is not', nodeOf('a', { metadata: GOING }), anyMachine, 'Deleted'],
    ['that asks to be left is not', nodeOf('a', { conditions: cordoned }), anyMachine, 'Disrupted'],
    [
      'that asked for it before its spec changed is not',
      nodeOf('a', { conditions: disrupted(0) }),
      anyMachine,
      'Disrupted',
    ],
    [
      'that does not ask for it any more is right',
      nodeOf('a', { conditions: [condition('DisruptionTarget', 'False')] }),
      anyMachine,
      undefined,
    ],
    ['that is not Ready is right', nodeOf('a', { conditions: [] }), anyMachine, undefined],
    ['that was made for no request is not the fresh one', nodeOf('a'), freshMachine, 'Token'],
    ['that was made for another request is not the fresh one', madeFor('a', 'other'), freshMachine, 'Token'],
    ['that was made for this request is the fresh one', madeFor('a', TOKEN), freshMachine, undefined],
    ['that was made for a request is right when there is none any more', madeFor('a', 'other'), anyMachine, undefined],
    [
      'is first of all of another need',
      nodeOf('a', { metadata: GOING, spec: { zone: 'eu-west-1b' }, conditions: cordoned }),
      freshMachine,
      'Need',
    ],
  ])('%s', (_name, node, wish, flaw) => {
    expect(flawOf(node, wish)).toBe(flaw);
  });
});

describe('of several nodes', () => {
  const rightOf = (nodes: QuestDBNode[], placedOn?: string, wish = anyMachine) =>
    rightNode(observing(asked(), [...nodes, ...(placedOn === undefined ? [] : [setOn(placedOn)])]), wish)?.metadata.uid;

  it('the oldest that is right is meant, before the pod is anywhere', () => {
    expect(rightOf([nodeOf('b'), nodeOf('a')])).toBe('a');
    expect(rightOf([nodeOf('b'), nodeOf('a', { conditions: cordoned })])).toBe('b');
    expect(rightOf([nodeOf('a', { conditions: cordoned })])).toBeUndefined();
  });

  it('the one the pod is placed on is meant, if it is right', () => {
    expect(rightOf([nodeOf('a'), nodeOf('b')], 'b')).toBe('b');
    expect(rightOf([nodeOf('a'), nodeOf('b')], 'a')).toBe('a');
    expect(rightOf([nodeOf('a'), nodeOf('b', { conditions: cordoned })], 'b')).toBe('a');
    expect(rightOf([nodeOf('a'), nodeOf('b')], 'gone')).toBe('a');
  });

  it('one that was made for the request is meant while there is one', () => {
    expect(rightOf([nodeOf('a'), madeFor('b', TOKEN)], 'a', freshMachine)).toBe('b');
    expect(rightOf([nodeOf('a'), madeFor('b', TOKEN)], 'a')).toBe('a');
  });
});

describe('a node is named', () => {
  it('as it is when it is there', () => {
    expect(asWanted(madeFor('a', TOKEN))).toEqual({ name: 'trades-a', need: OWN_NODE, token: TOKEN });
    expect(asWanted(nodeOf('a'))).toEqual({ name: 'trades-a', need: OWN_NODE, token: undefined });
  });

  it('with the first name that is free when it is to be made, whatever the others are', () => {
    const name = (counter: number) => nodeName('trades', OWN_NODE, counter);
    const taken = [
      nodeOf('a', { metadata: { name: name(0) } }),
      nodeOf('b', { metadata: { name: name(1), ...GOING } }),
    ];
    expect(newNode(observing(asked(), taken), freshMachine)).toEqual({ name: name(2), need: OWN_NODE, token: TOKEN });
    expect(newNode(observing(asked(), taken.slice(1)), freshMachine).name).toBe(name(0));
  });
});

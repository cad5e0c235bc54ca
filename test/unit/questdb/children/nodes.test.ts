import { describe, expect, it } from 'vitest';
import { leftOut, nodesFor } from '../../../../hooks/questdb/children/nodes.ts';
import type { DatabasePlan } from '../../../../hooks/questdb/steps.ts';
import { asWanted } from '../../../../hooks/questdb/wish.ts';
import { aDatabase, observing, OWN_NODE } from '../../../fixtures/questdb.ts';
import { GOING, inputFor, MOVING, nodeOf, setOn } from '../../../fixtures/replacement.ts';

const database = aDatabase({ spec: { node: OWN_NODE } });
const [a, b, c] = [nodeOf('a'), nodeOf('b'), nodeOf('c')];

const serve = (target: typeof a): DatabasePlan => ({
  step: 'Serve',
  target: asWanted(target),
  ...inputFor(target.metadata.uid),
});
const wait = { reason: 'X', message: '' };
const awaitNode = (target: typeof a): DatabasePlan => ({ step: 'AwaitNode', target: asWanted(target), ...wait });
const stopFor = (target?: typeof a): DatabasePlan => ({
  step: 'StopPod',
  target: target === undefined ? undefined : asWanted(target),
  need: OWN_NODE,
  reason: 'PodStopping',
  message: '',
});
const retireFor = (target?: typeof a): DatabasePlan => ({
  step: 'RetireNodes',
  target: target === undefined ? undefined : asWanted(target),
  need: OWN_NODE,
  reason: 'NodeRetiring',
  message: '',
});

describe('the nodes that are named', () => {
  type Row = [string, Parameters<typeof observing>[1] & object[], DatabasePlan, string[]];
  it.each<Row>([
    ['all while the volume is in doubt', [setOn('a'), a, b, c], { step: 'AwaitVolume', ...wait }, ['a', 'b', 'c']],
    [
      'all while something is refused',
      [setOn('a'), a, b, c],
      { step: 'Refuse', reason: 'ZoneMismatch', message: '' },
      ['a', 'b', 'c'],
    ],
    ['the target alone before the database runs', [a, b], awaitNode(b), ['b']],
    ['the one it is on and the one that is waited for', [setOn('a'), a, b], awaitNode(b), ['a', 'b']],
    ['not a third one, from a wish that was given up', [setOn('a'), a, b, c], awaitNode(c), ['a', 'c']],
    [
      'the target alone when the one it is on goes',
      [setOn('a'), nodeOf('a', { metadata: GOING }), b, c],
      awaitNode(c),
      ['c'],
    ],
    ['both in the pass that moves the pod', [setOn('a'), a, b], serve(b), ['a', 'b']],
    ['the old one until the pod is ready', [setOn('b', MOVING), a, b], serve(b), ['a', 'b']],
    ['of several others the oldest', [setOn('b', MOVING), a, b, c], serve(b), ['a', 'b']],
    ['of several others the oldest, going back', [setOn('a', MOVING), a, b, c], serve(a), ['a', 'b']],
    ['the target alone when it is served there', [setOn('b'), a, b, c], serve(b), ['b']],
    ['the target alone when the wish went back before anything moved', [setOn('a'), a, b], serve(a), ['a']],
    ['the one that is stopped', [setOn('a'), a, c], stopFor(), ['a']],
    ['the one that is stopped and a right one', [setOn('a'), a, b, c], stopFor(c), ['a', 'c']],
    ['none when they are to go', [setOn('a'), a, b], retireFor(), []],
    ['a right one when the others are to go', [setOn('a'), a, b], retireFor(b), ['b']],
  ])('are %s', (_name, children, plan, names) => {
    const observed = observing(database, children);
    expect(
      nodesFor(observed, plan)
        .map(({ name }) => name.slice(-1))
        .sort(),
    ).toEqual(names);
    const there = observed.nodes.map(({ metadata }) => metadata.uid);
    expect(leftOut(observed, plan).map(({ metadata }) => metadata.uid)).toEqual(
      there.filter((name) => !names.includes(name)),
    );
  });
});

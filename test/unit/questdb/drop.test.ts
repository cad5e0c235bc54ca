import { describe, expect, it } from 'vitest';
import { nodesInUse } from '../../../hooks/questdb/drop.ts';
import type { StatefulSet } from '../../../hooks/questdb/statefulset.ts';
import type { Pod } from '../../../hooks/questdb/ports.ts';
import { databaseWorld } from '../../fixtures/database-world.ts';
import { aPod, podFor } from '../../fixtures/pod.ts';
import { aDatabase, observing, SETTLED } from '../../fixtures/questdb.ts';
import { GOING, MOVING, nodeOf, setOn, STOPPED } from '../../fixtures/replacement.ts';

const neverReady = { ...nodeOf('d'), status: {} };
const candidates = [nodeOf('a'), nodeOf('b'), neverReady];

const inUse = async (set?: StatefulSet, pod?: Pod) => {
  const others = set === undefined ? [] : [set];
  const world = databaseWorld({ others, ...(pod === undefined ? {} : { pod }) });
  const kept = await nodesInUse(world.ports, observing(aDatabase()), candidates);
  return { kept: kept.map(({ metadata }) => metadata.uid), reads: world.reads };
};
const boundTo = (nodeName: string): Pod => ({ ...aPod(), spec: { containers: [], nodeName } });

describe('of the nodes that are to go, those are kept', () => {
  it.each<[string, StatefulSet | undefined, Pod | undefined, string[]]>([
    ['none when nothing runs', undefined, undefined, []],
    ['none when the pod is on another', setOn('c'), podFor('c'), []],
    ['none when the pod is gone and no other is made', setOn('a', STOPPED, 0), undefined, []],
    ['the one whose pod ends', setOn('c', MOVING), podFor('a', aPod({}, GOING)), ['a']],
    ['the one whose pod waits to be scheduled', setOn('c', MOVING), podFor('b', aPod()), ['b']],
    ['the one that a pod is bound to, by the name of its Node', setOn('c'), boundTo('ip-b'), ['b']],
    ['the one whose pod is left although there is no StatefulSet', undefined, podFor('a'), ['a']],
    ['the one that the pod will be made for', setOn('a', MOVING), undefined, ['a']],
    ['the one that the pod will be made for, while it is still elsewhere', setOn('a', MOVING), podFor('b'), ['a', 'b']],
    ['one that was never Ready and that the pod is to be made for', setOn('d', MOVING), undefined, ['d']],
    [
      'all that were ever Ready while the controller has not seen the newest template',
      setOn('c', { ...SETTLED, observedGeneration: 0 }),
      podFor('c'),
      ['a', 'b'],
    ],
    [
      'all that were ever Ready while it has not seen that there is to be no pod',
      setOn('a', { ...STOPPED, observedGeneration: 0 }, 0),
      undefined,
      ['a', 'b'],
    ],
    [
      'the one it is on while a pod is counted that is to go',
      setOn('a', { ...STOPPED, replicas: 1 }, 0),
      undefined,
      ['a'],
    ],
  ])('%s', async (_name, set, pod, kept) => {
    expect(await inUse(set, pod)).toMatchObject({ kept });
  });

  it('by live reads, the StatefulSet before its pod', async () => {
    expect((await inUse()).reads).toEqual(['StatefulSet/trades', 'pod']);
  });

  it('and nothing is read when none is to go', async () => {
    const world = databaseWorld({});
    expect(await nodesInUse(world.ports, observing(aDatabase()), [])).toEqual([]);
    expect(world.reads).toEqual([]);
  });
});

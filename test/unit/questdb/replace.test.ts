import { describe, expect, it } from 'vitest';
import type { QuestDBNode } from '../../../hooks/api/generated/questdbnode.ts';
import { nodeName, shortHash } from '../../../hooks/api/names.ts';
import type { KubernetesObject } from '../../../hooks/metacontroller/contract.ts';
import type { Facts } from '../../../hooks/questdb/observe.ts';
import { planNext } from '../../../hooks/questdb/plan.ts';
import { condition } from '../../fixtures/conditions.ts';
import { aPod, podFor } from '../../fixtures/pod.ts';
import { aDatabase, aVolume, observing, OWN_NODE, SETTLED } from '../../fixtures/questdb.ts';
import { BIGGER, booting, cordoned, GOING, MOVING, nodeOf, setOn, STOPPED } from '../../fixtures/replacement.ts';

type Asked = { replacement?: 'SurgeFirst' | 'Recreate'; node?: typeof OWN_NODE; token?: string };

const databaseOf = ({ replacement = 'SurgeFirst', node = BIGGER, token }: Asked) =>
  aDatabase({
    metadata: token === undefined ? {} : { annotations: { 'questdb-fleet.dev/replace-node': token } },
    spec: { node: { ...node, replacement } },
  });

/** The step, and the node it is about by its letter; `new` when that is to be made. */
const stepFor = (asked: Asked, children: KubernetesObject[], facts: Partial<Facts> = {}): string => {
  const plan = planNext(observing(databaseOf(asked), [aVolume(), ...children], facts));
  const name = 'target' in plan ? plan.target?.name : undefined;
  const known = children.some(({ metadata }) => metadata.name === name);
  return [plan.step, ...(name === undefined ? [] : [known ? name.slice(-1) : 'new'])].join(' ');
};

const old = (metadata = {}): QuestDBNode => nodeOf('a', { metadata });
const bigger = (conditions?: Parameters<typeof nodeOf>[1] & object): QuestDBNode =>
  nodeOf('b', { spec: BIGGER, ...conditions });
const notReady = bigger({ conditions: [booting] });
const stopped = setOn('a', STOPPED, 0);

describe('SurgeFirst', () => {
  type Row = [string, KubernetesObject[], string, Asked?];
  it.each<Row>([
    ['makes the new one beside the old', [setOn('a'), old()], 'AwaitNode new'],
    ['moves nothing until it is Ready', [setOn('a'), old(), notReady], 'AwaitNode b'],
    [
      'moves nothing to one that was Ready for an older spec',
      [setOn('a'), old(), bigger({ metadata: { generation: 2 } })],
      'AwaitNode b',
    ],
    ['moves the pod when it is Ready', [setOn('a'), old(), bigger()], 'Serve b'],
    ['stays with it whatever becomes of it', [setOn('b', MOVING), old(), notReady], 'Serve b'],
    [
      'stays where it is when the wish goes back before the move',
      [setOn('a'), old(), bigger()],
      'Serve a',
      { node: OWN_NODE },
    ],
    [
      'goes back when the wish goes back after the move',
      [setOn('b', MOVING), old(), bigger()],
      'Serve a',
      { node: OWN_NODE },
    ],
    [
      'goes back to the old one only when that is Ready',
      [setOn('b', MOVING), nodeOf('a', { conditions: [booting] }), bigger()],
      'AwaitNode a',
      { node: OWN_NODE },
    ],
    [
      'replaces one that is cordoned',
      [setOn('a'), nodeOf('a', { conditions: cordoned })],
      'AwaitNode new',
      { node: OWN_NODE },
    ],
    [
      'leaves it at the old one when that is not cordoned any more',
      [setOn('a'), old(), nodeOf('b')],
      'Serve a',
      { node: OWN_NODE },
    ],
    [
      'finishes a move when the old one is not cordoned any more',
      [setOn('b', MOVING), old(), nodeOf('b')],
      'Serve b',
      { node: OWN_NODE },
    ],
    ['replaces one that is being deleted', [setOn('a'), old(GOING)], 'AwaitNode new', { node: OWN_NODE }],
    ['replaces one that is gone', [setOn('a')], 'AwaitNode new', { node: OWN_NODE }],
    [
      'replaces one that was not made for the request',
      [setOn('a'), old()],
      'AwaitNode new',
      { node: OWN_NODE, token: 'x' },
    ],
    ['replaces a new one that is cordoned too', [setOn('a'), old(), bigger({ conditions: cordoned })], 'AwaitNode new'],
    ['serves a database that was stopped on the new one', [stopped, old(), bigger()], 'Serve b'],
  ])('%s', (_name, children, step, asked = {}) => {
    expect(stepFor(asked, children)).toBe(step);
  });

  it('gives the new one a name that is free, and the request it is made for', () => {
    const name = (counter: number) => nodeName('trades', OWN_NODE, counter);
    const observed = observing(databaseOf({ node: OWN_NODE, token: 'x' }), [
      aVolume(),
      setOn('a'),
      old({ name: name(0) }),
    ]);
    expect(planNext(observed)).toEqual({
      step: 'AwaitNode',
      target: { name: name(1), need: OWN_NODE, token: shortHash(['x']) },
      reason: 'NodeCreating',
      message: `QuestDBNode "${name(1)}" is made: one r6i.2xlarge in eu-west-1a.`,
    });
  });
});

describe('Recreate', () => {
  const recreate: Asked = { replacement: 'Recreate' };
  const back: Asked = { ...recreate, node: OWN_NODE };
  const ending = { pod: podFor('a', aPod({}, GOING)) };
  const gone = nodeOf('a', { metadata: GOING });

  type Row = [string, KubernetesObject[], string, Asked?, Partial<Facts>?];
  it.each<Row>([
    ['stops the pod first', [setOn('a'), old()], 'StopPod'],
    ['waits for the controller to see it', [setOn('a', SETTLED, 0), old()], 'StopPod'],
    ['waits for a status of the change', [setOn('a', { ...STOPPED, observedGeneration: 0 }, 0), old()], 'StopPod'],
    ['waits for a pod that ends', [stopped, old()], 'StopPod', recreate, ending],
    ['retires the old one when the pod is gone', [stopped, old()], 'RetireNodes'],
    ['waits until the old one is gone', [stopped, gone], 'RetireNodes'],
    [
      'waits for all that go, not only for the one it was on',
      [stopped, nodeOf('c', { metadata: GOING })],
      'RetireNodes',
    ],
    ['then makes the new one', [stopped], 'AwaitNode new'],
    ['waits for it', [stopped, notReady], 'AwaitNode b'],
    ['then serves there', [stopped, bigger()], 'Serve b'],
    ['stays there', [setOn('b', MOVING), notReady], 'Serve b'],
    ['does nothing of it when nothing is wrong', [setOn('a'), old()], 'Serve a', back],
    [
      'serves at the old one again when the wish goes back before the pod is gone',
      [setOn('a', SETTLED, 0), old()],
      'Serve a',
      back,
      ending,
    ],
    ['serves at the old one again when the wish goes back before that goes', [stopped, old()], 'Serve a', back],
    ['waits for the old one when the wish goes back too late', [stopped, gone], 'RetireNodes', back],
    ['makes it anew after that', [stopped], 'AwaitNode new', back],
    [
      'retires one that was made for a wish that has changed',
      [stopped, nodeOf('b', { conditions: [booting] })],
      'RetireNodes',
    ],
    ['stops for one that is cordoned', [setOn('a'), nodeOf('a', { conditions: cordoned })], 'StopPod', back],
    ['stops for one that is being deleted', [setOn('a'), gone], 'StopPod', back],
    ['stops for one that is gone', [setOn('a')], 'StopPod', back],
    ['stops for one that was not made for the request', [setOn('a'), old()], 'StopPod', { ...back, token: 'x' }],
    ['moves at once where the new one is Ready already', [setOn('a'), old(), bigger()], 'Serve b'],
    ['makes room for one that is not Ready', [setOn('a'), old(), notReady], 'StopPod b'],
    ['keeps that while the others go', [stopped, old(), notReady], 'RetireNodes b'],
    ['stops nothing that never ran', [], 'AwaitNode new'],
    ['waits for nothing to go that never ran', [old(), gone], 'AwaitNode new'],
  ])('%s', (_name, children, step, asked = recreate, facts = {}) => {
    expect(stepFor(asked, children, facts)).toBe(step);
  });

  const planFor = (children: KubernetesObject[], facts: Partial<Facts> = {}) =>
    planNext(observing(databaseOf(recreate), [aVolume(), ...children], facts));

  it.each<[string, KubernetesObject[], Partial<Facts>, object]>([
    [
      'the pod',
      [setOn('a', SETTLED, 0), old()],
      { pod: podFor('a') },
      { reason: 'PodStopping', message: 'Waiting for pod "trades-0" to be stopped.' },
    ],
    [
      'the pod that ends',
      [setOn('a', SETTLED, 0), old()],
      ending,
      {
        reason: 'PodStopping',
        message:
          'Waiting for pod "trades-0" on Node "ip-10-0-0-7.eu-west-1.compute.internal" to stop by 2026-03-01T11:00:00Z. ' +
          'If that Node is gone for good: kubectl delete pod trades-0 --force.',
      },
    ],
    [
      'the controller',
      [setOn('a', SETTLED, 0), old()],
      {},
      {
        reason: 'PodStopping',
        message: 'Waiting for the StatefulSet controller to see that no pod "trades-0" is wanted.',
      },
    ],
    [
      'the old node',
      [stopped, old()],
      {},
      {
        reason: 'NodeRetiring',
        message: 'The database is stopped. Waiting for QuestDBNode "trades-a" to be gone.',
      },
    ],
    [
      'an old node that still says that it is Ready',
      [stopped, gone],
      {},
      {
        reason: 'NodeRetiring',
        message: 'The database is stopped. Waiting for QuestDBNode "trades-a" to be gone.',
      },
    ],
    [
      'the old nodes, in the words of one that goes',
      [
        stopped,
        nodeOf('c'),
        nodeOf('a', {
          metadata: GOING,
          conditions: [condition('Ready', 'False', { reason: 'Retiring', message: 'EC2 ends it.' })],
        }),
      ],
      {},
      {
        reason: 'NodeRetiring',
        message: 'The database is stopped. Waiting for QuestDBNode "trades-c", "trades-a" to be gone: EC2 ends it.',
      },
    ],
  ])('says that it waits for %s', (_name, children, facts, said) => {
    expect(planFor(children, facts)).toMatchObject({ need: BIGGER, ...said });
  });
});

import { describe, expect, it } from 'vitest';
import { conditionOf } from '../../../hooks/api/conditions.ts';
import type { KubernetesObject } from '../../../hooks/metacontroller/contract.ts';
import type { Facts } from '../../../hooks/questdb/observe.ts';
import { planNext } from '../../../hooks/questdb/plan.ts';
import { statusOf } from '../../../hooks/questdb/status.ts';
import { madeAt } from '../../fixtures/clock.ts';
import { condition, LONG_AGO } from '../../fixtures/conditions.ts';
import { podFor } from '../../fixtures/pod.ts';
import { aDatabase, aVolume, observing } from '../../fixtures/questdb.ts';
import { BIGGER, cordoned, GOING, MOVING, nodeOf, setOn, STOPPED } from '../../fixtures/replacement.ts';
import { bigger, notReady, OLD, old, passOf, same, TO, type Asked } from '../../fixtures/replacing.ts';

const replacingIn = (...pass: Parameters<typeof passOf>) => {
  const { status, reason, message } = conditionOf(passOf(...pass).status.conditions, 'Replacing') ?? {};
  return { status, reason, message };
};

const NOT = { status: 'False', reason: 'NotReplacing', message: 'The database is not on its way to another instance.' };
/** What is told of a pod while half a minute has not passed. */
const ON_TIME = 'Waiting for the pod to run as planned, on its Node and with its volume.';

describe('Replacing is False', () => {
  it.each<[string, Asked, KubernetesObject[]]>([
    ['before anything runs', {}, [notReady]],
    ['while all is well', same, [setOn('a'), old]],
    ['while the pod is not ready and nothing is on its way', same, [setOn('a', MOVING), old]],
    ['when the pod is ready where it was to go', { before: 'PodMoving' }, [setOn('b'), old, bigger]],
    ['when the wish went back before anything moved', { ...same, before: 'WaitingForNode' }, [setOn('a'), old, bigger]],
  ])('%s', (_name, asked, children) => {
    expect(replacingIn(asked, children)).toEqual(NOT);
  });

  it('where the database runs on any node', () => {
    const database = aDatabase();
    const observed = observing(database, [aVolume(), setOn('a')]);
    expect(conditionOf(statusOf(observed, planNext(observed)).conditions, 'Replacing')).toMatchObject(NOT);
  });

  it('while nothing can be decided and nothing was under way', () => {
    const observed = observing(aDatabase({ spec: { node: BIGGER } }), [setOn('a'), old]);
    expect(conditionOf(statusOf(observed, planNext(observed)).conditions, 'Replacing')).toMatchObject(NOT);
  });
});

describe('Replacing is True', () => {
  type Row = [string, Asked, KubernetesObject[], [Partial<Facts>, string, string]];
  const why = 'spec.node asks for another instance';
  it.each<Row>([
    [
      'while the new one is made',
      {},
      [setOn('a'), old],
      [
        {},
        'WaitingForNode',
        `The database moves from ${OLD} to QuestDBNode "trades-[0-9a-f]{8}" (r6i.4xlarge in eu-west-1a): ${why}. ` +
          'QuestDBNode "trades-[0-9a-f]{8}" is made: one r6i.4xlarge in eu-west-1a. It is served from the old one meanwhile.',
      ],
    ],
    [
      'while it boots',
      {},
      [setOn('a'), old, notReady],
      [
        {},
        'WaitingForNode',
        `The database moves from ${OLD} to ${TO}: ${why}. It boots. It is served from the old one meanwhile.`,
      ],
    ],
    [
      'while it boots and the old one does not serve',
      {},
      [setOn('a', MOVING), old, notReady],
      [{}, 'WaitingForNode', `The database moves from ${OLD} to ${TO}: ${why}. It boots.`],
    ],
    [
      'when the pod is moved',
      {},
      [setOn('a'), old, bigger],
      [{ pod: podFor('a') }, 'PodMoving', `The database moves from ${OLD} to ${TO}: ${why}. ${ON_TIME}`],
    ],
    [
      'when the pod is to be moved for long',
      { notReadySince: LONG_AGO },
      [madeAt(LONG_AGO, setOn('a')), old, bigger],
      [
        { pod: podFor('a') },
        'PodMoving',
        `The database moves from ${OLD} to ${TO}: ${why}. ` +
          'Waiting for the StatefulSet controller to finish with the new pod template.',
      ],
    ],
    [
      'until the pod is ready there',
      { before: 'PodMoving' },
      [setOn('b', MOVING), old, bigger],
      [{}, 'PodMoving', `The database moves from ${OLD} to ${TO}: ${why}. ${ON_TIME}`],
    ],
    [
      'until the pod is ready there, however long that takes',
      { before: 'PodMoving', notReadySince: LONG_AGO },
      [madeAt(LONG_AGO, setOn('b', MOVING)), old, bigger],
      [
        {},
        'PodMoving',
        `The database moves from ${OLD} to ${TO}: ${why}. Waiting for the StatefulSet controller to make the pod.`,
      ],
    ],
    [
      'until the pod is ready there, although the old one is gone',
      { before: 'WaitingForNode' },
      [setOn('b', MOVING), bigger],
      [{}, 'PodMoving', `The database is on its way to ${TO}. ${ON_TIME}`],
    ],
    [
      'while the new one boots and the old one is gone',
      { replacement: 'Recreate', before: 'NodeRetiring' },
      [setOn('a', STOPPED, 0), notReady],
      [{}, 'WaitingForNode', `The database is on its way to ${TO}. It boots. It is stopped meanwhile.`],
    ],
    [
      'while the database is stopped',
      { replacement: 'Recreate' },
      [setOn('a'), old],
      [
        {},
        'PodStopping',
        `The database moves from ${OLD} to one r6i.4xlarge in eu-west-1a: ${why}. ` +
          'Waiting for the StatefulSet controller to see that no pod "trades-0" is wanted.',
      ],
    ],
    [
      'while the old one goes',
      { replacement: 'Recreate' },
      [setOn('a', STOPPED, 0), nodeOf('a', { metadata: GOING, conditions: [] })],
      [
        {},
        'NodeRetiring',
        `The database moves from ${OLD} to one r6i.4xlarge in eu-west-1a: ${why}. ` +
          'The database is stopped. Waiting for QuestDBNode "trades-a" to be gone.',
      ],
    ],
  ])('%s', (_name, asked, children, [facts, reason, message]) => {
    const said = replacingIn(asked, children, facts);
    expect(said).toMatchObject({ status: 'True', reason });
    const pattern = message.replace(/[().?]/g, '\\$&').replaceAll('\\[0-9a-f]', '[0-9a-f]');
    expect(said.message).toMatch(new RegExp(`^${pattern}$`));
  });

  it.each<[string, Asked, KubernetesObject[], string]>([
    ['is cordoned', same, [setOn('a'), nodeOf('a', { conditions: cordoned })], 'its Node is cordoned'],
    [
      'is impaired',
      same,
      [
        setOn('a'),
        nodeOf('a', { conditions: [condition('DisruptionTarget', 'True', { reason: 'InstanceImpaired' })] }),
      ],
      'its instance is impaired',
    ],
    [
      'asks to be left for another reason',
      same,
      [setOn('a'), nodeOf('a', { conditions: [condition('DisruptionTarget', 'True', { reason: 'Maintenance' })] })],
      'it asks to be left (Maintenance)',
    ],
    ['is being deleted', same, [setOn('a'), nodeOf('a', { metadata: GOING })], 'its QuestDBNode is being deleted'],
    [
      'is to be a fresh machine',
      { ...same, token: 'x' },
      [setOn('a'), old],
      'the annotation questdb-fleet.dev/replace-node asks for a fresh machine',
    ],
    [
      'was given up on the way back',
      { ...same, before: 'PodMoving' },
      [setOn('b', MOVING), old, bigger],
      'spec.node asks for another instance',
    ],
    [
      'is not wrong in itself',
      { ...same, before: 'PodMoving' },
      [setOn('b', MOVING), old, nodeOf('b')],
      'it is not the one that is wanted any more',
    ],
  ])('and says that the node it comes from %s', (_name, asked, children, words) => {
    expect(replacingIn(asked, children).message).toContain(`: ${words}.`);
  });

  it('as before while nothing can be decided, and says why', () => {
    const status = { conditions: [condition('Replacing', 'True', { reason: 'WaitingForNode' })] };
    const observed = observing(aDatabase({ spec: { node: BIGGER }, status }), [setOn('a'), old]);
    expect(conditionOf(statusOf(observed, planNext(observed)).conditions, 'Replacing')).toMatchObject({
      status: 'True',
      reason: 'VolumeUnknown',
      message: 'Waiting for the QuestDBVolume to say whether there is data from before.',
    });
  });

  it.each<[string, Asked, KubernetesObject[]]>([
    ['a node is waited for', {}, [setOn('a'), old]],
    ['the pod is moved', {}, [setOn('a'), old, bigger]],
    ['the pod is not ready', { before: 'PodMoving' }, [setOn('b', MOVING), old, bigger]],
    ['the old one goes', { replacement: 'Recreate' }, [setOn('a', STOPPED, 0), old]],
  ])('and Ready is False with what is waited for while %s', (_name, asked, children) => {
    const { status, plan } = passOf(asked, children);
    const ready = conditionOf(status.conditions, 'Ready');
    expect(ready?.status).toBe('False');
    if ('reason' in plan) expect(ready?.reason).toBe(plan.reason);
  });
});

describe('status.node', () => {
  const nodeIn = (...pass: Parameters<typeof passOf>) => passOf(...pass).status.node?.name?.slice(-1);

  it.each<[string, Asked, KubernetesObject[], Partial<Facts>, string]>([
    ['the one that is waited for at first', {}, [notReady], {}, 'b'],
    ['the one it runs on while another is waited for', {}, [setOn('a'), old, notReady], {}, 'a'],
    ['the one it runs on while that is being deleted', same, [setOn('a'), nodeOf('a', { metadata: GOING })], {}, 'a'],
    ['the one the pod is on when it is moved', {}, [setOn('a'), old, bigger], {}, 'a'],
    ['the one the pod ends on', { before: 'PodMoving' }, [setOn('b', MOVING), old, bigger], { pod: podFor('a') }, 'a'],
    [
      'the new one when the pod is on it',
      { before: 'PodMoving' },
      [setOn('b', MOVING), old, bigger],
      { pod: podFor('b') },
      'b',
    ],
    ['the new one when the pod is between both', { before: 'PodMoving' }, [setOn('b', MOVING), old, bigger], {}, 'b'],
    ['the old one while the database is stopped', { replacement: 'Recreate' }, [setOn('a', STOPPED, 0), old], {}, 'a'],
    ['the new one when the old one is gone', { replacement: 'Recreate' }, [setOn('a', STOPPED, 0), notReady], {}, 'b'],
  ])('is %s', (_name, asked, children, facts, letter) => {
    expect(nodeIn(asked, children, facts)).toBe(letter);
  });

  it('has the type and the instance of that node', () => {
    const { node } = passOf({}, [setOn('a'), old, bigger]).status;
    expect(node).toEqual({ name: 'trades-a', instanceType: 'r6i.2xlarge', zone: 'eu-west-1a', instanceId: 'i-a' });
  });
});

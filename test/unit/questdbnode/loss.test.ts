import { describe, expect, it } from 'vitest';
import { OUT_OF_SERVICE } from '../../../hooks/api/labels.ts';
import type { Fence } from '../../../hooks/questdbnode/memory.ts';
import type { Observed } from '../../../hooks/questdbnode/observe.ts';
import { planNext } from '../../../hooks/questdbnode/plan.ts';
import type { InstanceState } from '../../../hooks/questdbnode/ports.ts';
import { after, stampAfter } from '../../fixtures/clock.ts';
import { condition } from '../../fixtures/conditions.ts';
import {
  aClusterNode,
  aNodeClass,
  aNodeParent,
  anInstance,
  anIntent,
  CONTEXT,
  INSTANCE_ID,
  observingNode,
} from '../../fixtures/questdbnode.ts';

type Status = NonNullable<Observed['parent']['status']>;

/** A QuestDBNode whose Node was Ready once. */
const joined = (status: Status = {}, relaunch: 'Allowed' | 'Never' = 'Allowed') =>
  aNodeParent({
    spec: { relaunch },
    status: { instanceId: INSTANCE_ID, launch: anIntent(), joinedAt: stampAfter(-9000), ...status },
  });
const fence = (since = -5, reason = 'NodeUnreachable'): { fence: Fence } => ({
  fence: { instanceId: INSTANCE_ID, reason, since: stampAfter(since) },
});
const silent = (seconds: number, more: Parameters<typeof aClusterNode>[0] = {}) =>
  aClusterNode({ ready: false, since: stampAfter(-seconds), ...more });
const longRunning = (state: InstanceState = 'running') => anInstance({ state, launchTime: stampAfter(-9000) });

const step = (changes: Partial<Observed>) =>
  planNext(observingNode({ parent: joined(), instance: longRunning(), driverRegistered: true, ...changes }), CONTEXT);

describe('a machine whose Node is not Ready', () => {
  it.each([
    ['as long as the class allows', { node: silent(299) }, 'AwaitJoin'],
    ['for longer', { node: silent(300) }, 'Fence'],
    [
      'for longer than another class allows',
      { node: silent(60), nodeClass: aNodeClass({ unreachableAfterSeconds: 60 }) },
      'Fence',
    ],
    ['and whose class is gone, for less than 5 minutes', { node: silent(299), nodeClass: undefined }, 'AwaitJoin'],
    ['and whose class is gone, for 5 minutes', { node: silent(300), nodeClass: undefined }, 'Fence'],
    [
      'and was started a moment ago',
      { node: silent(4000), instance: anInstance({ launchTime: stampAfter(-299) }) },
      'AwaitJoin',
    ],
    [
      'and was started a while ago',
      { node: silent(4000), instance: anInstance({ launchTime: stampAfter(-300) }) },
      'Fence',
    ],
    ['and never was', { node: silent(4000), parent: joined({ joinedAt: undefined } as unknown as Status) }, 'Refuse'],
  ])('%s', (_name, changes: Partial<Observed>, expected) => {
    expect(step(changes).step).toBe(expected);
  });

  it('since its Node is gone counts from when it was missed', () => {
    const missed = (seconds: number) =>
      joined({ conditions: [condition('Joined', 'False', { lastTransitionTime: stampAfter(-seconds) })] });
    expect(step({ node: undefined, parent: missed(299) }).step).toBe('AwaitJoin');
    expect(step({ node: undefined, parent: missed(300) })).toMatchObject({ step: 'Fence', fence: fence(0).fence });
    expect(step({ node: undefined }).step).toBe('AwaitJoin');
  });
});

describe('an impaired machine', () => {
  it.each([
    ['for less than the class allows', 299, silent(1), 'AwaitJoin'],
    ['for longer, and whose Node is not Ready', 300, silent(1), 'Fence'],
    ['for longer, and whose Node is Ready', 4000, aClusterNode(), 'Serve'],
  ])('%s', (_name, seconds, node, expected) => {
    expect(step({ node, impairedSince: after(-seconds) }).step).toBe(expected);
  });

  it('that never joined is kept for inspection', () => {
    const parent = aNodeParent({ status: { instanceId: INSTANCE_ID, launch: anIntent() } });
    const impaired = { parent, node: undefined, impairedSince: after(-300) };
    expect(step({ ...impaired, instance: anInstance() }).step).toBe('AwaitJoin');
    expect(step({ ...impaired, instance: longRunning() })).toMatchObject({ refusal: { reason: 'JoinTimeout' } });
  });
});

describe('a machine that is taken for lost', () => {
  const dead = silent(400);
  const away = silent(400, { taints: [OUT_OF_SERVICE] });
  const theirs = silent(400, { taints: [{ ...OUT_OF_SERVICE, value: 'nodeshutdown' }] });

  it.each<[string, Partial<Observed>, object]>([
    ['and runs is stopped', { node: dead }, { step: 'Stop', force: false }],
    ['and has no Node is stopped', { node: undefined }, { step: 'Stop', force: false }],
    ['and is being started is waited for', { node: dead, instance: longRunning('pending') }, { step: 'AwaitStopped' }],
    ['and is back is let be', { node: aClusterNode() }, { step: 'Unfence' }],
    ['and stops is waited for', { node: dead, instance: longRunning('stopping') }, { step: 'AwaitStopped' }],
    [
      'and does not get there is forced to',
      { node: dead, parent: joined(fence(-600)), instance: longRunning('stopping') },
      { step: 'Stop', force: true },
    ],
    [
      'and has stopped is taken out of service',
      { node: dead, instance: longRunning('stopped') },
      { step: 'TakeOutOfService', reason: 'NodeUnreachable' },
    ],
    ['and is out of service is followed', { node: away, instance: longRunning('stopped') }, { step: 'Relaunch' }],
    [
      'and was taken out of service by somebody else is followed',
      { node: theirs, instance: longRunning('stopped') },
      { step: 'Relaunch' },
    ],
    [
      'and has no Node any more is followed',
      { node: undefined, instance: longRunning('stopped') },
      { step: 'Relaunch' },
    ],
    ['and runs again is put into service', { node: away }, { step: 'PutIntoService' }],
    [
      'and is found again is let be',
      { parent: joined(fence(-5, 'InstanceNotFound')), node: dead },
      { step: 'Unfence' },
    ],
  ])('%s', (_name, changes, expected) => {
    expect(step({ parent: joined(fence()), ...changes })).toMatchObject(expected);
  });

  it('is not this one when the fence names another', () => {
    const parent = joined({ fence: { instanceId: 'i-other', reason: 'NodeUnreachable', since: stampAfter(-60) } });
    expect(step({ parent, node: aClusterNode(), instance: longRunning('stopped') }).step).toBe('Start');
  });

  it('leaves a taint alone that somebody else has set on a machine that runs', () => {
    const node = aClusterNode({ taints: [{ ...OUT_OF_SERVICE, value: 'nodeshutdown' }] });
    expect(step({ node }).step).toBe('Serve');
  });
});

describe('a machine that is off', () => {
  it.each<[string, Partial<Observed>, object]>([
    ['is started', {}, { step: 'Start' }],
    ['is not while it may not', { parent: joined({}, 'Never') }, { step: 'StandDown', reason: 'InstanceStopped' }],
    [
      'lets its pod go when it is not started any more',
      { parent: joined({}, 'Never'), node: silent(1) },
      { step: 'TakeOutOfService', reason: 'InstanceStopped' },
    ],
    ['is waited for while it stops', { instance: longRunning('stopping') }, { step: 'AwaitStopped', fence: undefined }],
    ['is waited for while it shuts down', { instance: longRunning('shutting-down') }, { step: 'AwaitStopped' }],
  ])('%s', (_name, changes, expected) => {
    expect(step({ instance: longRunning('stopped'), ...changes })).toMatchObject(expected);
  });
});

describe('a machine that is terminated', () => {
  const terminated = longRunning('terminated');

  it.each<[string, Partial<Observed>, object]>([
    ['is taken out of service', { node: silent(1) }, { step: 'TakeOutOfService', reason: 'InstanceTerminated' }],
    ['is followed by the next attempt', {}, { step: 'Relaunch', launch: { attempt: 2 } }],
    [
      'is not while it may not be',
      { parent: joined({}, 'Never') },
      { step: 'StandDown', reason: 'InstanceTerminated' },
    ],
    ['is not by what the class cannot make', { nodeClass: undefined }, { step: 'Refuse' }],
  ])('%s', (_name, changes, expected) => {
    expect(step({ instance: terminated, ...changes })).toMatchObject(expected);
  });

  it('is followed by the attempt after its own, whatever status has forgotten', () => {
    const parent = aNodeParent({ status: { instanceId: INSTANCE_ID, joinedAt: stampAfter(-9000) } });
    const instance = anInstance({ state: 'terminated', tags: { 'questdb-fleet.dev/attempt': '4' } });
    expect(step({ parent, instance })).toMatchObject({ step: 'Relaunch', launch: { attempt: 5 } });
  });

  it('is followed by one that is there already, if there is', () => {
    const other = anInstance({ instanceId: 'i-0000000000000000b' });
    expect(step({ instance: terminated, owned: [other] })).toMatchObject({
      step: 'Adopt',
      instance: other,
      replaced: { instanceId: INSTANCE_ID, reason: 'InstanceTerminated' },
    });
  });
});

describe('one that was replaced and runs again', () => {
  it('is taken back as long as nothing has taken its place', () => {
    const parent = aNodeParent({ status: { launch: anIntent({ attempt: 2 }) } });
    const returned = longRunning();
    expect(step({ parent, instance: undefined, returned })).toEqual({ step: 'Adopt', instance: returned });
  });
});

describe('a machine that EC2 does not show while its Node is Ready', () => {
  it('works, and is left alone however long', () => {
    const parent = joined({
      launchedAt: stampAfter(-9000),
      conditions: [condition('Launched', 'False', { lastTransitionTime: stampAfter(-9000) })],
      ...fence(-9000, 'InstanceNotFound'),
    });
    expect(step({ parent, instance: undefined, node: aClusterNode() }).step).toBe('AwaitVisible');
  });
});

import { describe, expect, it } from 'vitest';
import { OUT_OF_SERVICE, RETIRING } from '../../../hooks/api/labels.ts';
import { planRetirement, type RetireLimits, type RetireStep, type Retiree } from '../../../hooks/questdbnode/retire.ts';
import { retireStory } from '../../../hooks/questdbnode/retire-story.ts';
import type { InstanceState } from '../../../hooks/questdbnode/ports.ts';
import { after, NOW, stampAfter } from '../../fixtures/clock.ts';
import { aClusterNode, anInstance, INSTANCE_ID } from '../../fixtures/questdbnode.ts';

const LIMITS: RetireLimits = {
  now: NOW,
  visibilitySeconds: 300,
  unreachableMilliseconds: 300_000,
  forceStopSeconds: 600,
};
const cordoned = aClusterNode({ unschedulable: true });
const dead = (seconds: number, more: Parameters<typeof aClusterNode>[0] = {}) =>
  aClusterNode({ unschedulable: true, ready: false, since: stampAfter(-seconds), ...more });
const instance = (state: InstanceState = 'running', dataVolumeIds: string[] = []) =>
  anInstance({ state, dataVolumeIds });
const inUse = (state: InstanceState = 'running') => instance(state, ['vol-1']);
const fence = (seconds: number) => ({
  instanceId: INSTANCE_ID,
  reason: 'NodeUnreachable',
  since: stampAfter(-seconds),
});

const MISSED = (seconds: number) => ({
  instanceId: INSTANCE_ID,
  reason: 'InstanceNotFound',
  since: stampAfter(-seconds),
});

const retiree = (changes: Partial<Retiree> = {}): Retiree => ({
  instanceId: INSTANCE_ID,
  instance: instance(),
  node: cordoned,
  volumePods: [],
  since: after(-60),
  fence: undefined,
  mayFence: true,
  isReplaced: false,
  ...changes,
});

describe('an instance that is to go', () => {
  it.each<[string, Partial<Retiree>, object]>([
    ['and is hidden is waited for', { instance: undefined }, { step: 'AwaitVisible', until: after(240) }],
    [
      'and is missed is written down so',
      { instance: undefined, since: after(-300), node: dead(1) },
      { step: 'Fence', fence: MISSED(0) },
    ],
    [
      'and is missed waits for its turn to be written down',
      { instance: undefined, since: after(-300), node: dead(1), mayFence: false },
      { step: 'AwaitVisible' },
    ],
    [
      'and is missed is waited for',
      { instance: undefined, since: after(-900), node: dead(1), fence: MISSED(299) },
      { step: 'AwaitVisible' },
    ],
    [
      'and is missed while its Node is Ready is waited for, however long',
      { instance: undefined, since: after(-9000), fence: MISSED(9000) },
      { step: 'AwaitVisible' },
    ],
    [
      'and is hidden for good leaves its Node',
      { instance: undefined, node: dead(1), fence: MISSED(300) },
      { step: 'RemoveNode' },
    ],
    ['and is hidden for good is over', { instance: undefined, node: undefined, fence: MISSED(300) }, { step: 'Done' }],
    ['and is terminated leaves its Node', { instance: instance('terminated') }, { step: 'RemoveNode', node: cordoned }],
    ['and is terminated is over', { instance: instance('terminated'), node: undefined }, { step: 'Done' }],
    [
      'and is terminated keeps its Node while that holds a volume',
      { instance: instance('terminated'), node: aClusterNode({ volumesAttached: ['vol-1'] }) },
      { step: 'TakeOutOfService' },
    ],
    [
      'and is terminated keeps its Node while a pod with a volume is there',
      { instance: instance('terminated'), volumePods: ['acme/trades-0'], node: dead(1, { taints: [OUT_OF_SERVICE] }) },
      { step: 'AwaitRelease' },
    ],
    [
      'and is hidden for good keeps its Node while that holds a volume',
      { instance: undefined, fence: MISSED(300), node: dead(1, { volumesAttached: ['vol-1'] }) },
      { step: 'TakeOutOfService' },
    ],
    ['and is shutting down is waited for', { instance: instance('shutting-down') }, { step: 'AwaitTerminated' }],
    ['gets nothing new', { node: aClusterNode() }, { step: 'Cordon' }],
    [
      'gets nothing new, also when it is off',
      { node: aClusterNode(), instance: instance('stopped') },
      { step: 'Cordon' },
    ],
    ['is terminated', {}, { step: 'Terminate' }],
    ['is terminated, also without a Node', { node: undefined }, { step: 'Terminate' }],
    ['is terminated, also when it is off', { instance: instance('stopped') }, { step: 'Terminate' }],
    ['with a volume is waited for', { instance: inUse() }, { step: 'AwaitDetach' }],
    ['with a pod that uses a volume is waited for', { volumePods: ['acme/trades-0'] }, { step: 'AwaitDetach' }],
    ['with a volume, off, is taken out of service', { instance: inUse('stopped') }, { step: 'TakeOutOfService' }],
    [
      'with a volume, off and out of service, is waited for',
      { instance: inUse('stopped'), node: dead(1, { taints: [OUT_OF_SERVICE] }) },
      { step: 'AwaitDetach' },
    ],
    [
      'with a volume, off and without a Node, is waited for',
      { instance: inUse('stopped'), node: undefined },
      { step: 'AwaitDetach' },
    ],
    [
      'with a volume, stopping, is waited for',
      { instance: inUse('stopping'), fence: fence(599) },
      { step: 'AwaitDetach' },
    ],
    ['with a volume, stopping by hand, is waited for', { instance: inUse('stopping') }, { step: 'AwaitDetach' }],
    [
      'with a volume, stuck, is forced',
      { instance: inUse('stopping'), fence: fence(600) },
      { step: 'Stop', force: true },
    ],
    [
      'with a volume and a dead Node is waited for a while',
      { instance: inUse(), node: dead(299) },
      { step: 'AwaitDetach' },
    ],
    [
      'with a volume and a dead Node waits for its turn to be fenced',
      { instance: inUse(), node: dead(300), mayFence: false },
      { step: 'AwaitDetach' },
    ],
    ['with a volume and a dead Node is fenced', { instance: inUse(), node: dead(300) }, { step: 'Fence' }],
    [
      'with a volume and no Node is waited for a while',
      { instance: inUse(), node: undefined, since: after(-299) },
      { step: 'AwaitDetach' },
    ],
    [
      'with a volume and no Node is fenced',
      { instance: inUse(), node: undefined, since: after(-300) },
      { step: 'Fence' },
    ],
    [
      'that is fenced is stopped',
      { instance: inUse(), node: dead(1), fence: fence(5) },
      { step: 'Stop', force: false },
    ],
    ['that is fenced and back is waited for', { instance: inUse(), fence: fence(5) }, { step: 'AwaitDetach' }],
    [
      'that runs is not out of service',
      { instance: inUse(), node: dead(1, { taints: [OUT_OF_SERVICE] }) },
      { step: 'PutIntoService' },
    ],
    ['and starts with a volume is waited for', { instance: inUse('pending') }, { step: 'AwaitDetach' }],
    ['with pods that nobody else moves is left by them', { instance: inUse(), isReplaced: true }, { step: 'Evict' }],
    [
      'with pods that were asked to go is waited for',
      { instance: inUse(), isReplaced: true, node: aClusterNode({ unschedulable: true, taints: [RETIRING] }) },
      { step: 'AwaitDetach' },
    ],
  ])('%s', (_name, changes, expected) => {
    expect(planRetirement(retiree(changes), LIMITS)).toMatchObject(expected);
  });

  it.each<[RetireStep, string, string]>([
    [{ step: 'AwaitDetach', instance: inUse(), volumePods: [] }, 'WaitingForVolume', 'vol-1'],
    [{ step: 'AwaitDetach', instance: instance(), volumePods: ['acme/trades-0'] }, 'WaitingForVolume', 'acme/trades-0'],
    [{ step: 'Fence', fence: fence(0) }, 'NodeUnreachable', INSTANCE_ID],
    [{ step: 'Evict', node: cordoned }, 'WaitingForVolume', cordoned.metadata.name],
    [{ step: 'Done' }, 'Retired', 'No instance is left.'],
  ])('says what it waits for: %j', (step, reason, named) => {
    const [said, message] = retireStory(step);
    expect(said).toBe(reason);
    expect(message).toContain(named);
  });
});

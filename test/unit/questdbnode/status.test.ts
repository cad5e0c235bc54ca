import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../hooks/questdbnode/progress.ts';
import { statusOf } from '../../../hooks/questdbnode/status.ts';
import { after, stampAfter } from '../../fixtures/clock.ts';
import { condition } from '../../fixtures/conditions.ts';
import {
  aClusterNode,
  aNodeParent,
  anInstance,
  anIntent,
  INSTANCE_ID,
  observingNode,
} from '../../fixtures/questdbnode.ts';

type Said = [status: string, reason: string, message: string];

const said = (progress: Progress, changes: Parameters<typeof observingNode>[0] = {}): Record<string, Said> =>
  Object.fromEntries(
    (statusOf(observingNode(changes), progress).conditions ?? []).map(({ type, status, reason, message }) => [
      type,
      [status, reason, message],
    ]),
  );

const launch = anIntent();
const instance = anInstance();
const NOT_STALLED: Said = ['False', 'NotStalled', 'Nothing waits for a human.'];
const NOT_LAUNCHED: Said = ['False', 'WaitingForLaunch', 'There is no instance yet that could join.'];
const WAITS_FOR_EC2 = `Instance ${INSTANCE_ID} was launched; waiting for EC2 to show it.`;

describe('the conditions of a QuestDBNode before its instance is known', () => {
  const full = { ...launch, notBefore: stampAfter(180) };
  it.each<[string, Progress, Said]>([
    [
      'decided',
      { step: 'Decide', launch },
      ['False', 'LaunchDecided', 'The launch of one r6i.2xlarge in subnet-a is written down; EC2 is asked next.'],
    ],
    ['launched', { step: 'Launched', launch, instanceId: INSTANCE_ID }, ['False', 'InstanceNotVisible', WAITS_FOR_EC2]],
    ['invisible', { step: 'AwaitVisible', instanceId: INSTANCE_ID }, ['False', 'InstanceNotVisible', WAITS_FOR_EC2]],
    [
      'token used',
      { step: 'AwaitToken', launch },
      [
        'False',
        'InstanceNotVisible',
        'EC2 has used the client token of this launch; waiting for it to show the instance.',
      ],
    ],
    [
      'no capacity',
      { step: 'NoCapacity', launch: full, code: 'InsufficientInstanceCapacity', message: 'None left.' },
      [
        'False',
        'InsufficientInstanceCapacity',
        `EC2 cannot launch one r6i.2xlarge in subnet-a now: None left. It is asked again at ${stampAfter(180)}.`,
      ],
    ],
  ])('%s', (_name, progress, finding) => {
    expect(said(progress)).toEqual({ Launched: finding, Joined: NOT_LAUNCHED, Ready: finding, Stalled: NOT_STALLED });
  });

  it('repeat what EC2 said last while it is left alone', () => {
    const progress: Progress = { step: 'AwaitCapacity', launch, until: after(60) };
    const before = condition('Launched', 'False', { reason: 'VcpuLimitExceeded', message: 'Limit.' });
    const parent = aNodeParent({ status: { conditions: [before] } });
    expect(said(progress, { parent }).Ready).toEqual(['False', 'VcpuLimitExceeded', 'Limit.']);
    expect(said(progress).Launched).toEqual(['False', 'NoCapacity', 'EC2 had no capacity for this launch.']);
  });
});

describe('the conditions of a QuestDBNode with an instance', () => {
  it.each([
    ['InstancePending', 'Waiting for EC2 to bring the instance to running'],
    ['NodeNotJoined', 'Waiting for the instance to boot and join the cluster as a Node'],
    ['NodeNotReady', 'Waiting for the Node to become Ready'],
    ['DriverNotRegistered', 'Waiting for the EBS CSI driver (ebs.csi.aws.com) to register on the Node'],
  ] as const)('wait for %s', (waitsFor, sentence) => {
    const joined: Said = ['False', waitsFor, `${sentence} (instance ${INSTANCE_ID}).`];
    expect(said({ step: 'AwaitJoin', instance, waitsFor })).toEqual({
      Launched: ['True', 'Launched', `Instance ${INSTANCE_ID} was launched.`],
      Joined: joined,
      Ready: joined,
      Stalled: NOT_STALLED,
    });
  });

  it('wait for the join of one that was adopted', () => {
    expect(said({ step: 'Adopt', instance })).toEqual(said({ step: 'AwaitJoin', instance, waitsFor: 'NodeNotJoined' }));
  });

  it('are True when it serves', () => {
    const message = 'Node ip-10-0-0-7.eu-west-1.compute.internal is Ready and its EBS CSI driver is registered.';
    expect(said({ step: 'Serve', instance }, { node: aClusterNode() })).toEqual({
      Launched: ['True', 'Launched', `Instance ${INSTANCE_ID} is running.`],
      Joined: ['True', 'Joined', message],
      Ready: ['True', 'Ready', message],
      Stalled: NOT_STALLED,
    });
  });
});

describe('the conditions of a QuestDBNode that needs a human', () => {
  it('say so, and that nothing can join', () => {
    const refusal = { reason: 'InstanceTerminated', message: 'Gone.' } as const;
    for (const progress of [{ step: 'Refuse', refusal } as const, { step: 'Refuse', refusal, instance } as const]) {
      expect(said(progress)).toEqual({
        Launched: ['False', 'InstanceTerminated', 'Gone.'],
        Joined: ['False', 'InstanceTerminated', 'There is no instance that could join.'],
        Ready: ['False', 'InstanceTerminated', 'Gone.'],
        Stalled: ['True', 'InstanceTerminated', 'Gone.'],
      });
    }
  });

  it('say that an instance that does not join was launched', () => {
    const refusal = { reason: 'JoinTimeout', message: 'Too long.' } as const;
    expect(said({ step: 'Refuse', refusal, instance })).toEqual({
      Launched: ['True', 'Launched', `Instance ${INSTANCE_ID} was launched.`],
      Joined: ['False', 'JoinTimeout', 'Too long.'],
      Ready: ['False', 'JoinTimeout', 'Too long.'],
      Stalled: ['True', 'JoinTimeout', 'Too long.'],
    });
  });
});

describe('the memory of a QuestDBNode', () => {
  const rest = (progress: Progress, changes: Parameters<typeof observingNode>[0] = {}) => {
    const { conditions: _said, ...kept } = statusOf(observingNode(changes), progress);
    return kept;
  };
  const before = anIntent({ attempt: 7 });
  const known = aNodeParent({ status: { instanceId: 'i-known', launch: before, observedGeneration: 1 } });

  it.each<[string, Progress, object]>([
    ['takes up a decision', { step: 'Decide', launch }, { launch, instanceId: 'i-known' }],
    [
      'takes up the instance that was launched',
      { step: 'Launched', launch, instanceId: 'i-new' },
      { launch, instanceId: 'i-new' },
    ],
    ['takes up the instance that was found', { step: 'Adopt', instance }, { launch: before, instanceId: INSTANCE_ID }],
    [
      'keeps all when nothing can go on',
      { step: 'Refuse', refusal: { reason: 'InstanceNotFound', message: '' } },
      { launch: before, instanceId: 'i-known' },
    ],
    [
      'keeps all while it waits',
      { step: 'AwaitVisible', instanceId: 'i-known' },
      { launch: before, instanceId: 'i-known' },
    ],
  ])('%s', (_name, progress, kept) => {
    expect(rest(progress, { parent: known })).toEqual(kept);
  });

  it('is empty at first', () => {
    expect(rest({ step: 'Refuse', refusal: { reason: 'NodeClassNotFound', message: '' } })).toEqual({});
  });

  it('has what EC2 and the cluster show', () => {
    const shown = rest(
      { step: 'AwaitJoin', instance, waitsFor: 'NodeNotReady' },
      { instance: anInstance({ instanceType: 'm6i.large', zone: 'eu-west-1b' }), node: aClusterNode({ ready: false }) },
    );
    expect(shown).toEqual({
      instanceType: 'm6i.large',
      zone: 'eu-west-1b',
      nodeName: 'ip-10-0-0-7.eu-west-1.compute.internal',
    });
  });
});

describe('what a Node has to give', () => {
  const allocatable = (
    found: Record<string, string>,
    parent = aNodeParent(),
    step: Progress = { step: 'Serve', instance },
  ) => statusOf(observingNode({ parent, node: aClusterNode({ allocatable: found }) }), step).allocatable;

  it.each([
    [
      { cpu: '7910m', memory: '63512348Ki' },
      { cpu: '7900m', memory: '61952Mi' },
    ],
    [
      { cpu: '8', memory: '64Gi' },
      { cpu: '8', memory: '64Gi' },
    ],
    [
      { cpu: '1930m', memory: '511Mi' },
      { cpu: '1900m', memory: '256Mi' },
    ],
  ])('is rounded down to steps: %j', (found, rounded) => {
    expect(allocatable(found)).toEqual(rounded);
  });

  it('is taken when it serves, and kept for ever', () => {
    const waiting: Progress = { step: 'AwaitJoin', instance, waitsFor: 'DriverNotRegistered' };
    expect(allocatable({ cpu: '8', memory: '64Gi' }, aNodeParent(), waiting)).toBeUndefined();
    const first = { cpu: '1', memory: '1Gi' };
    const parent = aNodeParent({ status: { allocatable: first } });
    expect(allocatable({ cpu: '8', memory: '64Gi' }, parent)).toEqual(first);
    expect(allocatable({ cpu: '8', memory: '64Gi' }, parent, waiting)).toEqual(first);
  });

  it.each([{ cpu: '8' }, { memory: '64Gi' }])('is not known by half: %j', (found) => {
    expect(allocatable(found as Record<string, string>)).toBeUndefined();
  });
});

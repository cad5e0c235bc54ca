import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../hooks/questdbnode/progress.ts';
import { stampAfter } from '../../fixtures/clock.ts';
import { rest, said, statusFor, type Said } from '../../fixtures/node-status.ts';
import { aClusterNode, aNodeParent, anInstance, anIntent, INSTANCE_ID } from '../../fixtures/questdbnode.ts';

const launch = anIntent();
const instance = anInstance();
const SHORTAGE = {
  reason: 'InsufficientInstanceCapacity',
  message: 'None left.',
  since: stampAfter(-60),
  nextTry: stampAfter(180),
};
const NOT_DISRUPTED: Said = ['False', 'NotDisrupted', 'Nothing asks the database to move.'];
const NOT_STALLED: Said = ['False', 'NotStalled', 'Nothing waits for a human.'];
const NOT_LAUNCHED: Said = ['False', 'WaitingForLaunch', 'There is no instance yet that could join.'];
const WAITS_FOR_EC2 = `Instance ${INSTANCE_ID} was launched; waiting for EC2 to show it.`;

describe('the conditions of a QuestDBNode before its instance is known', () => {
  it.each<[string, Progress, Said]>([
    [
      'decided',
      { step: 'Decide', launch },
      ['False', 'LaunchDecided', 'The launch of one r6i.2xlarge in subnet-a is written down; EC2 is asked next.'],
    ],
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
      { step: 'NoCapacity', shortage: SHORTAGE },
      [
        'False',
        'InsufficientInstanceCapacity',
        `EC2 cannot launch one r6i.2xlarge in eu-west-1a since ${stampAfter(-60)}: None left. It is asked again at ${stampAfter(180)}.`,
      ],
    ],
  ])('%s', (_name, progress, finding) => {
    expect(said(progress)).toEqual({
      Launched: finding,
      Joined: NOT_LAUNCHED,
      Ready: finding,
      Stalled: NOT_STALLED,
      DisruptionTarget: NOT_DISRUPTED,
    });
  });

  it('repeat what EC2 said last while it is left alone', () => {
    expect(said({ step: 'AwaitCapacity', shortage: SHORTAGE })).toEqual(
      said({ step: 'NoCapacity', shortage: SHORTAGE }),
    );
  });
});

describe('the conditions of a QuestDBNode with an instance', () => {
  it.each([
    ['NodeNotJoined', 'Waiting for the instance to boot and join the cluster as a Node that is Ready'],
    ['NodeNotReady', 'Waiting for the Node to become Ready'],
    ['DriverNotRegistered', 'Waiting for the EBS CSI driver (ebs.csi.aws.com) to register on the Node'],
  ] as const)('wait for %s', (waitsFor, sentence) => {
    const joined: Said = ['False', waitsFor, `${sentence} (instance ${INSTANCE_ID}).`];
    expect(said({ step: 'AwaitJoin', instance, waitsFor })).toEqual({
      Launched: ['True', 'Launched', `Instance ${INSTANCE_ID} was launched.`],
      Joined: joined,
      Ready: joined,
      Stalled: NOT_STALLED,
      DisruptionTarget: NOT_DISRUPTED,
    });
  });

  it('name the taints that are waited for, and no others', () => {
    const node = aClusterNode({
      taints: [
        { key: 'node.cilium.io/agent-not-ready', effect: 'NoExecute' },
        { key: 'team', value: 'markets', effect: 'NoSchedule' },
      ],
    });
    const message = `Waiting for the taints of its start to be taken off the Node: node.cilium.io/agent-not-ready (instance ${INSTANCE_ID}).`;
    expect(said({ step: 'AwaitJoin', instance, waitsFor: 'NodeTainted' }, { node })).toMatchObject({
      Launched: ['True', 'Launched', `Instance ${INSTANCE_ID} was launched.`],
      Joined: ['False', 'NodeTainted', message],
      Ready: ['False', 'NodeTainted', message],
      Stalled: NOT_STALLED,
    });
  });

  it('wait for the join of one that was adopted', () => {
    expect(said({ step: 'Adopt', instance })).toEqual(said({ step: 'AwaitJoin', instance, waitsFor: 'NodeNotJoined' }));
  });

  it('are True when it serves', () => {
    const message = 'Node ip-10-0-0-7.eu-west-1.compute.internal is Ready and its EBS CSI driver is registered.';
    expect(said({ step: 'Serve', instance }, { node: aClusterNode() })).toEqual({
      Launched: ['True', 'Launched', `Instance ${INSTANCE_ID} was launched.`],
      Joined: ['True', 'Joined', message],
      Ready: ['True', 'Ready', message],
      Stalled: NOT_STALLED,
      DisruptionTarget: NOT_DISRUPTED,
    });
  });
});

describe('the conditions of a QuestDBNode that needs a human', () => {
  it('say so, and that nothing can join', () => {
    const refusal = { reason: 'LaunchRefused', message: 'No.' } as const;
    for (const progress of [{ step: 'Refuse', refusal } as const, { step: 'Refuse', refusal, instance } as const]) {
      expect(said(progress)).toEqual({
        Launched: ['False', 'LaunchRefused', 'No.'],
        Joined: ['False', 'LaunchRefused', 'There is no instance that could join.'],
        Ready: ['False', 'LaunchRefused', 'No.'],
        Stalled: ['True', 'LaunchRefused', 'No.'],
        DisruptionTarget: NOT_DISRUPTED,
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
      DisruptionTarget: NOT_DISRUPTED,
    });
  });
});

describe('the memory of a QuestDBNode', () => {
  const before = anIntent({ attempt: 7 });
  const known = aNodeParent({ status: { instanceId: 'i-known', launch: before, observedGeneration: 1 } });

  it.each<[string, Progress, object]>([
    ['takes up a decision', { step: 'Decide', launch }, { launch, instanceId: 'i-known' }],
    [
      'takes up the instance that was launched',
      { step: 'Launched', launch, instanceId: 'i-new' },
      { launch, instanceId: 'i-new', launchedAt: stampAfter(0), instanceType: 'r6i.2xlarge', zone: 'eu-west-1a' },
    ],
    [
      'takes up the instance that was found',
      { step: 'Adopt', instance },
      { launch: before, instanceId: INSTANCE_ID, launchedAt: instance.launchTime },
    ],
    [
      'keeps all when nothing can go on',
      { step: 'Refuse', refusal: { reason: 'AmbiguousInstances', message: '' } },
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
      {
        parent: aNodeParent({ status: { instanceId: INSTANCE_ID } }),
        instance: anInstance({ instanceType: 'm6i.large', zone: 'eu-west-1b' }),
        node: aClusterNode({ ready: false }),
      },
    );
    expect(shown).toEqual({
      instanceId: INSTANCE_ID,
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
  ) => statusFor(step, { parent, node: aClusterNode({ allocatable: found }) }).allocatable;

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

  it('is taken when it serves, and kept as long as the Node has as much', () => {
    const waiting: Progress = { step: 'AwaitJoin', instance, waitsFor: 'DriverNotRegistered' };
    expect(allocatable({ cpu: '8', memory: '64Gi' }, aNodeParent(), waiting)).toBeUndefined();
    const first = { cpu: '1', memory: '1Gi' };
    const parent = aNodeParent({ status: { allocatable: first } });
    expect(allocatable({ cpu: '8', memory: '64Gi' }, parent)).toEqual(first);
    expect(allocatable({ cpu: '8', memory: '64Gi' }, parent, waiting)).toEqual(first);
  });

  it.each([[{ cpu: '1000', memory: '1Gi' }], [{ cpu: '4', memory: '1Ti' }]])(
    'is no more than the Node has: not %j',
    (first) => {
      const parent = aNodeParent({ status: { allocatable: first } });
      expect(allocatable({ cpu: '8', memory: '64Gi' }, parent)).toEqual({ cpu: '8', memory: '64Gi' });
    },
  );

  it.each([{ cpu: '8' }, { memory: '64Gi' }])('is not known by half: %j', (found) => {
    expect(allocatable(found as Record<string, string>)).toBeUndefined();
  });
});

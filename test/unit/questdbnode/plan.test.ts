import { describe, expect, it } from 'vitest';
import type { NodeStatus } from '../../../hooks/questdbnode/memory.ts';
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

const plan = (changes: Partial<Observed>) => planNext(observingNode(changes), CONTEXT);
const knowing = (launched = -10, more: Partial<ReturnType<typeof anIntent>> = {}) =>
  aNodeParent({
    status: { instanceId: INSTANCE_ID, launch: anIntent({ requestedAt: stampAfter(launched), ...more }) },
  });
const refusal = (reason: string, message: string) => ({ step: 'Refuse', refusal: { reason, message } });

describe('a QuestDBNode without an instance', () => {
  it('decides on a launch before EC2 is asked', () => {
    expect(plan({})).toMatchObject({ step: 'Decide', launch: { attempt: 1, subnetId: 'subnet-a' } });
    expect(plan({ parent: aNodeParent({ spec: { zone: 'eu-west-1b' } }) })).toMatchObject({
      launch: { subnetId: 'subnet-b' },
    });
  });

  it('launches exactly what was decided', () => {
    const launch = anIntent();
    expect(plan({ parent: aNodeParent({ status: { launch } }) })).toEqual({ step: 'Launch', launch });
  });

  it('launches although the class has gone or changed since', () => {
    const launch = anIntent();
    const parent = aNodeParent({ status: { launch } });
    expect(plan({ parent, nodeClass: undefined, offeredTypes: [] })).toEqual({ step: 'Launch', launch });
  });

  const shortage = (seconds: number) => ({
    reason: 'InsufficientInstanceCapacity',
    message: 'None.',
    since: stampAfter(-60),
    nextTry: stampAfter(seconds),
  });

  it.each([
    [1, 'AwaitCapacity'],
    [0, 'Launch'],
    [-1, 'Launch'],
  ])('leaves EC2 alone until the time it said: in %i s', (seconds, step) => {
    const parent = aNodeParent({ status: { launch: anIntent(), shortage: shortage(seconds) } });
    expect(plan({ parent }).step).toBe(step);
  });

  it('adopts the one that carries its uid, whatever was decided', () => {
    const instance = anInstance();
    for (const status of [{}, { launch: anIntent() }]) {
      expect(plan({ parent: aNodeParent({ status }), owned: [instance] })).toEqual({ step: 'Adopt', instance });
    }
  });

  it('does nothing when there are two', () => {
    const owned = [anInstance({ instanceId: 'i-1' }), anInstance({ instanceId: 'i-2' })];
    expect(plan({ owned })).toEqual(
      refusal(
        'AmbiguousInstances',
        `More than one instance carries this object's uid: i-1, i-2. Nothing is done until all but one are terminated by hand.`,
      ),
    );
  });

  it.each([
    [
      'its class',
      { nodeClass: undefined },
      'NodeClassNotFound',
      'QuestDBNodeClass "default" does not exist. Create it, or name one that exists.',
    ],
    [
      'a subnet in its zone',
      { parent: aNodeParent({ spec: { zone: 'eu-west-1c' } }) },
      'ZoneNotInNodeClass',
      'QuestDBNodeClass "default" has no subnet in eu-west-1c. It has: eu-west-1a, eu-west-1b.',
    ],
    [
      'its type in the zone, but others of the family',
      { parent: aNodeParent({ spec: { instanceType: 'r6i.huge' } }) },
      'InstanceTypeNotOffered',
      'EC2 does not offer instance type "r6i.huge" in eu-west-1a. It offers there, among others: r6i.2xlarge, r6i.large.',
    ],
    [
      'its type in the zone, nor its family',
      { parent: aNodeParent({ spec: { instanceType: 'x9.large' } }) },
      'InstanceTypeNotOffered',
      'EC2 does not offer instance type "x9.large" in eu-west-1a. It offers there, among others: m6i.large, r6i.2xlarge, r6i.large.',
    ],
  ])('is refused without %s', (_name, changes, reason, message) => {
    expect(plan(changes)).toEqual(refusal(reason, message));
  });

  it('names a dozen types at most', () => {
    const offeredTypes = Array.from({ length: 20 }, (_value, index) => `a.${index}`);
    const decision = plan({ offeredTypes });
    expect(decision).toMatchObject({
      refusal: { message: expect.stringMatching(/: (a\.\d+, ){11}a\.11\.$/) as string },
    });
  });
});

describe('a QuestDBNode whose instance EC2 does not show', () => {
  const hidden = (seconds: number, more: NodeStatus = {}) =>
    aNodeParent({
      status: {
        instanceId: INSTANCE_ID,
        launch: anIntent(),
        launchedAt: stampAfter(-4000),
        conditions: [
          condition('Launched', 'False', { reason: 'InstanceNotVisible', lastTransitionTime: stampAfter(seconds) }),
        ],
        ...more,
      },
    });
  const fence = (seconds: number) => ({
    instanceId: INSTANCE_ID,
    reason: 'InstanceNotFound',
    since: stampAfter(seconds),
  });

  it('waits as long as new ones may be invisible, from when it was missed', () => {
    expect(plan({ parent: hidden(-299) })).toEqual({ step: 'AwaitVisible', instanceId: INSTANCE_ID });
    expect(plan({ parent: hidden(-300) })).toMatchObject({ step: 'Fence', fence: { reason: 'InstanceNotFound' } });
  });

  it('waits as long from the launch', () => {
    expect(plan({ parent: hidden(-4000, { launchedAt: stampAfter(-299) }) }).step).toBe('AwaitVisible');
    expect(plan({ parent: hidden(-4000, { launchedAt: stampAfter(-300) }) }).step).toBe('Fence');
  });

  it('begins to wait when it is missed', () => {
    const conditions = [condition('Launched', 'True', { lastTransitionTime: stampAfter(-4000) })];
    expect(plan({ parent: hidden(0, { conditions }) }).step).toBe('AwaitVisible');
  });

  it('looks twice before another one is launched', () => {
    expect(plan({ parent: hidden(-400, { fence: fence(-9) }) }).step).toBe('AwaitVisible');
    expect(plan({ parent: hidden(-400, { fence: fence(-10) }) })).toMatchObject({
      step: 'Relaunch',
      launch: { attempt: 2 },
      replaced: { instanceId: INSTANCE_ID, reason: 'InstanceNotFound' },
    });
  });
});

describe('a QuestDBNode with an instance', () => {
  const instance = anInstance();
  const node = aClusterNode();

  it('serves when the Node is Ready and the driver registered', () => {
    const served = plan({ parent: knowing(), instance, node, driverRegistered: true });
    expect(served).toEqual({ step: 'Serve', instance });
  });

  const launched = (seconds: number) => anInstance({ launchTime: stampAfter(seconds) });
  const pending = anInstance({ state: 'pending' });
  const STARTING = [{ key: 'node.cilium.io/agent-not-ready', effect: 'NoExecute' }];

  it.each([
    ['NodeNotJoined', { instance: pending, node, driverRegistered: true }],
    ['NodeNotJoined', { instance }],
    ['NodeNotReady', { instance, node: aClusterNode({ ready: false, taints: STARTING }), driverRegistered: true }],
    ['NodeTainted', { instance, node: aClusterNode({ taints: STARTING }), driverRegistered: true }],
    ['NodeTainted', { instance, node: aClusterNode({ taints: STARTING }) }],
    ['DriverNotRegistered', { instance, node }],
  ])('waits for the next step: %s', (waitsFor, changes) => {
    const { instance: known } = changes;
    expect(plan({ parent: knowing(), ...changes })).toEqual({ step: 'AwaitJoin', instance: known, waitsFor });
  });

  describe('in the first minute of its Node', () => {
    const steps: [waitsFor: string, changes: Parameters<typeof aClusterNode>[0], driverRegistered: boolean][] = [
      ['NodeNotReady', { ready: false }, false],
      ['NodeTainted', { taints: STARTING }, true],
      ['DriverNotRegistered', {}, false],
    ];
    const waits = (
      [, changes, driverRegistered]: (typeof steps)[number],
      seconds: number,
      parent = knowing(seconds - 10),
    ) => {
      const young = aClusterNode({ ...changes, createdAt: stampAfter(0) });
      const now = after(seconds);
      const made = plan({ parent, instance, node: young, driverRegistered, now });
      return made.step === 'AwaitJoin' ? made.waitsFor : made.step;
    };

    it.each(steps)('waits for it to join, and for the step that it is at from then on: %s', (...step) => {
      expect([0, 59.9].map((seconds) => waits(step, seconds))).toEqual(['NodeNotJoined', 'NodeNotJoined']);
      expect([60, 600].map((seconds) => waits(step, seconds))).toEqual([step[0], step[0]]);
    });

    it('serves as soon as nothing is missing', () => {
      const young = aClusterNode({ createdAt: stampAfter(0) });
      expect(plan({ parent: knowing(), instance, node: young, driverRegistered: true }).step).toBe('Serve');
    });

    it('that has joined before says what it is at', () => {
      const joined = aNodeParent({ status: { instanceId: INSTANCE_ID, launch: anIntent(), joinedAt: stampAfter(-5) } });
      const [notReady, tainted, driver] = steps;
      expect(notReady && waits(notReady, 0, joined)).toBe('NodeNotReady');
      expect(tainted && waits(tainted, 0, joined)).toBe('Serve');
      expect(driver && waits(driver, 0, joined)).toBe('DriverNotRegistered');
    });
  });

  it.each<[string, { key: string; value?: string; effect: string }]>([
    ['by the cloud controller', { key: 'node.cloudprovider.kubernetes.io/uninitialized', effect: 'NoSchedule' }],
    ['by the node lifecycle controller', { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }],
    ['by the EBS CSI driver', { key: 'ebs.csi.aws.com/agent-not-ready', effect: 'NoExecute' }],
    ['by the network plugin', { key: 'node.cilium.io/agent-not-ready', effect: 'NoExecute' }],
    ['for want of a network', { key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' }],
  ])('is not joined with a taint %s, and is when it was joined before', (_whose, taint) => {
    const changes = { instance, node: aClusterNode({ taints: [taint] }), driverRegistered: true };
    expect(plan({ parent: knowing(), ...changes })).toMatchObject({ step: 'AwaitJoin', waitsFor: 'NodeTainted' });
    const joined = aNodeParent({ status: { instanceId: INSTANCE_ID, launch: anIntent(), joinedAt: stampAfter(-600) } });
    expect(plan({ parent: joined, ...changes }).step).toBe('Serve');
  });

  it.each<[string, { key: string; value?: string; effect: string }]>([
    ['of its own', { key: 'questdb-fleet.dev/dedicated', value: 'uid', effect: 'NoSchedule' }],
    ['of its own end', { key: 'questdb-fleet.dev/retiring', effect: 'NoExecute' }],
    ['of a cordon', { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }],
    ['that says that it is out of service', { key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }],
    ['that the database may tolerate', { key: 'team', value: 'markets', effect: 'NoSchedule' }],
    ['whose key only ends like one of a start', { key: 'example.com/almost-not-ready', effect: 'NoSchedule' }],
  ])('is joined with a taint %s', (_which, taint) => {
    const tainted = aClusterNode({ taints: [taint] });
    expect(plan({ parent: knowing(), instance, node: tainted, driverRegistered: true }).step).toBe('Serve');
  });

  it('gives up on taints that do not go', () => {
    const nodeClass = aNodeClass({ joinTimeoutSeconds: 60 });
    const tainted = aClusterNode({ taints: STARTING });
    const made = plan({ parent: knowing(), instance: launched(-61), node: tainted, driverRegistered: true, nodeClass });
    expect(made).toMatchObject({ step: 'Refuse', refusal: { reason: 'JoinTimeout' } });
    expect(made).toMatchObject({
      refusal: { message: expect.stringContaining('within 60 s (NodeTainted)') as string },
    });
  });

  it('gives up waiting after the time of the class, and keeps the machine', () => {
    const nodeClass = aNodeClass({ joinTimeoutSeconds: 60 });
    expect(plan({ parent: knowing(), instance: launched(-60), nodeClass }).step).toBe('AwaitJoin');
    expect(plan({ parent: knowing(), instance: launched(-61), nodeClass })).toEqual({
      ...refusal(
        'JoinTimeout',
        `Instance ${INSTANCE_ID} did not become a Ready Node within 60 s (NodeNotJoined). It is kept for inspection: ` +
          'see its console output. Delete this QuestDBNode to get a fresh instance; the data volume is kept.',
      ),
      instance: launched(-61),
    });
  });

  it('gives a machine the whole time to join, however long there was no capacity for it', () => {
    expect(plan({ parent: knowing(-4000), instance: launched(-900) }).step).toBe('AwaitJoin');
    expect(plan({ parent: knowing(-4000), instance: launched(-901) }).step).toBe('Refuse');
  });

  it('gives up after 15 minutes without a class', () => {
    expect(plan({ parent: knowing(), instance: launched(-900), nodeClass: undefined }).step).toBe('AwaitJoin');
    expect(plan({ parent: knowing(), instance: launched(-901), nodeClass: undefined }).step).toBe('Refuse');
  });

  it('launches no other one while it may run', () => {
    const states: InstanceState[] = ['pending', 'running', 'stopping', 'stopped', 'shutting-down'];
    const steps = states.map((state) => plan({ parent: knowing(-9999), instance: anInstance({ state }) }).step);
    expect(steps).not.toContain('Launch');
    expect(steps).not.toContain('Decide');
    expect(steps).not.toContain('Relaunch');
  });
});

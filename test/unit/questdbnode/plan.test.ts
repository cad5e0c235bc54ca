import { describe, expect, it } from 'vitest';
import { isNodeReady, nodeOf } from '../../../hooks/questdbnode/cluster-node.ts';
import { ownedInstances, type Observed } from '../../../hooks/questdbnode/observe.ts';
import { planNext } from '../../../hooks/questdbnode/plan.ts';
import type { InstanceState } from '../../../hooks/questdbnode/ports.ts';
import { after, stampAfter } from '../../fixtures/clock.ts';
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

  it.each([
    [1, 'AwaitCapacity'],
    [0, 'Launch'],
    [-1, 'Launch'],
  ])('leaves EC2 alone until the time it said: in %i s', (seconds, step) => {
    const launch = anIntent({ notBefore: stampAfter(seconds) });
    expect(plan({ parent: aNodeParent({ status: { launch } }) }).step).toBe(step);
  });

  it('says until when', () => {
    const launch = anIntent({ notBefore: stampAfter(60) });
    const parent = aNodeParent({ status: { launch } });
    expect(plan({ parent })).toEqual({ step: 'AwaitCapacity', launch, until: after(60) });
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
  const lost = refusal(
    'InstanceNotFound',
    `EC2 does not know instance ${INSTANCE_ID} any more. Delete this QuestDBNode to get a fresh instance; the data volume is kept.`,
  );

  it.each([
    [-299, { step: 'AwaitVisible', instanceId: INSTANCE_ID }],
    [-300, lost],
    [-301, lost],
  ])('waits for it as long as new ones may be invisible: launched at %i s', (launched, next) => {
    expect(plan({ parent: knowing(launched) })).toEqual(next);
  });

  it('counts from the last time EC2 was asked, however long there was no capacity', () => {
    expect(plan({ parent: knowing(-4000, { notBefore: stampAfter(-299) }) }).step).toBe('AwaitVisible');
    expect(plan({ parent: knowing(-4000, { notBefore: stampAfter(-300) }) })).toEqual(lost);
  });

  it('counts from its own creation when the launch is not known, and waits for nothing without either', () => {
    const created = (creationTimestamp?: string) => {
      const { metadata } = aNodeParent();
      const { creationTimestamp: _old, ...rest } = metadata;
      const stamped = creationTimestamp === undefined ? rest : { ...rest, creationTimestamp };
      return { ...aNodeParent({ status: { instanceId: INSTANCE_ID } }), metadata: stamped };
    };
    expect(plan({ parent: created(stampAfter(-299)) }).step).toBe('AwaitVisible');
    expect(plan({ parent: created(stampAfter(-300)) }).step).toBe('Refuse');
    expect(plan({ parent: created() }).step).toBe('Refuse');
  });
});

describe('a QuestDBNode with an instance', () => {
  const instance = anInstance();
  const node = aClusterNode();

  it('serves when the Node is Ready and the driver registered', () => {
    const served = plan({ parent: knowing(), instance, node, driverRegistered: true });
    expect(served).toEqual({ step: 'Serve', instance });
  });

  it.each([
    ['InstancePending', { instance: anInstance({ state: 'pending' }), node, driverRegistered: true }],
    ['NodeNotJoined', { instance }],
    ['NodeNotReady', { instance, node: aClusterNode({ ready: false }), driverRegistered: true }],
    ['DriverNotRegistered', { instance, node }],
  ])('waits for the next step: %s', (waitsFor, changes) => {
    const { instance: known } = changes;
    expect(plan({ parent: knowing(), ...changes })).toEqual({ step: 'AwaitJoin', instance: known, waitsFor });
  });

  it('gives up waiting after the time of the class, and keeps the machine', () => {
    const nodeClass = aNodeClass({ joinTimeoutSeconds: 60 });
    expect(plan({ parent: knowing(-60), instance, nodeClass }).step).toBe('AwaitJoin');
    expect(plan({ parent: knowing(-61), instance, nodeClass })).toEqual({
      ...refusal(
        'JoinTimeout',
        `Instance ${INSTANCE_ID} did not become a Ready Node within 60 s (NodeNotJoined). It is kept for inspection: ` +
          'see its console output. Delete this QuestDBNode to get a fresh instance; the data volume is kept.',
      ),
      instance,
    });
  });

  it('gives a machine the whole time to join, however long there was no capacity for it', () => {
    expect(plan({ parent: knowing(-4000, { notBefore: stampAfter(-900) }), instance }).step).toBe('AwaitJoin');
    expect(plan({ parent: knowing(-4000, { notBefore: stampAfter(-901) }), instance }).step).toBe('Refuse');
  });

  it('gives up after 15 minutes without a class', () => {
    expect(plan({ parent: knowing(-900), instance, nodeClass: undefined }).step).toBe('AwaitJoin');
    expect(plan({ parent: knowing(-901), instance, nodeClass: undefined }).step).toBe('Refuse');
  });

  it('never gives up on one that has joined once', () => {
    const parent = knowing(-9999);
    const joined = { ...parent, status: { ...parent.status, allocatable: { cpu: '1', memory: '1Gi' } } };
    expect(plan({ parent: joined, instance })).toMatchObject({ step: 'AwaitJoin', waitsFor: 'NodeNotJoined' });
  });

  it.each<[InstanceState, string, string]>([
    ['stopping', 'InstanceStopped', `Instance ${INSTANCE_ID} is stopping. Start it, or delete this QuestDBNode`],
    ['stopped', 'InstanceStopped', `Instance ${INSTANCE_ID} is stopped. Start it, or delete this QuestDBNode`],
    ['shutting-down', 'InstanceTerminated', `Instance ${INSTANCE_ID} is shutting-down. Delete this QuestDBNode`],
    ['terminated', 'InstanceTerminated', `Instance ${INSTANCE_ID} is terminated. Delete this QuestDBNode`],
  ])('says what to do with one that is %s', (state, reason, message) => {
    const gone = anInstance({ state });
    const end = ' to get a fresh instance; the data volume is kept.';
    expect(plan({ parent: knowing(), instance: gone, node, driverRegistered: true })).toEqual({
      ...refusal(reason, message + end),
      instance: gone,
    });
  });

  it('launches no other one for anything', () => {
    const states: InstanceState[] = ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated'];
    const steps = states.map((state) => plan({ parent: knowing(-9999), instance: anInstance({ state }) }).step);
    expect(steps).not.toContain('Launch');
    expect(steps).not.toContain('Decide');
  });
});

describe('whose an instance and a Node are', () => {
  it('is said by the tag, until the instance is terminated; sorted', () => {
    const named = (instanceId: string, changes = {}) => anInstance({ instanceId, ...changes });
    const fleet = [
      named('i-3', { state: 'shutting-down' }),
      named('i-1'),
      named('i-2', { state: 'terminated' }),
      named('i-4', { tags: { 'questdb-fleet.dev/owner-uid': 'another' } }),
      named('i-5', { tags: {} }),
    ];
    expect(ownedInstances(aNodeParent(), fleet).map(({ instanceId }) => instanceId)).toEqual(['i-1', 'i-3']);
  });

  it('is said by the providerID, never by the name', () => {
    const mine = aClusterNode();
    const other = aClusterNode({ providerID: 'aws:///eu-west-1b/i-0a1b2c3d4e5f60718' });
    expect(nodeOf([other, mine], anInstance())).toBe(mine);
    expect(nodeOf([other], anInstance())).toBeUndefined();
    expect(nodeOf([mine], undefined)).toBeUndefined();
  });

  it('is Ready by the condition of that name alone', () => {
    expect([aClusterNode(), aClusterNode({ ready: false }), undefined].map(isNodeReady)).toEqual([true, false, false]);
    const disk = { type: 'DiskPressure', status: 'True' };
    expect(isNodeReady({ ...aClusterNode(), status: { conditions: [disk] } })).toBe(false);
    expect(isNodeReady({ ...aClusterNode(), status: {} })).toBe(false);
  });
});

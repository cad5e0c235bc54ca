import { describe, expect, it } from 'vitest';
import type { QuestDB } from '../../../hooks/api/generated/questdb.ts';
import type { QuestDBNode } from '../../../hooks/api/generated/questdbnode.ts';
import { nodeName } from '../../../hooks/api/names.ts';
import type { Facts } from '../../../hooks/questdb/observe.ts';
import { planNext, usableClaim } from '../../../hooks/questdb/plan.ts';
import { condition } from '../../fixtures/conditions.ts';
import {
  aDatabase,
  aNode,
  aStatefulSet,
  aVolume,
  databaseRequest,
  NODE_UID,
  observing,
  ON_NODE_INPUT,
  OWN_NODE,
  POD_INPUT,
  SETTLED,
  someFacts,
} from '../../fixtures/questdb.ts';
import { observe } from '../../../hooks/questdb/observe.ts';
import { aNodeClass, anIntent } from '../../fixtures/questdbnode.ts';

const { placement: _placement, ...POD } = POD_INPUT;
const unzoned = { instanceType: 'r6i.2xlarge', className: 'default' };
const onNode = (node: typeof unzoned & { zone?: string } = OWN_NODE) => aDatabase({ spec: { node } });
const withZone = (zone?: string) =>
  aVolume({
    status: {
      claimName: 'trades-data',
      ...(zone === undefined ? {} : { zone }),
      conditions: [condition('Ready', 'False', { reason: 'WaitingForFirstConsumer', message: 'No pod yet.' })],
    },
  });

describe('a database without a volume that is known', () => {
  const unknown = {
    step: 'AwaitVolume',
    reason: 'VolumeUnknown',
    message: 'Waiting for the QuestDBVolume to say whether there is data from before.',
  };
  it.each([
    ['no QuestDBVolume', undefined],
    ['one that was never looked at', aVolume({ status: {} })],
  ])('waits for it: %s', (_name, volume) => {
    expect(planNext(observing(aDatabase(), volume === undefined ? [] : [volume]))).toEqual(unknown);
  });

  it('says what the QuestDBVolume says', () => {
    const conditions = [
      condition('Ready', 'False', { reason: 'ForeignClaim', message: 'Not ours.' }),
      condition('Stalled', 'True', { reason: 'ForeignClaim', message: 'Not ours.' }),
    ];
    const volume = aVolume({ status: { claimName: 'trades-data', conditions } });
    expect(planNext(observing(aDatabase(), [volume]))).toEqual({
      step: 'AwaitVolume',
      reason: 'ForeignClaim',
      message: 'Not ours.',
    });
  });

  it('takes no QuestDBVolume of another name for its own', () => {
    const other = aVolume({ metadata: { name: 'trades-old' } });
    expect(planNext(observing(aDatabase(), [other]))).toEqual(unknown);
  });
});

describe('the claim a pod may mount', () => {
  const ready = condition('Ready', 'True');
  it.each([
    ['named and not stalled', { claimName: 'c', conditions: [ready, condition('Stalled', 'False')] }, 'c'],
    ['named, nothing said of being stalled', { claimName: 'c', conditions: [ready] }, 'c'],
    ['stalled', { claimName: 'c', conditions: [ready, condition('Stalled', 'True')] }, undefined],
    ['no name', { conditions: [ready] }, undefined],
    [
      'said of an older spec',
      { claimName: 'c', conditions: [condition('Ready', 'True', { observedGeneration: 0 })] },
      'c',
    ],
    ['nothing', {}, undefined],
  ])('%s', (_name, status, claim) => {
    expect(usableClaim(aVolume({ status }))).toBe(claim);
  });
});

describe('a database on any node', () => {
  it('is served when its claim is known', () => {
    expect(planNext(observing(aDatabase(), [aVolume()]))).toEqual({
      step: 'Serve',
      target: undefined,
      placement: { on: 'AnyNode' },
      ...POD,
    });
  });

  const own = aDatabase({ spec: { credentials: { secretName: 'mine' } } });
  const problem = 'it has no password.';

  it.each<[string, QuestDB, Facts['credentials'], string, string]>([
    [
      'somebody else has the Secret',
      aDatabase(),
      { state: 'Foreign' },
      'NameConflict',
      `Secret "trades-credentials" exists and is not this operator's. Rename or remove it; nothing was touched.`,
    ],
    [
      'the Secret that was made is damaged',
      aDatabase(),
      { state: 'Invalid', problem },
      'SecretInvalid',
      'Secret "trades-credentials": it has no password. Correct it, or delete it: a new one is made.',
    ],
    [
      'the Secret of the user is not there',
      own,
      { state: 'Absent' },
      'SecretNotFound',
      'Secret "mine", which spec.credentials names, does not exist in this namespace. Create it with the keys username and password.',
    ],
    [
      'the Secret of the user is not complete',
      own,
      { state: 'Invalid', problem },
      'SecretInvalid',
      'Secret "mine": it has no password. It needs username and password, and may have readonlyUsername and readonlyPassword.',
    ],
  ])('is not served when %s', (...[, database, credentials, reason, message]) => {
    expect(planNext(observing(database, [aVolume()], { credentials }))).toEqual({ step: 'Refuse', reason, message });
  });
});

describe('the zone of a new node', () => {
  const zoneOf = (observed: Parameters<typeof planNext>[0]) => {
    const plan = planNext(observed);
    return plan.step === 'AwaitNode' ? plan.target.need.zone : plan;
  };

  it('is that of the volume', () => {
    expect(zoneOf(observing(onNode(unzoned), [withZone('eu-west-1b')]))).toBe('eu-west-1b');
    expect(zoneOf(observing(onNode(), [withZone('eu-west-1a')]))).toBe('eu-west-1a');
  });

  it('is the one asked for, while the volume has none', () => {
    expect(zoneOf(observing(onNode({ ...unzoned, zone: 'eu-west-1c' }), [withZone()]))).toBe('eu-west-1c');
  });

  it('is refused when the volume is in another', () => {
    expect(planNext(observing(onNode(), [withZone('eu-west-1b')]))).toEqual({
      step: 'Refuse',
      reason: 'ZoneMismatch',
      message:
        'The volume is in eu-west-1b, which it cannot leave; spec.node.zone says eu-west-1a. Re-create this QuestDB with ' +
        'spec.node.zone eu-west-1b or without it: the data is kept.',
    });
  });

  it('is that of a node of the same need that is there', () => {
    const node = aNode({ spec: { zone: 'eu-west-1c' }, status: {} });
    expect(zoneOf(observing(onNode(unzoned), [withZone(), node]))).toBe('eu-west-1c');
  });

  it.each([
    ['type', { instanceType: 'm6i.large' }],
    ['class', { className: 'other' }],
  ])('is not that of a node of another %s', (_name, spec) => {
    const node = aNode({ spec: { zone: 'eu-west-1c', ...spec } });
    expect(zoneOf(observing(onNode(unzoned), [withZone(), node]))).toMatch(/^eu-west-1[ab]$/);
  });

  it('is one of the class otherwise, always the same for the same name, whatever their order', () => {
    const zones = (name: string, subnets: { zone: string; id: string }[]) => {
      const database = aDatabase({ metadata: { name }, spec: { node: unzoned } });
      const volume = aVolume({ ...withZone(), metadata: { name } });
      const request = databaseRequest(database, [volume], [aNodeClass({ subnets })]);
      return zoneOf(observe(request, someFacts()));
    };
    const subnets = ['a', 'b', 'c'].map((letter) => ({ zone: `eu-west-1${letter}`, id: `subnet-${letter}` }));
    const names = Array.from({ length: 30 }, (_value, index) => `db${index}`);
    const chosen = names.map((name) => zones(name, subnets));
    expect(names.map((name) => zones(name, [...subnets].reverse()))).toEqual(chosen);
    expect([...new Set(chosen)].sort()).toEqual(['eu-west-1a', 'eu-west-1b', 'eu-west-1c']);
  });

  it('needs the class', () => {
    const plan = planNext(observe(databaseRequest(onNode(unzoned), [withZone()], []), someFacts()));
    expect(plan).toEqual({
      step: 'Refuse',
      reason: 'NodeClassNotFound',
      message: 'QuestDBNodeClass "default" does not exist. Create it, or name one that exists.',
    });
  });

  it('needs no class when the zone is known', () => {
    expect(planNext(observe(databaseRequest(onNode(), [aVolume()], []), someFacts())).step).toBe('AwaitNode');
  });
});

describe('a node that is to be made', () => {
  const name = (counter: number) => nodeName('trades', OWN_NODE, counter);

  it('has the first name that is free', () => {
    expect(planNext(observing(onNode(), [aVolume()]))).toEqual({
      step: 'AwaitNode',
      target: { name: name(0), need: OWN_NODE },
      reason: 'NodeCreating',
      message: `QuestDBNode "${name(0)}" is made: one r6i.2xlarge in eu-west-1a.`,
    });
  });

  it('passes over names of nodes that are being deleted', () => {
    const dying = [name(0), name(1)].map((taken) =>
      aNode({ metadata: { name: taken, deletionTimestamp: '2026-03-01T11:00:00Z' } }),
    );
    expect(planNext(observing(onNode(), [aVolume(), ...dying]))).toMatchObject({ target: { name: name(2) } });
  });

  it.each([
    ['type', { instanceType: 'm6i.large' }],
    ['zone', { zone: 'eu-west-1b' }],
    ['class', { className: 'other' }],
  ])('is made beside one of another %s', (_name, spec) => {
    expect(planNext(observing(onNode(), [aVolume(), aNode({ spec })]))).toMatchObject({
      step: 'AwaitNode',
      reason: 'NodeCreating',
      target: { name: name(0) },
    });
  });
});

describe('a node that is there', () => {
  const target = { name: 'trades-abcdef01', need: OWN_NODE };
  const asked = (node: QuestDBNode, ...others: Parameters<typeof observing>[1] & object[]) =>
    planNext(observing(onNode(), [aVolume(), node, ...others]));
  const placement = { on: 'OwnNode', nodeUid: NODE_UID, requests: { cpu: '6320m', memory: '48Gi' } };

  const LOOKED_AT = 'Waiting for QuestDBNode "trades-abcdef01" to be looked at.';
  const MADE = 'QuestDBNode "trades-abcdef01" is made: one r6i.2xlarge in eu-west-1a.';
  const launching = (attempt: number, said = { reason: 'LaunchDecided', message: 'Written down.' }) => ({
    launch: anIntent({ attempt }),
    conditions: [condition('Ready', 'False', said)],
  });

  it('takes the pod when it is Ready, with four fifths of what it has', () => {
    expect(asked(aNode())).toEqual({ step: 'Serve', target, placement, ...POD });
  });

  it.each([
    ['was not looked at', {}, 'NodeCreating', MADE],
    ['is about to be launched', launching(1), 'NodeCreating', MADE],
    ['is about to be launched again', launching(2), 'LaunchDecided', 'Written down.'],
    [
      'waits for capacity at the first attempt',
      launching(1, { reason: 'InsufficientInstanceCapacity', message: 'None left.' }),
      'InsufficientInstanceCapacity',
      'None left.',
    ],
    ['is launched', launching(1, { reason: 'NodeNotJoined', message: 'Booting.' }), 'NodeNotJoined', 'Booting.'],
    [
      'is not Ready',
      { conditions: [condition('Ready', 'False', { reason: 'NodeNotJoined', message: 'Booting.' })] },
      'NodeNotJoined',
      'Booting.',
    ],
    [
      'was Ready for an older spec',
      { allocatable: {}, conditions: [condition('Ready', 'True', { observedGeneration: 0 })] },
      'NodeCreating',
      LOOKED_AT,
    ],
    [
      'says of an older spec that it is launched again',
      {
        ...launching(2),
        conditions: [condition('Ready', 'False', { reason: 'LaunchDecided', observedGeneration: 0 })],
      },
      'NodeCreating',
      LOOKED_AT,
    ],
  ])('is waited for when it %s', (_name, status, reason, message) => {
    expect(asked(aNode({ status }))).toEqual({ step: 'AwaitNode', target, reason, message });
  });

  it('is waited for as long as it does not say what it has', () => {
    expect(asked(aNode({ status: { conditions: [condition('Ready', 'True')] } })).step).toBe('AwaitNode');
  });

  it('keeps the pod that is on it, Ready or not, with the requests it has', () => {
    const requests = { cpu: '1', memory: '1Gi' };
    const set = aStatefulSet(onNode(), { ...ON_NODE_INPUT, placement: { on: 'OwnNode', nodeUid: NODE_UID, requests } });
    const lost = aNode({ status: { conditions: [condition('Ready', 'False')] } });
    for (const node of [aNode(), lost]) {
      expect(asked(node, set)).toEqual({ step: 'Serve', target, placement: { ...placement, requests }, ...POD });
    }
  });

  it.each([
    ['more CPU', { cpu: '8', memory: '1Gi' }],
    ['more memory', { cpu: '1', memory: '61Gi' }],
  ])('is asked for what it has by a pod that does not run and asks for %s, not by one that runs', (_name, requests) => {
    const input = { ...ON_NODE_INPUT, placement: { on: 'OwnNode' as const, nodeUid: NODE_UID, requests } };
    const waits = aStatefulSet(onNode(), input, { ...SETTLED, readyReplicas: 0 });
    expect(asked(aNode(), waits)).toMatchObject({ step: 'Serve', placement });
    expect(asked(aNode(), aStatefulSet(onNode(), input))).toMatchObject({ placement: { requests } });
  });

  it('does not take over the pod of another node before it is Ready', () => {
    const elsewhere = { on: 'OwnNode', nodeUid: 'another', requests: { cpu: '1', memory: '1Gi' } } as const;
    const set = aStatefulSet(onNode(), { ...ON_NODE_INPUT, placement: elsewhere });
    expect(asked(aNode({ status: {} }), set).step).toBe('AwaitNode');
    expect(asked(aNode(), set)).toMatchObject({ step: 'Serve', placement });
    expect(asked(aNode(), aStatefulSet(onNode()))).toMatchObject({ step: 'Serve', placement });
  });

  it('is the oldest of several of the same need, by name when they are as old', () => {
    const named = (name: string, creationTimestamp: string) => aNode({ metadata: { name, creationTimestamp } });
    const younger = named('trades-a', '2026-02-02T00:00:00Z');
    const older = [named('trades-c', '2026-02-01T00:00:00Z'), named('trades-b', '2026-02-01T00:00:00Z')];
    expect(asked(younger, ...older)).toMatchObject({ target: { name: 'trades-b' } });
  });
});

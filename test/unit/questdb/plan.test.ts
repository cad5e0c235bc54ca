import { describe, expect, it } from 'vitest';
import type { QuestDB } from '../../../hooks/api/generated/questdb.ts';
import { nodeName } from '../../../hooks/api/names.ts';
import type { Facts } from '../../../hooks/questdb/observe.ts';
import { planNext, usableClaim } from '../../../hooks/questdb/plan.ts';
import { condition } from '../../fixtures/conditions.ts';
import {
  aDatabase,
  aNode,
  aVolume,
  databaseRequest,
  observing,
  OWN_NODE,
  POD_INPUT,
  someFacts,
} from '../../fixtures/questdb.ts';
import { observe } from '../../../hooks/questdb/observe.ts';
import { aNodeClass } from '../../fixtures/questdbnode.ts';

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

import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../hooks/api/conditions.ts';
import type { QuestDBNode } from '../../../hooks/api/generated/questdbnode.ts';
import type { Facts } from '../../../hooks/questdb/observe.ts';
import { statusOf } from '../../../hooks/questdb/status.ts';
import type { DatabasePlan } from '../../../hooks/questdb/steps.ts';
import { STAMP } from '../../fixtures/clock.ts';
import { condition, LONG_AGO } from '../../fixtures/conditions.ts';
import {
  aDatabase,
  aNode,
  ANSWERED,
  aStatefulSet,
  aVolume,
  observing,
  ON_NODE_INPUT,
  OWN_NODE,
  POD_INPUT,
} from '../../fixtures/questdb.ts';

const SERVE: DatabasePlan = { step: 'Serve', target: undefined, ...POD_INPUT };
const target = { name: 'trades-abcdef01', need: OWN_NODE, token: undefined };
const SERVE_ON_NODE: DatabasePlan = { step: 'Serve', target, ...ON_NODE_INPUT };
const onNode = aDatabase({ spec: { node: OWN_NODE } });

type Observed = Parameters<typeof statusOf>[0];
const conditionIn = (observed: Observed, plan: DatabasePlan, type: string): Partial<Condition> => {
  const { status, reason, message } =
    statusOf(observed, plan).conditions?.find((candidate) => candidate.type === type) ?? ({} as Partial<Condition>);
  return { status, reason, message } as Partial<Condition>;
};
/** A database on any node whose StatefulSet is settled. */
const serving = (facts: Partial<Facts> = {}, before: Condition[] = [], volume = aVolume()): Observed => {
  const database = aDatabase({ status: { conditions: before } });
  return observing(database, [volume, aStatefulSet(database)], { probe: ANSWERED, ...facts });
};

describe('NodeReady', () => {
  const nodeOf = (plan: DatabasePlan, children: Parameters<typeof observing>[1] = [aNode()]) =>
    conditionIn(observing(onNode, children), plan, 'NodeReady');

  it('is True without spec.node', () => {
    expect(conditionIn(serving(), SERVE, 'NodeReady')).toEqual({
      status: 'True',
      reason: 'NotDedicated',
      message: 'The database runs on any node of the cluster.',
    });
  });

  it.each<[DatabasePlan, object]>([
    [
      { step: 'AwaitNode', target, reason: 'NodeNotJoined', message: 'Booting.' },
      { status: 'False', reason: 'NodeNotJoined', message: 'Booting.' },
    ],
    [
      { step: 'Refuse', reason: 'NodeClassNotFound', message: 'No class.' },
      { status: 'False', reason: 'NodeClassNotFound', message: 'No class.' },
    ],
    [
      { step: 'AwaitVolume', reason: 'VolumeUnknown', message: '' },
      { status: 'Unknown', reason: 'WaitingForVolume', message: 'The instance is chosen when the volume is known.' },
    ],
    [SERVE_ON_NODE, { status: 'True', reason: 'Ready', message: 'QuestDBNode "trades-abcdef01" is Ready.' }],
  ])('says what the plan %j says', (plan, finding) => {
    expect(nodeOf(plan)).toEqual(finding);
  });

  it('says what a node says that serves and is not Ready', () => {
    const conditions = [condition('Ready', 'False', { reason: 'InstanceStopped', message: 'Start it.' })];
    expect(nodeOf(SERVE_ON_NODE, [aNode({ status: { conditions } })])).toEqual({
      status: 'False',
      reason: 'InstanceStopped',
      message: 'Start it.',
    });
  });

  it('is False until the node has the tags, and was looked at with them', () => {
    const tagged = aDatabase({ spec: { node: { ...OWN_NODE, tags: { team: 'a' } } } });
    const readyOf = (node: QuestDBNode) => conditionIn(observing(tagged, [node]), SERVE_ON_NODE, 'NodeReady');
    const updating = {
      status: 'False',
      reason: 'NodeUpdating',
      message: 'QuestDBNode "trades-abcdef01" is given the tags of spec.node.',
    };
    expect(readyOf(aNode())).toEqual(updating);
    expect(readyOf(aNode({ spec: { tags: { team: 'b' } } }))).toEqual(updating);
    expect(readyOf(aNode({ spec: { tags: { team: 'a', more: 'b' } } }))).toEqual(updating);
    const given = { spec: { tags: { team: 'a' } } };
    expect(readyOf(aNode({ ...given, metadata: { generation: 2 } }))).toMatchObject({ reason: 'NodeUnknown' });
    expect(readyOf(aNode(given))).toMatchObject({ status: 'True' });
  });

  it('is what the node says that serves, also while the volume is in doubt', () => {
    const set = aStatefulSet(onNode, ON_NODE_INPUT);
    const awaitVolume: DatabasePlan = { step: 'AwaitVolume', reason: 'VolumeUnknown', message: '' };
    expect(nodeOf(awaitVolume, [set, aNode()])).toMatchObject({ status: 'True', reason: 'Ready' });
    expect(nodeOf(awaitVolume, [set])).toMatchObject({ status: 'Unknown', reason: 'WaitingForVolume' });
  });

  it.each([
    ['it has said nothing', [aNode({ status: {} })]],
    ['it is another one', [aNode({ metadata: { name: 'trades-other' } })]],
  ])('is False when %s', (_name, children) => {
    expect(nodeOf(SERVE_ON_NODE, children)).toEqual({
      status: 'False',
      reason: 'NodeUnknown',
      message: 'The QuestDBNode has not been looked at.',
    });
  });
});

describe('VolumeReady', () => {
  const unknown = {
    status: 'Unknown',
    reason: 'VolumeUnknown',
    message: 'The QuestDBVolume has not been looked at yet.',
  };
  it.each([
    ['there is none', [], unknown],
    ['it was not looked at', [aVolume({ status: {} })], unknown],
    ['it spoke of an older spec', [aVolume({ metadata: { generation: 2 } })], unknown],
    ['it is bound', [aVolume()], { status: 'True', reason: 'Bound', message: 'Claim "trades-data" is bound.' }],
  ])('is what the QuestDBVolume says: %s', (_name, children, finding) => {
    expect(conditionIn(observing(aDatabase(), children), SERVE, 'VolumeReady')).toEqual(finding);
  });
});

describe('Stalled', () => {
  const stalled = condition('Stalled', 'True', { reason: 'JoinTimeout', message: 'Look at the console.' });
  const said = { status: 'True', reason: 'JoinTimeout', message: 'Look at the console.' };
  const none = { status: 'False', reason: 'NotStalled', message: 'Nothing waits for a human.' };
  const stalledOf = (plan: DatabasePlan, children: Parameters<typeof observing>[1]) =>
    conditionIn(observing(onNode, children), plan, 'Stalled');
  const awaitVolume: DatabasePlan = { step: 'AwaitVolume', reason: 'X', message: '' };

  it('is what this hook itself refuses', () => {
    const plan: DatabasePlan = { step: 'Refuse', reason: 'NameConflict', message: 'Taken.' };
    expect(stalledOf(plan, [])).toEqual({ status: 'True', reason: 'NameConflict', message: 'Taken.' });
  });

  it('is what the volume or the wanted node says', () => {
    expect(stalledOf(awaitVolume, [aVolume({ status: { conditions: [stalled] } })])).toEqual(said);
    const node = aNode({ status: { conditions: [stalled] } });
    expect(stalledOf(SERVE_ON_NODE, [aVolume(), node])).toEqual(said);
    expect(stalledOf({ step: 'AwaitNode', target, reason: 'X', message: '' }, [node])).toEqual(said);
    expect(stalledOf(awaitVolume, [aStatefulSet(onNode, ON_NODE_INPUT), node])).toEqual(said);
  });

  it('is not what another node says, nor one that is not wanted yet', () => {
    const other = aNode({ metadata: { name: 'trades-other' }, status: { conditions: [stalled] } });
    expect(stalledOf(SERVE_ON_NODE, [aVolume(), aNode(), other])).toEqual(none);
    expect(stalledOf(awaitVolume, [aNode({ status: { conditions: [stalled] } })])).toEqual(none);
    expect(stalledOf(awaitVolume, [])).toEqual(none);
  });
});

describe('the rest of the status', () => {
  it('has where clients connect, and eleven conditions of this generation', () => {
    const { conditions = [], ...status } = statusOf(observing(aDatabase({ metadata: { generation: 3 } })), SERVE);
    expect(status).toEqual({
      endpoints: {
        http: 'http://trades.acme.svc:9000',
        ilp: 'trades.acme.svc:9009',
        postgres: 'trades.acme.svc:8812',
      },
      volume: {},
    });
    expect(conditions.map(({ type }) => type)).toEqual([
      'ConfigAccepted',
      'Expiring',
      'NodeReady',
      'Ready',
      'Replacing',
      'Resizing',
      'Stalled',
      'Suspended',
      'Upgrading',
      'VolumeReady',
      'WriteHealthy',
    ]);
    expect(conditions.every(({ observedGeneration }) => observedGeneration === 3)).toBe(true);
  });

  it('keeps the time of a condition that has not changed', () => {
    const times = (before: Condition[]) =>
      Object.fromEntries(
        (statusOf(serving({}, before), SERVE).conditions ?? []).map((c) => [c.type, c.lastTransitionTime]),
      );
    const before = [condition('Ready', 'True'), condition('Stalled', 'True')];
    expect(times(before)).toMatchObject({
      Ready: LONG_AGO,
      Stalled: STAMP,
      VolumeReady: STAMP,
    });
  });

  it('has the volume as it was reported', () => {
    expect(statusOf(observing(aDatabase(), [aVolume()]), SERVE).volume).toEqual({
      name: 'trades-data',
      volumeId: 'vol-0a1b2c3d4e5f60718',
      size: '100Gi',
    });
    const stalled = aVolume({
      status: { claimName: 'x', conditions: [condition('Ready', 'False'), condition('Stalled', 'True')] },
    });
    expect(statusOf(observing(aDatabase(), [stalled]), SERVE).volume).toEqual({});
  });

  it('has the volume it had while a database runs and the QuestDBVolume is in doubt', () => {
    const volume = { name: 'trades-data', volumeId: 'vol-0a1b2c3d4e5f60718', size: '100Gi' };
    const database = aDatabase({ status: { volume } });
    const volumeIn = (children: Parameters<typeof observing>[1]) =>
      statusOf(observing(database, children), SERVE).volume;
    const silent = aVolume({ status: {} });
    expect(volumeIn([silent, aStatefulSet(database)])).toEqual(volume);
    expect(volumeIn([aStatefulSet(database)])).toEqual(volume);
    expect(volumeIn([silent])).toEqual({});
    const grown = aVolume({ status: { claimName: 'trades-data', size: '200Gi' } });
    expect(volumeIn([grown, aStatefulSet(database)])).toEqual({ name: 'trades-data', size: '200Gi' });
  });

  it.each<[DatabasePlan, object | undefined]>([
    [SERVE_ON_NODE, { instanceId: 'i-0a1b2c3d4e5f60718' }],
    [{ step: 'AwaitNode', target, reason: 'X', message: '' }, { instanceId: 'i-0a1b2c3d4e5f60718' }],
    [SERVE, undefined],
    [{ step: 'AwaitVolume', reason: 'X', message: '' }, undefined],
    [{ step: 'Refuse', reason: 'ZoneMismatch', message: '' }, undefined],
  ])('has the node of the plan %j', (plan, node) => {
    const expected =
      node === undefined ? undefined : { name: target.name, ...node, instanceType: 'r6i.2xlarge', zone: 'eu-west-1a' };
    expect(statusOf(observing(onNode, [aNode()]), plan).node).toEqual(expected);
  });

  it('has no instance of a node that has none yet', () => {
    expect(statusOf(observing(onNode, [aNode({ status: {} })]), SERVE_ON_NODE).node).not.toHaveProperty('instanceId');
  });

  it('has the version the database answered last', () => {
    expect(statusOf(serving(), SERVE).version).toBe('9.3.4');
    const before = aDatabase({ status: { version: '9.2.3' } });
    expect(statusOf(observing(before), SERVE).version).toBe('9.2.3');
    expect(statusOf(observing(aDatabase()), SERVE)).not.toHaveProperty('version');
  });
});

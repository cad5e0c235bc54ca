import { describe, expect, it } from 'vitest';
import { RetryLater } from '../../../hooks/metacontroller/errors.ts';
import { shortHash } from '../../../hooks/api/names.ts';
import { gather } from '../../../hooks/questdb/facts.ts';
import { wasReady } from '../../../hooks/questdb/observe.ts';
import { placementOf } from '../../../hooks/questdb/statefulset.ts';
import { NOW } from '../../fixtures/clock.ts';
import { condition } from '../../fixtures/conditions.ts';
import { databaseWorld, type DatabaseFacts } from '../../fixtures/database-world.ts';
import { POD_UID, readyPod } from '../../fixtures/pod.ts';
import {
  A_SECRET,
  aDatabase,
  ANSWERED,
  aStatefulSet,
  databaseRequest,
  NODE_UID,
  ON_NODE_INPUT,
  POD_INPUT,
  FOUND,
  SETTLED,
} from '../../fixtures/questdb.ts';

const wasReadyBefore = aDatabase({ status: { conditions: [condition('Ready', 'True')] } });
const facts = async (
  parent = aDatabase(),
  set: ReturnType<typeof aStatefulSet> | undefined,
  found: DatabaseFacts = {},
) => {
  const world = databaseWorld({ live: parent, probe: ANSWERED, ...found });
  const gathered = await gather(world.ports, databaseRequest(parent, set === undefined ? [] : [set]));
  return { gathered, ...world };
};

describe('the live facts about a database', () => {
  it('are none of the cluster when it was Ready and nothing has changed, and no answer is waited for', async () => {
    const { gathered, reads } = await facts(wasReadyBefore, aStatefulSet(), { pod: readyPod() });
    expect(reads).toEqual(['last answer of pod whichever']);
    expect(gathered).toEqual({
      pod: undefined,
      credentials: FOUND,
      probe: ANSWERED,
      capacityRetrySeconds: 180,
      operatorNamespace: 'questdb-fleet',
      now: NOW,
    });
  });

  it.each([
    ['it was not Ready', aDatabase(), aStatefulSet()],
    [
      'it was Ready for an older spec',
      aDatabase({ metadata: { generation: 2 }, status: { conditions: [condition('Ready', 'True')] } }),
      aStatefulSet(),
    ],
  ])('have the pod, the first answer of its process and the Secret when %s', async (_name, parent, set) => {
    const { gathered, reads } = await facts(parent, set, { pod: readyPod() });
    expect(reads).toEqual(['pod', `first answer of pod ${POD_UID}`, 'credentials']);
    expect(gathered.pod).toEqual(readyPod());
  });

  it('have the pod and no answer while the template is rolled out', async () => {
    const set = aStatefulSet(aDatabase(), POD_INPUT, { ...SETTLED, readyReplicas: 0 });
    const { gathered, reads } = await facts(wasReadyBefore, set);
    expect(reads).toEqual(['pod', 'credentials']);
    expect(gathered.probe).toEqual({ result: undefined, isFresh: false });
  });

  it('have the Secret alone before there is a StatefulSet', async () => {
    const { reads } = await facts(aDatabase(), undefined);
    expect(reads).toEqual(['credentials']);
  });
});

describe('the credentials Secret', () => {
  const other = { state: 'Found', credentials: { ...A_SECRET, revision: 'new.1' }, rotation: undefined } as const;
  const askedWith = (revision: string | undefined) =>
    ({ result: { answered: false, askedWith: revision, message: 'HTTP 401' }, isFresh: true }) as const;

  it.each([
    ['is not looked at when the database is asked with it', A_SECRET.revision, FOUND, []],
    ['is looked at when the database is asked with another one', 'new.1', other, ['credentials']],
    ['is looked at when it could not be used', undefined, other, ['credentials']],
  ])('%s', async (...[, revision, credentials, looked]) => {
    const { gathered, reads } = await facts(wasReadyBefore, aStatefulSet(), {
      credentials: other,
      probe: askedWith(revision),
    });
    expect(gathered.credentials).toEqual(credentials);
    expect(reads.slice(1)).toEqual(looked);
  });

  it('is never made where the user names one', async () => {
    const own = aDatabase({ spec: { credentials: { secretName: 'mine' } } });
    const { gathered, effects } = await facts(own, undefined, { credentials: { state: 'Absent' } });
    expect([gathered.credentials, effects]).toEqual([{ state: 'Absent' }, []]);
  });

  const asking = (value: string, spec = {}) =>
    aDatabase({
      metadata: { annotations: { 'questdb-fleet.dev/rotate-credentials': value } },
      spec,
      status: { conditions: [condition('Ready', 'True')] },
    });

  it('gets a new password once for each value of the annotation, also while the database is Ready', async () => {
    const first = await facts(asking('june'), aStatefulSet());
    const rotation = shortHash(['june']);
    expect(first.effects).toEqual([
      {
        call: 'rotateCredentials',
        with: { namespace: 'acme', database: 'trades', revision: A_SECRET.revision, rotation },
      },
      expect.objectContaining({ call: 'record' }),
    ]);
    expect(first.gathered.credentials).toMatchObject({ credentials: { revision: `${A_SECRET.revision}1` }, rotation });
    const rotated = { state: 'Found', credentials: A_SECRET, rotation } as const;
    const again = await facts(asking('june'), aStatefulSet(), { credentials: rotated });
    expect(again.effects).toEqual([]);
    const next = await facts(asking('july'), aStatefulSet(), { credentials: rotated });
    expect(next.effects).toHaveLength(2);
  });

  it('is made for the request that is there, which is not seen to twice', async () => {
    const { effects } = await facts(asking('june'), undefined, { credentials: { state: 'Absent' } });
    expect(effects).toEqual([
      {
        call: 'createCredentials',
        with: { namespace: 'acme', database: 'trades', rotation: shortHash(['june']) },
      },
    ]);
  });

  it('of the user gets no new password', async () => {
    const { effects } = await facts(asking('june', { credentials: { secretName: 'mine' } }), aStatefulSet());
    expect(effects).toEqual([]);
  });

  it('gets none for a request that is not there any more', async () => {
    const world = databaseWorld({ live: aDatabase(), probe: ANSWERED });
    await expect(gather(world.ports, databaseRequest(asking('june'), [aStatefulSet()]))).rejects.toThrow(RetryLater);
    expect(world.effects).toEqual([]);
  });

  it('is made when there is none, once, after the QuestDB was read live', async () => {
    const { gathered, effects, reads } = await facts(aDatabase(), undefined, { credentials: { state: 'Absent' } });
    expect(reads).toEqual(['credentials', 'parent']);
    expect(effects).toEqual([{ call: 'createCredentials', with: { namespace: 'acme', database: 'trades' } }]);
    expect(gathered.credentials).toEqual(FOUND);
  });

  it('is left alone when it is somebody else', async () => {
    const { gathered, effects } = await facts(aDatabase(), undefined, { credentials: { state: 'Foreign' } });
    expect([gathered.credentials, effects]).toEqual([{ state: 'Foreign' }, []]);
  });

  it.each([
    ['is gone', null],
    ['is another one', aDatabase({ metadata: { uid: 'another' } })],
    ['has another spec', aDatabase({ metadata: { generation: 2 } })],
    ['is being deleted', aDatabase({ metadata: { deletionTimestamp: '2026-03-01T12:00:00Z' } })],
  ])('is not made when the QuestDB %s', async (_name, live) => {
    const world = databaseWorld({ live, credentials: { state: 'Absent' } });
    await expect(gather(world.ports, databaseRequest(aDatabase()))).rejects.toThrow(RetryLater);
    expect(world.effects).toEqual([]);
  });
});

describe('where a StatefulSet puts its pod', () => {
  const requests = { cpu: '6320m', memory: '48Gi' };
  it('is read off its template', () => {
    expect(placementOf(aStatefulSet())).toEqual({ on: 'AnyNode' });
    const set = aStatefulSet(aDatabase(), ON_NODE_INPUT);
    expect(placementOf(set)).toEqual({ on: 'OwnNode', nodeUid: NODE_UID, requests });
  });

  it('is known without requests too', () => {
    const set = aStatefulSet();
    const spec = { containers: [], nodeSelector: { 'questdb-fleet.dev/node': 'uid' } };
    const bare = { ...set, spec: { ...set.spec, template: { spec } } } as unknown as typeof set;
    expect(placementOf(bare)).toEqual({ on: 'OwnNode', nodeUid: 'uid', requests: { cpu: '0', memory: '0' } });
  });
});

describe('a database was Ready', () => {
  it.each([
    ['for this generation', [condition('Ready', 'True')], true],
    ['for an older one', [condition('Ready', 'True', { observedGeneration: 0 })], false],
    ['never', [condition('Ready', 'False')], false],
    ['in another respect', [condition('NodeReady', 'True')], false],
  ])('%s', (_name, conditions, was) => {
    expect(wasReady(aDatabase({ status: { conditions } }))).toBe(was);
  });
});

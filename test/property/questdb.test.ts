import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuestDB } from '../../hooks/api/generated/questdb.ts';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import type { QuestDBVolume } from '../../hooks/api/generated/questdbvolume.ts';
import { generationOf } from '../../hooks/api/kinds.ts';
import { NODE } from '../../hooks/api/labels.ts';
import type { DesiredObject, SyncRequest } from '../../hooks/metacontroller/contract.ts';
import { finalizeDatabase } from '../../hooks/questdb/finalize.ts';
import { isReady, statefulSetIn } from '../../hooks/questdb/observe.ts';
import { replicasOf, type StatefulSet } from '../../hooks/questdb/statefulset.ts';
import { usableClaim } from '../../hooks/questdb/plan.ts';
import { syncDatabase } from '../../hooks/questdb/sync.ts';
import { databaseWorld, type DatabaseFacts } from '../fixtures/database-world.ts';
import { deepFrozen } from '../fixtures/frozen.ts';
import { CHILD_KINDS } from '../fixtures/questdb.ts';
import { MARK, RUNS } from './arbitraries.ts';
import { applyChildren } from './cluster-model.ts';
import { answerOf, expectLawfulStatus, expectNoNull, onTheWire } from './lawful.ts';
import { databaseCase, type DatabaseCase } from './questdb-arbitrary.ts';

const sync = async ({ request, facts }: DatabaseCase) => {
  const world = databaseWorld(facts);
  const answer = await answerOf(syncDatabase(world.ports)(request));
  return { answer: answer === undefined ? undefined : onTheWire(answer), effects: world.effects };
};

const forAll = (law: (one: DatabaseCase) => Promise<void>) =>
  fc.assert(
    fc.asyncProperty(databaseCase(), (one) => law(deepFrozen(one))),
    RUNS,
  );

/** A law about whatever is answered. */
const forAnswers = (law: (children: DesiredObject[], one: DatabaseCase, status: unknown) => void) =>
  forAll(async (one) => {
    const { answer } = await sync(one);
    if (answer !== undefined) law(answer.children, one, answer.status);
  });

const names = (children: readonly DesiredObject[], kind: string): string[] =>
  children.filter((child) => child.kind === kind).map(({ metadata }) => metadata.name);

/** Whether it is sure that neither the volume is in doubt nor the spec refused: then all nodes are kept. */
const isDecided = ({ parent, children, related }: SyncRequest<QuestDB>): boolean =>
  Object.values(children['QuestDBVolume.questdb-fleet.dev/v1alpha1'] ?? {}).some(
    (volume) => usableClaim(volume as QuestDBVolume) !== undefined,
  ) &&
  parent.spec.node !== undefined &&
  parent.spec.node.zone === undefined &&
  Object.keys(related['QuestDBNodeClass.questdb-fleet.dev/v1alpha1'] ?? {}).length > 0;

describe('the laws of QuestDB', () => {
  it('the same request gets the same answer, byte for byte, and is not changed', () =>
    forAll(async (one) => {
      expect(JSON.stringify(await sync(one))).toBe(JSON.stringify(await sync(one)));
    }));

  it('nothing that holds data is a child, and nobody is given an owner', () =>
    forAnswers((children) => {
      const kinds = new Set(children.map(({ kind }) => kind));
      expect([...kinds].filter((kind) => !CHILD_KINDS.includes(kind))).toEqual([]);
      expect(JSON.stringify(children)).not.toMatch(/ownerReferences|volumeClaimTemplates/);
      expect(names(children, 'QuestDBVolume')).toHaveLength(1);
    }));

  it('a StatefulSet that is there is never left out, and is stopped only to make room for another instance', () =>
    forAnswers((children, { request: { parent, children: before, related } }) => {
      const current = statefulSetIn({ parent, children: before, related, finalizing: false });
      if (current === undefined) return;
      const set = children.find(({ kind }) => kind === 'StatefulSet') as StatefulSet | undefined;
      expect(set?.metadata.name).toBe(parent.metadata.name);
      const wanted = set === undefined ? undefined : replicasOf(set);
      expect([0, 1]).toContain(wanted);
      if (wanted === 0 && replicasOf(current) === 1) expect(parent.spec.node?.replacement).toBe('Recreate');
    }));

  it('a node that the pod is on, or is to be made for, is never left out', () =>
    forAnswers((children, { request, facts }) => {
      const set = statefulSetIn(request);
      const isStopped = set !== undefined && replicasOf(set) === 0;
      const placedOn = isStopped ? undefined : set?.spec?.template.spec?.nodeSelector?.[NODE];
      const uids = [placedOn, facts.pod?.spec?.nodeSelector?.[NODE]];
      const nodes = Object.values(request.children['QuestDBNode.questdb-fleet.dev/v1alpha1'] ?? {});
      const inUse = nodes.filter(
        ({ metadata }) => uids.includes(metadata.uid) && metadata.deletionTimestamp === undefined,
      );
      for (const { metadata } of inUse) expect(names(children, 'QuestDBNode')).toContain(metadata.name);
    }));

  it('a template moves only to a node that is Ready, and never together with the end of another', () =>
    forAnswers((children, { request }) => {
      const before = statefulSetIn(request)?.spec?.template.spec?.nodeSelector?.[NODE];
      const set = children.find(({ kind }) => kind === 'StatefulSet') as StatefulSet | undefined;
      const after = set?.spec?.template.spec?.nodeSelector?.[NODE];
      if (after === undefined || after === before) return;
      const nodes = Object.values(request.children['QuestDBNode.questdb-fleet.dev/v1alpha1'] ?? {}) as QuestDBNode[];
      const target = nodes.find(({ metadata }) => metadata.uid === after);
      expect(target === undefined ? undefined : isReady(target)).toBe(true);
      const left = nodes.find(({ metadata }) => metadata.uid === before && metadata.deletionTimestamp === undefined);
      if (left !== undefined) expect(names(children, 'QuestDBNode')).toContain(left.metadata.name);
    }));

  it('there are never more nodes than the one that is wanted, the one it runs on and those that are in use', () =>
    forAnswers((children, { request, facts }) => {
      const set = statefulSetIn(request);
      const isSeen = set?.status?.observedGeneration === set?.metadata.generation;
      if (!isSeen || !isDecided(request) || facts.credentials?.state === 'Foreign') return;
      const isElsewhere = facts.pod?.spec?.nodeSelector?.[NODE] !== undefined;
      expect(names(children, 'QuestDBNode').length).toBeLessThanOrEqual(isElsewhere ? 3 : 2);
    }));

  it('what the user wrote on a QuestDB is copied to no child', () =>
    forAnswers((children) => {
      expect(JSON.stringify(children)).not.toContain(MARK);
    }));

  it('every child has a name that its kind takes, and no null', () =>
    forAnswers((children) => {
      const all = children.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
      expect(new Set(all).size).toBe(all.length);
      for (const { metadata } of children) expect(metadata.name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
      expectNoNull(children);
    }));

  it('the status is what the schema takes', () =>
    forAnswers((_children, { request }, status) => {
      expectLawfulStatus('QuestDB', status, generationOf(request.parent));
    }));

  it('applying an answer comes to rest: no write, and the same answer for ever', () =>
    forAll(async (one) => {
      let current = one;
      for (let pass = 0; pass < 8; pass += 1) {
        const { answer } = await sync(current);
        if (answer === undefined) return;
        const { children, writes } = applyChildren(current.request.children, answer.children);
        const parent = { ...current.request.parent, status: answer.status };
        const others = Object.values(children['StatefulSet.apps/v1'] ?? {});
        const facts = { ...current.facts, live: parent, others };
        const next = { request: { ...current.request, parent, children }, facts };
        const isAtRest =
          writes.length === 0 && JSON.stringify(parent.status) === JSON.stringify(current.request.parent.status);
        if (isAtRest) {
          expect((await sync(next)).answer).toEqual(answer);
          return;
        }
        current = next;
      }
      throw new Error('it did not come to rest in 8 passes');
    }));
});

const stale: Record<string, (facts: DatabaseFacts) => DatabaseFacts> = {
  'is gone': (facts) => ({ ...facts, live: null }),
  'is another one': (facts) => withLive(facts, { uid: 'another' }),
  'has a newer spec': (facts) => withLive(facts, { generation: 9 }),
  'is being deleted': (facts) => withLive(facts, { deletionTimestamp: '2026-03-01T12:00:00Z' }),
};
const withLive = (facts: DatabaseFacts, metadata: object): DatabaseFacts =>
  facts.live ? { ...facts, live: { ...facts.live, metadata: { ...facts.live.metadata, ...metadata } } } : facts;

describe('the laws of QuestDB about requests that are old or forged', () => {
  it.each(Object.entries(stale))('nothing is done for a QuestDB that %s', (_name, change) =>
    forAll(async ({ request, facts }) => {
      const { effects } = await sync({ request, facts: change(facts) });
      expect(effects).toEqual([]);
    }),
  );

  it('a living QuestDB is never finalized', () =>
    forAll(async ({ request, facts }) => {
      const parent = {
        ...request.parent,
        metadata: { ...request.parent.metadata, deletionTimestamp: '2026-03-01T12:00:00Z' },
      };
      const world = databaseWorld(facts);
      expect(await answerOf(finalizeDatabase(world.ports)({ ...request, parent, finalizing: true }))).toBeUndefined();
      expect(world.effects).toEqual([]);
    }));

  it('a dying QuestDB is let go only when its pod is gone, and never names what it has not', () =>
    forAll(async ({ request, facts }) => {
      const parent = {
        ...request.parent,
        metadata: { ...request.parent.metadata, deletionTimestamp: '2026-03-01T12:00:00Z' },
      };
      const world = databaseWorld({ ...facts, live: parent });
      const answer = await answerOf(finalizeDatabase(world.ports)({ ...request, parent, finalizing: true }));
      if (answer === undefined) return;
      const observed = Object.values(request.children).flatMap((objects) => Object.values(objects));
      const had = new Set(observed.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
      expect(answer.children.filter(({ kind, metadata }) => !had.has(`${kind}/${metadata.name}`))).toEqual([]);
      expect(answer.children.filter(({ kind }) => kind === 'StatefulSet')).toEqual([]);
      expect(answer.finalized && observed.length > 0).toBe(false);
      expectLawfulStatus('QuestDB', onTheWire(answer.status), generationOf(parent));
    }));
});

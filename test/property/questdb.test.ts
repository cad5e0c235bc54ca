import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generationOf } from '../../hooks/api/kinds.ts';
import { NODE } from '../../hooks/api/labels.ts';
import type { DesiredObject } from '../../hooks/metacontroller/contract.ts';
import { finalizeDatabase } from '../../hooks/questdb/finalize.ts';
import { statefulSetIn } from '../../hooks/questdb/observe.ts';
import { syncDatabase } from '../../hooks/questdb/sync.ts';
import { databaseWorld, type DatabaseFacts } from '../fixtures/database-world.ts';
import { deedsIn } from '../fixtures/effects.ts';
import { deepFrozen } from '../fixtures/frozen.ts';
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

describe('the laws of QuestDB', () => {
  it('the same request gets the same answer, byte for byte, and is not changed', () =>
    forAll(async (one) => {
      expect(JSON.stringify(await sync(one))).toBe(JSON.stringify(await sync(one)));
    }));

  it('nothing that holds data is a child, and nobody is given an owner', () =>
    forAnswers((children) => {
      const kinds = new Set(children.map(({ kind }) => kind));
      const allowed = ['ConfigMap', 'QuestDBNode', 'QuestDBVolume', 'Service', 'StatefulSet'];
      expect([...kinds].filter((kind) => !allowed.includes(kind))).toEqual([]);
      expect(JSON.stringify(children)).not.toMatch(/ownerReferences|volumeClaimTemplates/);
      expect(names(children, 'QuestDBVolume')).toHaveLength(1);
    }));

  it('a StatefulSet that runs is never left out, and keeps its one pod', () =>
    forAnswers((children, { request }) => {
      if (statefulSetIn(request) === undefined) return;
      const set = children.find(({ kind }) => kind === 'StatefulSet');
      expect(set).toMatchObject({ metadata: { name: request.parent.metadata.name }, spec: { replicas: 1 } });
    }));

  it('a node that the pod is on is never left out', () =>
    forAnswers((children, { request }) => {
      const on = statefulSetIn(request)?.spec?.template.spec?.nodeSelector?.[NODE];
      const nodes = Object.values(request.children['QuestDBNode.questdb-fleet.dev/v1alpha1'] ?? {});
      const serving = nodes.find(({ metadata }) => metadata.uid === on && metadata.deletionTimestamp === undefined);
      if (serving !== undefined) expect(names(children, 'QuestDBNode')).toContain(serving.metadata.name);
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
      for (let pass = 0; pass < 6; pass += 1) {
        const { answer } = await sync(current);
        if (answer === undefined) return;
        const { children, writes } = applyChildren(current.request.children, answer.children);
        const parent = { ...current.request.parent, status: answer.status };
        const facts = { ...current.facts, live: parent };
        const next = { request: { ...current.request, parent, children }, facts };
        const isAtRest =
          writes.length === 0 && JSON.stringify(parent.status) === JSON.stringify(current.request.parent.status);
        if (isAtRest) {
          expect((await sync(next)).answer).toEqual(answer);
          return;
        }
        current = next;
      }
      throw new Error('it did not come to rest in 6 passes');
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
      expect(deedsIn(effects)).toEqual([]);
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

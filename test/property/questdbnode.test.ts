import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import { OWNER_UID } from '../../hooks/api/labels.ts';
import { finalizeNode } from '../../hooks/questdbnode/finalize.ts';
import type { Instance } from '../../hooks/questdbnode/ports.ts';
import { syncNode } from '../../hooks/questdbnode/sync.ts';
import { isNodeReady, nodeOf } from '../../hooks/questdbnode/cluster-node.ts';
import { deedsIn } from '../fixtures/effects.ts';
import { deepFrozen } from '../fixtures/frozen.ts';
import { nodeWorld, type NodeFacts } from '../fixtures/node-world.ts';
import { MARK, RUNS } from './arbitraries.ts';
import { answerOf, expectLawfulStatus, expectNoNull, onTheWire } from './lawful.ts';
import { aftermath } from './questdbnode-aftermath.ts';
import { nodeCase, type NodeCase } from './questdbnode-arbitrary.ts';

const sync = async ({ request, facts }: NodeCase) => {
  const world = nodeWorld(facts);
  const answer = await answerOf(syncNode(world.ports)(request));
  return { answer: answer === undefined ? undefined : onTheWire(answer), effects: world.effects };
};

const finalize = async ({ request, facts }: NodeCase) => {
  const world = nodeWorld(facts);
  const answer = await answerOf(finalizeNode(world.ports)({ ...request, finalizing: true }));
  return { answer: answer === undefined ? undefined : onTheWire(answer), effects: world.effects };
};

const forAll = (law: (one: NodeCase) => Promise<void>) =>
  fc.assert(
    fc.asyncProperty(nodeCase(), (one) => law(deepFrozen(one))),
    RUNS,
  );

const withStatus = ({ request, facts }: NodeCase, status: NonNullable<QuestDBNode['status']>): NodeCase => {
  const parent = { ...request.parent, status };
  return { request: { ...request, parent }, facts: { ...facts, live: parent } };
};

const dying = ({ request, facts }: NodeCase, deletionTimestamp = '2026-03-01T11:59:58Z'): NodeCase => {
  const parent = { ...request.parent, metadata: { ...request.parent.metadata, deletionTimestamp } };
  return { request: { ...request, parent }, facts: { ...facts, live: parent } };
};

const owned = ({ request, facts }: NodeCase): Instance[] =>
  (facts.fleet ?? []).filter(({ tags }) => tags[OWNER_UID] === request.parent.metadata.uid);

const PASSES = 12;

describe('the laws of QuestDBNode', () => {
  it('the same request gets the same answer, byte for byte, and is not changed', () =>
    forAll(async (one) => {
      expect(JSON.stringify(await sync(one))).toBe(JSON.stringify(await sync(one)));
      expect(JSON.stringify(await finalize(dying(one)))).toBe(JSON.stringify(await finalize(dying(one))));
    }));

  it('the status is what the schema takes, and has nothing of what the user wrote', () =>
    forAll(async (one) => {
      for (const { answer } of [await sync(one), await finalize(dying(one))]) {
        if (answer === undefined) continue;
        expectLawfulStatus('QuestDBNode', answer.status, 1);
        expectNoNull(answer);
        expect(answer.children).toEqual([]);
        expect(JSON.stringify(answer)).not.toContain(MARK);
      }
    }));

  it('EC2 is asked for an instance only as it was written down before, and never beside one that is there', () =>
    forAll(async (one) => {
      const launches = (await sync(one)).effects.filter(({ call }) => call === 'launch');
      expect(launches.length).toBeLessThan(2);
      for (const { with: intent } of launches) {
        expect(intent).toEqual(one.request.parent.status?.launch);
        expect(owned(one).filter(({ state }) => state === 'running' || state === 'pending')).toEqual([]);
        expect(one.request.parent.status?.instanceId).toBeUndefined();
      }
    }));

  it('an instance that is known is never forgotten, and an attempt is never gone back on', () =>
    forAll(async (one) => {
      const { answer } = await sync(one);
      const before = one.request.parent.status;
      if (answer === undefined) return;
      const known = [answer.status.instanceId, ...(answer.status.retiring ?? []).map(({ instanceId }) => instanceId)];
      if (before?.instanceId !== undefined && !isOver(one, before.instanceId))
        expect(known).toContain(before.instanceId);
      expect(answer.status.launch?.attempt ?? 0).toBeGreaterThanOrEqual(before?.launch?.attempt ?? 0);
      if (before?.allocatable !== undefined) expect(answer.status.allocatable).toEqual(before.allocatable);
    }));

  it('the same request twice makes one instance', () =>
    forAll(async ({ request, facts }) => {
      const world = nodeWorld(facts);
      await answerOf(syncNode(world.ports)(request));
      await answerOf(syncNode(world.ports)(request));
      expect(world.launched.size).toBeLessThan(2);
    }));

  it('it comes to rest: the same answer for ever, and nothing done', () =>
    forAll(async (one) => {
      const settled = {
        ...one,
        facts: { ...one.facts, launch: { outcome: 'Launched', instanceId: 'i-new' } as const },
      };
      let current: NodeCase = settled;
      for (let pass = 0; pass < PASSES; pass += 1) {
        const { answer, effects } = await sync(current);
        if (answer === undefined) return;
        const isSame = JSON.stringify(answer.status) === JSON.stringify(current.request.parent.status);
        if (isSame && deedsIn(effects).length === 0) return;
        current = aftermath(withStatus(current, answer.status), effects);
      }
      throw new Error(`it did not come to rest in ${PASSES} passes`);
    }));
});

const withLive = (facts: NodeFacts, metadata: object): NodeFacts =>
  facts.live ? { ...facts, live: { ...facts.live, metadata: { ...facts.live.metadata, ...metadata } } } : facts;
const stale: Record<string, (facts: NodeFacts) => NodeFacts> = {
  'is gone': (facts) => ({ ...facts, live: null }),
  'is another one': (facts) => withLive(facts, { uid: 'another' }),
  'has a newer spec': (facts) => withLive(facts, { generation: 9 }),
  'has a newer status': (facts) =>
    facts.live ? { ...facts, live: { ...facts.live, status: { ...facts.live.status, nodeName: 'newer' } } } : facts,
};

describe('the laws of QuestDBNode about requests that are old or forged', () => {
  it.each(Object.entries(stale))('nothing is done for one that %s', (_name, change) =>
    forAll(async (one) => {
      const late = dying(one);
      for (const { answer, effects } of [
        await sync({ ...one, facts: change(one.facts) }),
        await finalize({ ...late, facts: change(late.facts) }),
      ])
        expect([answer, effects]).toEqual([undefined, []]);
    }),
  );

  it('nothing is launched for one that is being deleted, and nothing terminated for one that is not', () =>
    forAll(async (one) => {
      expect((await sync(dying(one))).effects).toEqual([]);
      expect((await finalize(one)).effects).toEqual([]);
    }));
});

describe('the laws of machines that are lost', () => {
  const stateOf = ({ facts }: NodeCase, id: unknown) => facts.fleet?.find(({ instanceId }) => instanceId === id)?.state;
  const theNode = ({ facts }: NodeCase) => facts.nodes?.[0];

  it('a machine is stopped only as it was written down before, and while its Node is not Ready', () =>
    forAll(async (one) => {
      for (const { call, with: id } of (await sync(one)).effects) {
        if (call !== 'stop' && call !== 'forceStop') continue;
        expect(one.request.parent.status?.fence?.instanceId).toBe(id);
        expect(['running', 'stopping']).toContain(stateOf(one, id));
        const node = nodeOf(one.facts.nodes ?? [], String(id));
        if (call === 'stop') expect(isNodeReady(node)).toBe(false);
      }
    }));

  it('no Node is out of service while its machine may run', () =>
    forAll(async (one) => {
      for (const { effects } of [await sync(one), await finalize(dying(one))]) {
        if (!effects.some(({ call }) => call === 'taintOutOfService')) continue;
        const id = theNode(one)?.spec?.providerID?.split('/').at(-1);
        expect(['stopped', 'terminated', undefined]).toContain(stateOf(one, id));
      }
    }));

  it('a machine is started only when it is off, was not taken for lost and may run', () =>
    forAll(async (one) => {
      for (const { call, with: id } of (await sync(one)).effects) {
        if (call !== 'start') continue;
        expect(stateOf(one, id)).toBe('stopped');
        expect(one.request.parent.status?.fence?.instanceId).not.toBe(id);
        expect(one.request.parent.spec.relaunch).toBe('Allowed');
      }
    }));

  it('while it lives nothing is terminated but what was written down as replaced and has no volume', () =>
    forAll(async (one) => {
      for (const { call, with: id } of (await sync(one)).effects) {
        if (call !== 'terminate') continue;
        expect(one.request.parent.status?.retiring?.map(({ instanceId }) => instanceId)).toContain(id);
        expect(owned(one).find(({ instanceId }) => instanceId === id)?.dataVolumeIds).toEqual([]);
      }
    }));

  it('nothing follows, and nothing is started, once that is forbidden', () =>
    forAll(async (one) => {
      if (one.request.parent.spec.relaunch === 'Allowed' || one.request.parent.status?.instanceId === undefined) return;
      const { answer } = await sync(one);
      expect(answer?.status.launch).toEqual(one.request.parent.status.launch);
    }));
});

/** EC2 shows it as terminated, or does not show it: status may have lost it for good. */
const isOver = ({ facts }: NodeCase, id: string): boolean => {
  const state = facts.fleet?.find(({ instanceId }) => instanceId === id)?.state;
  return state === undefined || state === 'terminated';
};

describe('the laws of retiring an instance', () => {
  it('no instance is terminated that has a data volume, or that is not its own', () =>
    forAll(async (one) => {
      const terminated = deedsIn((await finalize(dying(one))).effects).filter(({ call }) => call === 'terminate');
      const allowed = owned(one).filter(({ dataVolumeIds }) => dataVolumeIds.length === 0);
      for (const { with: id } of terminated) expect(allowed.map(({ instanceId }) => instanceId)).toContain(id);
    }));

  it('it ends only when no instance of its own lives, and not right after a launch', () =>
    forAll(async (one) => {
      const { answer } = await finalize(dying(one));
      if (answer?.finalized !== true) return;
      expect(owned(one).filter(({ state }) => state !== 'terminated')).toEqual([]);
      const { launch, instanceId } = one.request.parent.status ?? {};
      // An instance with the token is there, also one whose owner tag somebody took off.
      const isShown =
        owned(one).length > 0 || one.facts.fleet?.some(({ clientToken }) => clientToken === launch?.token);
      const mayBeUnderWay = launch !== undefined && instanceId === undefined && isShown !== true;
      expect(mayBeUnderWay).toBe(false);
    }));
});

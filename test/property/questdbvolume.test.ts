import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuestDBVolume } from '../../hooks/api/generated/questdbvolume.ts';
import { isDataOf } from '../../hooks/api/labels.ts';
import type { Claim } from '../../hooks/questdbvolume/ports.ts';
import { finalizeVolume } from '../../hooks/questdbvolume/finalize.ts';
import { syncVolume } from '../../hooks/questdbvolume/sync.ts';
import { deedsIn } from '../fixtures/effects.ts';
import { deepFrozen } from '../fixtures/frozen.ts';
import { mapOf } from '../fixtures/questdb.ts';
import { IDENTITY } from '../fixtures/questdbvolume.ts';
import { volumeWorld, type VolumeFacts } from '../fixtures/volume-world.ts';
import { MARK, RUNS } from './arbitraries.ts';
import { answerOf, expectLawfulStatus, expectNoNull, onTheWire } from './lawful.ts';
import { volumeCase, type VolumeCase } from './questdbvolume-arbitrary.ts';

type World = ReturnType<typeof volumeWorld>;

const syncIn = async (world: World, request: VolumeCase['request']) => {
  const answer = await answerOf(syncVolume(world.ports)(request));
  return answer === undefined ? undefined : onTheWire(answer);
};
const sync = async ({ request, facts }: VolumeCase) => {
  const world = volumeWorld(facts);
  return { answer: await syncIn(world, request), effects: world.effects };
};
const finalize = async ({ request, facts }: VolumeCase) => {
  const world = volumeWorld(facts);
  const answer = await answerOf(finalizeVolume(world.ports)({ ...request, finalizing: true }));
  return { answer: answer === undefined ? undefined : onTheWire(answer), effects: world.effects };
};

const forAll = (law: (one: VolumeCase) => Promise<void>) =>
  fc.assert(
    fc.asyncProperty(volumeCase(), (one) => law(deepFrozen(one))),
    RUNS,
  );

const dying = ({ request, facts }: VolumeCase): VolumeCase => {
  const metadata = { ...request.parent.metadata, deletionTimestamp: '2026-03-01T11:59:58Z' };
  const parent = { ...request.parent, metadata };
  return { request: { ...request, parent }, facts: { ...facts, live: parent } };
};

/** What may be gone on with: the layout is told, the size grows. */
const fixedOf = (claim: Claim) => {
  const { 'questdb-fleet.dev/layout': _told, ...annotations } = claim.metadata.annotations ?? {};
  const { resources: _grows, ...spec } = claim.spec ?? {};
  return { ...claim, spec, metadata: { ...claim.metadata, annotations, resourceVersion: '' } };
};

describe('the laws of QuestDBVolume', () => {
  it('the same request gets the same answer, byte for byte, and is not changed', () =>
    forAll(async (one) => {
      expect(JSON.stringify(await sync(one))).toBe(JSON.stringify(await sync(one)));
      expect(JSON.stringify(await finalize(dying(one)))).toBe(JSON.stringify(await finalize(dying(one))));
    }));

  it('it has no children, so that nothing that holds data is one', () =>
    forAll(async (one) => {
      for (const { answer } of [await sync(one), await finalize(dying(one))]) {
        if (answer !== undefined) expect(answer.children).toEqual([]);
      }
    }));

  it('what it makes is owned by nobody, and has nothing of what the user wrote', () =>
    forAll(async (one) => {
      const { answer, effects } = await sync(one);
      expect(JSON.stringify([answer, effects])).not.toContain(MARK);
      expect(JSON.stringify(effects)).not.toContain('ownerReferences');
    }));

  it('the status is what the schema takes', () =>
    forAll(async (one) => {
      const { answer } = await sync(one);
      if (answer === undefined) return;
      const isNew = JSON.stringify(answer.status.conditions) !== JSON.stringify(one.request.parent.status?.conditions);
      if (isNew) expectLawfulStatus('QuestDBVolume', answer.status, 1);
      expectNoNull(answer);
    }));

  it('what is known of the volume is never forgotten', () =>
    forAll(async (one) => {
      const { answer } = await sync(one);
      if (answer === undefined) return;
      for (const fact of ['claimName', 'volumeName', 'volumeId'] as const) {
        if (one.request.parent.status?.[fact] !== undefined) expect(answer.status[fact]).toBeDefined();
      }
    }));

  it('a blank volume is asked for only when there is no trace of data', () =>
    forAll(async ({ request, facts }) => {
      const { effects } = await sync({ request, facts });
      const blank = effects.find(
        ({ call, with: made }) => call === 'createClaim' && !JSON.stringify(made).includes('volumeName'),
      );
      if (blank === undefined) return;
      const isOurs = (labels?: Readonly<Record<string, string>>) => labels?.['questdb-fleet.dev/database'] === 'trades';
      expect(
        facts.claims?.filter(({ metadata }) => metadata.name === 'trades-data' || isOurs(metadata.labels)),
      ).toEqual([]);
      expect(facts.persistentVolumes?.filter(({ metadata }) => isOurs(metadata.labels))).toEqual([]);
      expect(facts.ebsVolumes?.filter(({ tags }) => isOurs(tags))).toEqual([]);
      expect(request.parent.status?.volumeId).toBeUndefined();
      expect(request.parent.spec.from).toBeUndefined();
    }));

  it('a claim of somebody else is changed only when the user names it', () =>
    forAll(async ({ request, facts }) => {
      const { effects } = await sync({ request, facts });
      for (const effect of deedsIn(effects).filter(({ call }) => call === 'changeClaim')) {
        const { claim } = effect.with as { claim: string };
        const found = facts.claims?.find(({ metadata }) => metadata.name === claim);
        const isOurs = found !== undefined && isDataOf(IDENTITY, found.metadata);
        expect(isOurs || request.parent.spec.from?.claimName === claim).toBe(true);
      }
    }));

  it('the same request twice does nothing twice', () =>
    forAll(async ({ request, facts }) => {
      const world = volumeWorld(facts);
      await syncIn(world, request);
      const claims = [...world.claims.values()].map(fixedOf);
      await syncIn(world, request);
      // What the first pass left may be gone on with, for example bound; it is not made or changed again.
      for (const claim of claims) expect([...world.claims.values()].map(fixedOf)).toContainEqual(claim);
      expect(world.claims.size - (facts.claims?.length ?? 0)).toBeLessThan(2);
      expect(world.effects.filter(({ call }) => call === 'modify').length).toBeLessThan(2);
      expect(world.persistentVolumes.size - (facts.persistentVolumes?.length ?? 0)).toBeLessThan(2);
    }));

  it('it comes to rest: the same answer for ever, and nothing done', () =>
    forAll(async ({ request, facts }) => {
      let current: QuestDBVolume = request.parent;
      let state: VolumeFacts = facts;
      for (let pass = 0; pass < 8; pass += 1) {
        const world = volumeWorld({ ...state, live: current });
        const related = mapOf([
          ...Object.values(request.related['StorageClass.storage.k8s.io/v1'] ?? {}),
          ...world.claims.values(),
        ]);
        const answer = await syncIn(world, { ...request, parent: current, related });
        if (answer === undefined) return;
        const claims = [...world.claims.values()];
        const persistentVolumes = [...world.persistentVolumes.values()];
        if (JSON.stringify(answer.status) === JSON.stringify(current.status)) {
          expect(world.effects).toEqual([]);
          return;
        }
        current = { ...current, status: answer.status };
        const [ebsVolumes, modifications] = [[...world.ebs.values()], [...world.modifications.values()]];
        state = { ...state, claims, persistentVolumes, ebsVolumes, modifications };
      }
      throw new Error('it did not come to rest in 8 passes');
    }));
});

const withLive = (facts: VolumeFacts, metadata: object): VolumeFacts =>
  facts.live ? { ...facts, live: { ...facts.live, metadata: { ...facts.live.metadata, ...metadata } } } : facts;
const stale: Record<string, (facts: VolumeFacts) => VolumeFacts> = {
  'is gone': (facts) => ({ ...facts, live: null }),
  'is another one': (facts) => withLive(facts, { uid: 'another' }),
  'has a newer spec': (facts) => withLive(facts, { generation: 9 }),
  'has a newer status': (facts) =>
    facts.live ? { ...facts, live: { ...facts.live, status: { ...facts.live.status, zone: 'newer' } } } : facts,
};

describe('the laws of QuestDBVolume about requests that are old or forged', () => {
  it.each(Object.entries(stale))('nothing is done for one that %s', (_name, change) =>
    forAll(async (one) => {
      const late = dying(one);
      const finalized = await finalize({ ...late, facts: change(late.facts) });
      expect([finalized.answer, finalized.effects]).toEqual([undefined, []]);
      expect((await sync({ ...one, facts: change(one.facts) })).effects).toEqual([]);
    }),
  );

  it('nothing is made for one that is being deleted, and nothing marked for one that is not', () =>
    forAll(async (one) => {
      expect((await sync(dying(one))).effects).toEqual([]);
      expect((await finalize(one)).effects).toEqual([]);
    }));

  it('a deletion always ends, and marks no claim of somebody else', () =>
    forAll(async (one) => {
      const { answer, effects } = await finalize(dying(one));
      expect(answer?.finalized).toBe(true);
      for (const effect of effects.filter(({ call }) => call === 'changeClaim')) {
        const { claim } = effect.with as { claim: string };
        const found = one.facts.claims?.find(({ metadata }) => metadata.name === claim);
        expect(found !== undefined && isDataOf(IDENTITY, found.metadata)).toBe(true);
      }
    }));
});

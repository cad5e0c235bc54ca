import { describe, expect, it } from 'vitest';
import type { QuestDBVolume } from '../../../hooks/api/generated/questdbvolume.ts';
import { RetryLater } from '../../../hooks/metacontroller/errors.ts';
import { isStillUnbound } from '../../../hooks/questdbvolume/observe.ts';
import { syncVolume } from '../../../hooks/questdbvolume/sync.ts';
import { condition } from '../../fixtures/conditions.ts';
import { mapOf } from '../../fixtures/questdb.ts';
import { aClaim, aVolumeParent } from '../../fixtures/questdbvolume.ts';
import { volumeWorld, type VolumeFacts } from '../../fixtures/volume-world.ts';

type Claim = ReturnType<typeof aClaim>;

const unbound = (changes: Parameters<typeof aClaim>[0] = {}): Claim => {
  const claim = aClaim({ status: { phase: 'Pending' }, ...changes });
  const { volumeName: _none, ...spec } = claim.spec ?? {};
  return { ...claim, spec: { ...spec, ...changes.spec } };
};

const waiting = (changes: Partial<ReturnType<typeof condition>> = {}) =>
  condition('Ready', 'False', { reason: 'WaitingForFirstConsumer', message: 'Waits.', ...changes });

const parentWith = (ready = waiting(), status: QuestDBVolume['status'] = {}, metadata = {}) =>
  aVolumeParent({
    metadata,
    status: {
      claimName: 'trades-data',
      conditions: [ready, condition('Stalled', 'False')],
      observedGeneration: 1,
      ...status,
    },
  });

const requestOf = (parent: QuestDBVolume, claims: Claim[]) => ({
  parent,
  children: {},
  related: mapOf(claims),
  finalizing: false,
});

const pass = async (parent: QuestDBVolume, claims: Claim[], facts: VolumeFacts = {}) => {
  const world = volumeWorld({ live: parent, claims, ...facts });
  return { answer: await syncVolume(world.ports)(requestOf(parent, claims)), ...world };
};

describe('a claim that still waits for the pod', () => {
  it('is looked at no further: its QuestDBVolume is read, and says what it said', async () => {
    const parent = parentWith();
    const { answer, reads, effects } = await pass(parent, [unbound()]);
    expect([reads, effects]).toEqual([['parent'], []]);
    const { observedGeneration: _metacontroller, ...said } = parent.status ?? {};
    expect(answer).toEqual({ status: said, children: [], resyncAfterSeconds: 30 });
  });

  it('says by that what a full pass would say', async () => {
    const full = await pass(parentWith(waiting({ reason: 'WaitingForBinding' })), [unbound()]);
    expect(full.reads.length).toBeGreaterThan(1);
    const again = await pass(aVolumeParent({ status: full.answer.status }), [unbound()]);
    expect(again.reads).toEqual(['parent']);
    expect(again.answer).toEqual(full.answer);
  });

  const rows: [when: string, parent: QuestDBVolume, claims: Claim[]][] = [
    ['its QuestDBVolume said something else', parentWith(waiting({ reason: 'WaitingForBinding' })), [unbound()]],
    ['nothing was said yet', aVolumeParent({ status: { claimName: 'trades-data' } }), [unbound()]],
    ['that was said of an older spec', parentWith(waiting({ observedGeneration: 0 })), [unbound()]],
    ['there is none', parentWith(), []],
    ['another one waits', parentWith(), [unbound({ metadata: { name: 'other' } })]],
    ['which one it is was not said', parentWith(waiting(), { claimName: undefined } as never), [unbound()]],
    ['it is bound', parentWith(), [unbound({ status: { phase: 'Bound' } })]],
    ['it is lost', parentWith(), [unbound({ status: { phase: 'Lost' } })]],
    ['it has no status yet', parentWith(), [unbound({ status: {} })]],
    ['it has been given a volume', parentWith(), [unbound({ spec: { volumeName: 'pvc-1' } })]],
    ['it is being deleted', parentWith(), [unbound({ metadata: { deletionTimestamp: '2026-03-01T12:00:00Z' } })]],
  ];

  it.each(rows)('is not taken for one when %s: all is looked at', async (_when, parent, claims) => {
    expect(isStillUnbound(requestOf(parent, claims))).toBe(false);
    const { reads } = await pass(parent, claims);
    expect(reads.length).toBeGreaterThan(1);
  });

  it.each([
    ['is gone', null],
    ['is another one', parentWith(waiting(), {}, { uid: 'another' })],
    ['has another spec', parentWith(waiting(), {}, { generation: 2 })],
    ['is being deleted', parentWith(waiting(), {}, { deletionTimestamp: '2026-03-01T12:00:00Z' })],
    ['says something else by now', parentWith(waiting({ reason: 'ForeignClaim' }))],
  ])('is answered for nobody who %s', async (_what, live) => {
    await expect(pass(parentWith(), [unbound()], { live })).rejects.toThrow(RetryLater);
  });
});

import { describe, expect, it } from 'vitest';
import type { Observed } from '../../../hooks/questdbvolume/observe.ts';
import { planNext } from '../../../hooks/questdbvolume/plan.ts';
import {
  aClaim,
  aPersistentVolume,
  anEbsVolume,
  aVolumeParent,
  observingVolume,
  VOLUME_ID,
  VOLUME_LABELS,
} from '../../fixtures/questdbvolume.ts';

const plan = (changes: Partial<Observed>) => planNext(observingVolume(changes));
const refusal = (reason: string, message: string) => ({ step: 'Refuse', reason, message });
const claimed = (claim: Observed['claim'], changes: Partial<Observed> = {}) =>
  plan({ claim, persistentVolume: aPersistentVolume(), ...changes });
const LABELS = { 'questdb-fleet.dev/database': 'trades' };
const RETAINED = { 'questdb-fleet.dev/retained': 'true' };
const DELETED = { deletionTimestamp: '2026-03-01T12:00:00Z' };

describe("a claim that is this database's", () => {
  it('is kept when it is bound and its volume is secure', () => {
    expect(claimed(aClaim())).toEqual({ step: 'Keep', claim: aClaim(), persistentVolume: aPersistentVolume() });
  });

  it.each([
    ['has no labels', aPersistentVolume({ metadata: { labels: {} } })],
    [
      'has the labels of another database',
      aPersistentVolume({ metadata: { labels: { ...VOLUME_LABELS, 'questdb-fleet.dev/database': 'other' } } }),
    ],
    ['would be deleted with its claim', aPersistentVolume({ spec: { persistentVolumeReclaimPolicy: 'Delete' } })],
  ])('has its volume secured when that %s', (_name, persistentVolume) => {
    expect(claimed(aClaim(), { persistentVolume })).toEqual({ step: 'Secure', claim: aClaim(), persistentVolume });
  });

  it('is taken back when it was retained', () => {
    const claim = aClaim({ metadata: { labels: { ...LABELS, ...RETAINED } } });
    expect(claimed(claim)).toEqual({ step: 'TakeClaim', claim });
  });

  it.each([
    [
      'ClaimTerminating',
      aClaim({ metadata: DELETED }),
      'Claim "trades-data" is being deleted, which ends when no pod uses it. Its volume is kept, and a new claim takes it up at the database\'s next start: kubectl delete pod does that now.',
    ],
    [
      'WaitingForFirstConsumer',
      aClaim({ spec: {}, status: { phase: 'Pending' } }),
      `Claim "trades-data" gets its volume when the database's pod is scheduled.`,
    ],
    [
      'WaitingForBinding',
      aClaim({ status: { phase: 'Pending' } }),
      'Claim "trades-data" waits to be bound to PersistentVolume "pvc-1".',
    ],
  ])('is waited for: %s', (reason, claim, message) => {
    expect(claimed(claim)).toEqual({ step: 'Wait', reason, message });
  });

  it('is lost when its PersistentVolume is gone, and nothing shows which volume it was', () => {
    const lost = refusal(
      'ClaimLost',
      'PersistentVolume "pvc-1" of claim "trades-data" is gone. Delete the claim: if the volume behind it still exists it is ' +
        'found by its tags and taken up again.',
    );
    expect(plan({ claim: aClaim() })).toEqual(lost);
    expect(plan({ claim: aClaim({ status: { phase: 'Lost' } }) })).toEqual(lost);
    expect(plan({ claim: aClaim({ status: { phase: 'Pending' } }) })).toEqual(lost);
    const another = { ...aPersistentVolume(), metadata: { ...aPersistentVolume().metadata, name: 'pvc-2' } };
    const found = { persistentVolumes: [another], ebsVolumes: [anEbsVolume()] };
    expect(plan({ claim: aClaim(), found })).toEqual(lost);
    const two = [anEbsVolume(), anEbsVolume({ volumeId: 'vol-2' })];
    expect(plan({ claim: aClaim(), found: { persistentVolumes: [], ebsVolumes: two } })).toEqual(lost);
    const parent = aVolumeParent({ status: { volumeId: 'vol-2' } });
    expect(plan({ claim: aClaim(), parent, found: { persistentVolumes: [], ebsVolumes: [anEbsVolume()] } })).toEqual(
      lost,
    );
  });

  it('has its PersistentVolume made anew where one volume is tagged as its own', () => {
    const claim = aClaim({ status: { phase: 'Lost' } });
    const found = { persistentVolumes: [], ebsVolumes: [anEbsVolume()] };
    const made = { step: 'MakePersistentVolume', volume: anEbsVolume(), lostBy: claim };
    expect(plan({ claim, found })).toEqual(made);
    expect(plan({ claim, found, parent: aVolumeParent({ status: { volumeId: VOLUME_ID } }) })).toEqual(made);
  });

  it('is bound again when its PersistentVolume is back, and never to that of another claim', () => {
    const claim = aClaim({ status: { phase: 'Lost' } });
    expect(claimed(claim)).toMatchObject({ step: 'Wait', reason: 'WaitingForBinding' });
    const claimRef = { namespace: 'acme', name: 'trades-data', uid: 'another' };
    expect(claimed(claim, { persistentVolume: aPersistentVolume({ spec: { claimRef } }) })).toMatchObject({
      reason: 'ClaimBoundElsewhere',
    });
  });

  it('is not served when EC2 does not know its volume, but for what was just made', () => {
    expect(claimed(aClaim(), { bound: 'Gone' })).toMatchObject({ step: 'Refuse', reason: 'VolumeMissing' });
    const made = (creationTimestamp: string) => aPersistentVolume({ metadata: { creationTimestamp } });
    expect(claimed(aClaim(), { bound: 'Gone', persistentVolume: made('2026-03-01T11:59:01Z') })).toMatchObject({
      step: 'Wait',
      reason: 'VolumeNotVisible',
    });
    expect(claimed(aClaim(), { bound: 'Gone', persistentVolume: made('2026-03-01T11:59:00Z') })).toMatchObject({
      reason: 'VolumeMissing',
    });
  });

  it('has the tags put back that somebody took off', () => {
    const bound = anEbsVolume({ tags: {} });
    expect(claimed(aClaim(), { bound }).step).toBe('Secure');
  });

  it('is not kept when the user names another volume', () => {
    const naming = (volumeHandle: string) => aVolumeParent({ spec: { from: { volumeHandle } } });
    expect(claimed(aClaim(), { parent: naming(VOLUME_ID) })).toEqual({ step: 'TakeClaim', claim: aClaim() });
    const told = { ...aClaim().metadata.annotations, 'questdb-fleet.dev/layout': 'Root' };
    const [claim, volume] = [
      aClaim({ metadata: { annotations: told } }),
      aPersistentVolume({ metadata: { annotations: told } }),
    ];
    const bound = anEbsVolume({ tags: { ...VOLUME_LABELS, 'questdb-fleet.dev/layout': 'Root' } });
    expect(claimed(claim, { parent: naming(VOLUME_ID), persistentVolume: volume, bound }).step).toBe('Keep');
    expect(claimed(aClaim(), { parent: naming('vol-2') })).toEqual(
      refusal(
        'AmbiguousData',
        `Claim "trades-data" holds this database's data from before on volume ${VOLUME_ID}; spec.storage.from names vol-2. Remove ` +
          'spec.storage.from, or give the database another name. Nothing was touched.',
      ),
    );
  });

  it('is not kept when its volume is bound to another one', () => {
    const claimRef = { namespace: 'acme', name: 'trades-data', uid: 'another' };
    for (const persistentVolume of [aPersistentVolume({ spec: { claimRef } }), { ...aPersistentVolume(), spec: {} }]) {
      expect(claimed(aClaim(), { persistentVolume })).toEqual(
        refusal(
          'ClaimBoundElsewhere',
          'Claim "trades-data" names PersistentVolume "pvc-1", which is bound to another claim.',
        ),
      );
    }
  });
});

describe('a claim of somebody else', () => {
  const foreign = aClaim({ metadata: { labels: {}, annotations: {} } });
  const fromClaim = aVolumeParent({ spec: { from: { claimName: 'trades-data' } } });

  it.each([
    ['nothing', { labels: {}, annotations: {} }],
    ['the label alone', { labels: LABELS, annotations: {} }],
    ['the annotation alone', { labels: {} }],
    ['another namespace', { annotations: { 'questdb-fleet.dev/owner': 'other/trades' } }],
    ['another database', { labels: { 'questdb-fleet.dev/database': 'other' } }],
  ])('is not touched when it says %s', (_name, metadata) => {
    expect(claimed(aClaim({ metadata }))).toEqual(
      refusal(
        'ForeignClaim',
        `PersistentVolumeClaim "trades-data" exists and does not say that it is this database's. Rename the database, or take the ` +
          'claim with spec.storage.from.claimName: trades-data. Nothing was touched.',
      ),
    );
  });

  it('is taken when the user names it and nobody uses it', () => {
    expect(claimed(foreign, { parent: fromClaim })).toEqual({ step: 'TakeClaim', claim: foreign });
    const other = aVolumeParent({ spec: { from: { claimName: 'another' } } });
    expect(claimed(foreign, { parent: other })).toMatchObject({ reason: 'ForeignClaim' });
  });

  it('is not taken from who uses it', () => {
    expect(claimed(foreign, { parent: fromClaim, otherUsers: ['pod a', 'QuestDB acme/old'] })).toEqual(
      refusal(
        'DataInUse',
        'PersistentVolumeClaim "trades-data" is in use by pod a, QuestDB acme/old. Stop that first; nothing was touched.',
      ),
    );
  });
});

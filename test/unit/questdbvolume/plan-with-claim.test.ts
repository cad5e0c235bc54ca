import { describe, expect, it } from 'vitest';
import type { Observed } from '../../../hooks/questdbvolume/observe.ts';
import { planNext } from '../../../hooks/questdbvolume/plan.ts';
import {
  aClaim,
  aPersistentVolume,
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
      'Claim "trades-data" is being deleted, which ends when no pod uses it. Its volume is kept, and a new claim takes it up then.',
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

  it.each([
    ['says so', aClaim({ status: { phase: 'Lost' } }), aPersistentVolume()],
    ['is bound to nothing', aClaim(), undefined],
  ])('is lost when it %s', (_name, claim, persistentVolume) => {
    expect(plan({ claim, persistentVolume })).toEqual(
      refusal(
        'ClaimLost',
        'PersistentVolume "pvc-1" of claim "trades-data" is gone. Delete the claim: if the volume behind it still exists it is ' +
          'found by its tags and taken up again.',
      ),
    );
  });

  it('is lost when it names a volume that is gone, bound or not', () => {
    expect(plan({ claim: aClaim({ status: { phase: 'Pending' } }) })).toMatchObject({ reason: 'ClaimLost' });
  });

  it('is not kept when it is too small', () => {
    const claim = aClaim({ status: { phase: 'Bound', capacity: { storage: '102399Mi' } } });
    expect(claimed(claim)).toEqual(
      refusal(
        'VolumeTooSmall',
        'The data from before is on a volume of 102399Mi; spec.storage.size says 100Gi, and this release cannot grow volumes. ' +
          'Re-create the QuestDB with spec.storage.size 102399Mi: the data is kept.',
      ),
    );
    expect(claimed(aClaim({ status: { phase: 'Bound' } })).step).toBe('Keep');
    expect(claimed(aClaim({ status: { phase: 'Bound', capacity: { storage: '1Ti' } } })).step).toBe('Keep');
  });

  it('is not kept when the user names another volume', () => {
    const naming = (volumeHandle: string) => aVolumeParent({ spec: { from: { volumeHandle } } });
    expect(claimed(aClaim(), { parent: naming(VOLUME_ID) }).step).toBe('Keep');
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

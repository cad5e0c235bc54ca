import { describe, expect, it } from 'vitest';
import type { Observed } from '../../../hooks/questdbvolume/observe.ts';
import { planNext } from '../../../hooks/questdbvolume/plan.ts';
import {
  aClaim,
  anEbsVolume,
  aPersistentVolume,
  aStorageClass,
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

describe('the empty-volume guard', () => {
  const pv = aPersistentVolume();
  const ebs = anEbsVolume();
  const found = (
    persistentVolumes: Observed['found']['persistentVolumes'],
    ebsVolumes: Observed['found']['ebsVolumes'],
  ) => ({
    found: { persistentVolumes, ebsVolumes },
  });

  it('makes a blank claim when nothing at all was found', () => {
    expect(plan({})).toEqual({ step: 'CreateBlank' });
  });

  it('binds to the PersistentVolume, with and without its EBS volume', () => {
    expect(plan(found([pv], [ebs]))).toEqual({ step: 'Bind', persistentVolume: pv });
    expect(plan(found([pv], []))).toEqual({ step: 'Bind', persistentVolume: pv });
  });

  it('makes the PersistentVolume of a lone EBS volume', () => {
    expect(plan(found([], [ebs]))).toEqual({ step: 'MakePersistentVolume', volume: ebs });
  });

  it.each([
    [
      'two PersistentVolumes',
      [pv, aPersistentVolume({ metadata: { name: 'pvc-2' }, spec: { csi: { driver: 'd', volumeHandle: 'vol-2' } } })],
      [],
    ],
    ['two EBS volumes', [], [anEbsVolume({ volumeId: 'vol-2' }), ebs]],
    ['one of each', [pv], [anEbsVolume({ volumeId: 'vol-2' })]],
  ])('does nothing when it finds %s', (_name, persistentVolumes, ebsVolumes) => {
    expect(plan(found(persistentVolumes, ebsVolumes))).toEqual(
      refusal(
        'AmbiguousData',
        `More than one volume is labelled or tagged as this database's data: ${VOLUME_ID}, vol-2. Take the labels and tags ` +
          'questdb-fleet.dev/database off all but the right one. Nothing was touched.',
      ),
    );
  });

  it('knows volumes that are no CSI volumes by their name', () => {
    const local = (name: string) => {
      const { csi: _csi, ...spec } = pv.spec ?? {};
      return { ...pv, metadata: { ...pv.metadata, name }, spec };
    };
    expect(plan(found([local('a'), local('b')], []))).toMatchObject({ reason: 'AmbiguousData' });
  });

  it('does nothing when what it finds is not what the user names', () => {
    const parent = aVolumeParent({ spec: { from: { volumeHandle: 'vol-0ther' } } });
    expect(plan({ parent, ...found([], [ebs]) })).toMatchObject({ reason: 'AmbiguousData' });
    const same = aVolumeParent({ spec: { from: { volumeHandle: VOLUME_ID } } });
    expect(plan({ parent: same, ...found([pv], [ebs]) })).toMatchObject({ step: 'Bind' });
  });

  it('waits for a PersistentVolume that is being deleted', () => {
    expect(plan(found([aPersistentVolume({ metadata: DELETED })], [ebs]))).toEqual({
      step: 'Wait',
      reason: 'PersistentVolumeTerminating',
      message: `PersistentVolume "pvc-1" with this database's data is being deleted; the volume behind it is kept.`,
    });
  });

  it.each([
    ['bound to a claim of another name', { namespace: 'acme', name: 'x' }, 'Bound', 'acme/x'],
    ['bound in another namespace', { namespace: 'other', name: 'trades-data' }, 'Bound', 'other/trades-data'],
  ])('does nothing when the PersistentVolume is %s', (_name, claimRef, phase, holder) => {
    const held = aPersistentVolume({ spec: { claimRef }, status: { phase } });
    expect(plan(found([held], []))).toEqual(
      refusal('DataInUse', `PersistentVolume "pvc-1" with this database's data is bound to claim ${holder}.`),
    );
  });

  it.each([
    ['released by a claim of another name', { claimRef: { namespace: 'acme', name: 'x' } }, 'Released'],
    ['bound to a claim that is gone', { claimRef: { namespace: 'acme', name: 'trades-data' } }, 'Bound'],
    ['bound to nothing that is named', { claimRef: {} }, 'Bound'],
    ['free', {}, 'Available'],
  ])('binds to the PersistentVolume when it is %s', (_name, spec, phase) => {
    expect(plan(found([aPersistentVolume({ spec, status: { phase } })], []))).toMatchObject({ step: 'Bind' });
  });

  it('makes nothing in the place of a volume that is known and gone', () => {
    const parent = aVolumeParent({ status: { volumeId: VOLUME_ID } });
    expect(plan({ parent })).toEqual(
      refusal(
        'VolumeMissing',
        `This database's data is on volume ${VOLUME_ID}, and neither a claim nor a PersistentVolume nor EC2 shows it any more. ` +
          'No empty volume is made in its place. Restore it, or delete this QuestDB to start anew.',
      ),
    );
  });

  it('makes nothing in the place of a claim that the user names', () => {
    const parent = aVolumeParent({ spec: { from: { claimName: 'old-data' } } });
    expect(plan({ parent })).toEqual(
      refusal(
        'ClaimNotFound',
        'PersistentVolumeClaim "old-data" of spec.storage.from does not exist in this namespace.',
      ),
    );
  });

  it('needs the StorageClass, whatever is found', () => {
    expect(plan({ storageClass: undefined, ...found([pv], [ebs]) })).toEqual(
      refusal('StorageClassNotFound', 'StorageClass "questdb" does not exist. Create it, or name one that exists.'),
    );
  });
});

describe('an EBS volume the user names', () => {
  const parent = aVolumeParent({ spec: { from: { volumeHandle: VOLUME_ID } } });
  const source = anEbsVolume({ tags: {} });

  it('gets a PersistentVolume', () => {
    expect(plan({ parent, source })).toEqual({ step: 'MakePersistentVolume', volume: source });
  });

  it.each<[string, Partial<Observed>, string, string]>([
    ['does not exist', {}, 'VolumeNotFound', `EC2 knows no volume ${VOLUME_ID} in this account and region.`],
    [
      'is of no use to the class',
      { source, storageClass: aStorageClass('rancher.io/local-path') },
      'VolumeNotFound',
      'spec.storage.from.volumeHandle needs a StorageClass of ebs.csi.aws.com; "questdb" is of rancher.io/local-path.',
    ],
    [
      "is another living database's",
      { source, otherUsers: ['QuestDB other/x'] },
      'ForeignVolume',
      `Volume ${VOLUME_ID} belongs to QuestDB other/x. Nothing was touched.`,
    ],
  ])('is not touched when it %s', (_name, changes, reason, message) => {
    expect(plan({ parent, ...changes })).toEqual(refusal(reason, message));
  });
});

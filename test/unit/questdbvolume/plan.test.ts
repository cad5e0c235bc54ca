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
} from '../../fixtures/questdbvolume.ts';

const plan = (changes: Partial<Observed>) => planNext(observingVolume(changes));
const refusal = (reason: string, message: string) => ({ step: 'Refuse', reason, message });
const DELETED = { deletionTimestamp: '2026-03-01T12:00:00Z' };

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
    expect(plan(found([], [ebs]))).toEqual({ step: 'MakePersistentVolume', volume: ebs, lostBy: undefined });
  });

  it.each([
    [
      'two PersistentVolumes',
      [pv, aPersistentVolume({ metadata: { name: 'pvc-2' }, spec: { csi: { driver: 'd', volumeHandle: 'vol-2' } } })],
      [],
      ' (PersistentVolumes pvc-1, pvc-2)',
    ],
    ['two EBS volumes', [], [anEbsVolume({ volumeId: 'vol-2' }), ebs], ''],
    ['one of each', [pv], [anEbsVolume({ volumeId: 'vol-2' })], ' (PersistentVolumes pvc-1)'],
  ])('does nothing when it finds %s', (_name, persistentVolumes, ebsVolumes, named) => {
    expect(plan(found(persistentVolumes, ebsVolumes))).toEqual(
      refusal(
        'AmbiguousData',
        `More than one volume may be this database's data: ${VOLUME_ID}, vol-2${named}. Take the labels and tags ` +
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
    expect(plan({ parent: same, source: ebs, ...found([pv], [ebs]) })).toMatchObject({ step: 'Bind' });
  });

  it('does nothing when one volume has two PersistentVolumes', () => {
    const twin = aPersistentVolume({ metadata: { name: 'pvc-2' } });
    expect(plan(found([pv, twin], []))).toMatchObject({
      reason: 'AmbiguousData',
      message: expect.stringContaining(`${VOLUME_ID} (PersistentVolumes pvc-1, pvc-2).`) as string,
    });
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

  it('makes nothing blank that would be deleted with its claim', () => {
    const storageClass = aStorageClass('ebs.csi.aws.com', 'Delete');
    expect(plan({ storageClass })).toEqual(
      refusal(
        'StorageClassNotRetaining',
        'StorageClass "questdb" deletes volumes with their claims. Name one with reclaimPolicy Retain; no volume was made.',
      ),
    );
    expect(plan({ storageClass, ...found([pv], []) }).step).toBe('Bind');
  });

  it('does nothing when there are claims and no way to tell which', () => {
    const claims = [aClaim({ metadata: { name: 'a' } }), aClaim({ metadata: { name: 'b' } })];
    expect(plan({ claims })).toEqual(
      refusal(
        'AmbiguousData',
        'More than one claim may be the data of acme/trades: a, b. Take the label questdb-fleet.dev/database off all but the right ' +
          'one, or remove spec.storage.from. Nothing was touched.',
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
    expect(plan({ parent, source })).toEqual({ step: 'MakePersistentVolume', volume: source, lostBy: undefined });
  });

  it('is bound by the PersistentVolume it has', () => {
    const found = { persistentVolumes: [aPersistentVolume({ status: { phase: 'Available' } })], ebsVolumes: [] };
    expect(plan({ parent, source: { ...source, attachedTo: ['i-1'] }, found })).toMatchObject({ step: 'Bind' });
    expect(plan({ parent, source, found, otherUsers: ['QuestDB other/x'] })).toMatchObject({ reason: 'ForeignVolume' });
  });

  it.each<[string, Partial<Observed>, string, string]>([
    ['does not exist', {}, 'VolumeNotFound', `EC2 knows no volume ${VOLUME_ID} in this account and region.`],
    [
      'is attached',
      { source: { ...source, attachedTo: ['i-1', 'i-2'] } },
      'DataInUse',
      `Volume ${VOLUME_ID} is attached to i-1, i-2. Detach it first; nothing was touched.`,
    ],
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

import { describe, expect, it } from 'vitest';
import {
  blankClaim,
  boundClaim,
  identityChange,
  staticPersistentVolume,
} from '../../../hooks/questdbvolume/objects.ts';
import { settledClaim, wantedClaimName, zoneOf } from '../../../hooks/questdbvolume/observe.ts';
import { condition } from '../../fixtures/conditions.ts';
import { mapOf } from '../../fixtures/questdb.ts';
import {
  aClaim,
  anEbsVolume,
  aPersistentVolume,
  aVolumeParent,
  IDENTITY,
  inZone,
  observingVolume,
  VOLUME_ID,
  VOLUME_LABELS,
} from '../../fixtures/questdbvolume.ts';

const METADATA = {
  name: 'trades-data',
  namespace: 'acme',
  labels: { 'app.kubernetes.io/managed-by': 'questdb-fleet', 'questdb-fleet.dev/database': 'trades' },
  annotations: { 'questdb-fleet.dev/owner': 'acme/trades' },
};
const withSize = (size: string | number) => observingVolume({ parent: aVolumeParent({ spec: { size } }) });

describe('the claims', () => {
  it("are blank with the size and the class that are wanted, and nobody's children", () => {
    expect(blankClaim(withSize(107374182400))).toEqual({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: METADATA,
      spec: {
        accessModes: ['ReadWriteOncePod'],
        storageClassName: 'questdb',
        resources: { requests: { storage: '100Gi' } },
      },
    });
  });

  it('are bound with the modes and the class of the volume', () => {
    const volume = aPersistentVolume({ spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'gp3' } });
    expect(boundClaim(observingVolume(), volume)).toEqual({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: METADATA,
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'gp3',
        volumeName: 'pvc-1',
        resources: { requests: { storage: '100Gi' } },
      },
    });
    expect(boundClaim(observingVolume(), { ...volume, spec: {} }).spec).toMatchObject({
      accessModes: ['ReadWriteOncePod'],
      storageClassName: '',
    });
  });

  it.each([
    ['100Gi', '50Gi', '50Gi'],
    ['100Gi', '200Gi', '100Gi'],
    ['1024Mi', '1Gi', '1Gi'],
    ['1Gi', '1023Mi', '1023Mi'],
  ])('never ask for more than the volume has: %s of %s', (wanted, has, storage) => {
    const volume = aPersistentVolume({ spec: { capacity: { storage: has } } });
    expect(boundClaim(withSize(wanted), volume).spec?.resources?.requests).toEqual({ storage });
  });

  it("become this database's, and are no longer marked as retained", () => {
    expect(identityChange(IDENTITY)).toEqual({
      labels: { ...METADATA.labels, 'questdb-fleet.dev/retained': null },
      annotations: { ...METADATA.annotations, 'questdb-fleet.dev/retained-since': null },
    });
  });
});

describe('a static PersistentVolume', () => {
  it('keeps its EBS volume whatever becomes of the claim, in its zone', () => {
    expect(staticPersistentVolume(observingVolume(), anEbsVolume({ sizeGiB: 7, tags: {} }))).toEqual({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `questdb-fleet-${VOLUME_ID}`, labels: VOLUME_LABELS },
      spec: {
        accessModes: ['ReadWriteOncePod'],
        capacity: { storage: '7Gi' },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'acme', name: 'trades-data' },
        csi: { driver: 'ebs.csi.aws.com', fsType: 'ext4', volumeHandle: VOLUME_ID },
        nodeAffinity: { required: { nodeSelectorTerms: [inZone('topology.ebs.csi.aws.com/zone', ['eu-west-1a'])] } },
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: 'questdb',
        volumeMode: 'Filesystem',
      },
    });
  });
});

describe('the zone of a PersistentVolume', () => {
  const zone = (nodeSelectorTerms: ReturnType<typeof inZone>[]) =>
    zoneOf(aPersistentVolume({ spec: { nodeAffinity: { required: { nodeSelectorTerms } } } }));

  it.each([
    ['the key of the driver', [inZone('topology.ebs.csi.aws.com/zone', ['a'])], 'a'],
    ['the key of Kubernetes', [inZone('topology.kubernetes.io/zone', ['a'])], 'a'],
    ['both keys', [inZone('topology.ebs.csi.aws.com/zone', ['a']), inZone('topology.kubernetes.io/zone', ['a'])], 'a'],
    ['two zones', [inZone('topology.kubernetes.io/zone', ['a', 'b'])], undefined],
    ['another key', [inZone('kubernetes.io/hostname', ['a'])], undefined],
    ['a zone to avoid', [inZone('topology.kubernetes.io/zone', ['a'], 'NotIn')], undefined],
    ['nothing', [], undefined],
  ])('is told by %s', (_name, terms, expected) => {
    expect(zone(terms)).toBe(expected);
  });

  it('is not known of one without affinity, nor of none', () => {
    expect([zoneOf({ ...aPersistentVolume(), spec: {} }), zoneOf(undefined)]).toEqual([undefined, undefined]);
  });
});

describe('the name of the claim', () => {
  it.each([
    ['made', {}, 'trades-data'],
    ["the user's", { spec: { from: { claimName: 'mine' } } }, 'mine'],
    ['the known one', { spec: { from: { claimName: 'mine' } }, status: { claimName: 'known' } }, 'known'],
    ['made for a volume the user names', { spec: { from: { volumeHandle: VOLUME_ID } } }, 'trades-data'],
  ])('is %s', (_name, changes, name) => {
    expect(wantedClaimName(aVolumeParent(changes))).toBe(name);
  });
});

describe('a claim with which nothing has changed', () => {
  const status = { claimName: 'trades-data', volumeName: 'pvc-1', conditions: [condition('Ready', 'True')] };
  const settled = (claim = aClaim(), changes = {}) =>
    settledClaim({
      parent: aVolumeParent({ status: { ...status, ...changes } }),
      children: {},
      related: mapOf([claim]),
      finalizing: false,
    });

  it('is found in the request', () => {
    expect(settled()).toEqual(aClaim());
  });

  it.each([
    ['it was not Ready', aClaim(), { conditions: [condition('Ready', 'False')] }],
    [
      'it was Ready for an older spec',
      aClaim(),
      { conditions: [condition('Ready', 'True', { observedGeneration: 0 })] },
    ],
    ['it is another claim', aClaim({ metadata: { name: 'other' } }), {}],
    ['it is being deleted', aClaim({ metadata: { deletionTimestamp: '2026-03-01T12:00:00Z' } }), {}],
    ['it is not bound', aClaim({ status: { phase: 'Lost' } }), {}],
    ['it has another volume', aClaim(), { volumeName: 'pvc-2' }],
  ])('is not when %s', (_name, claim, changes) => {
    expect(settled(claim, changes)).toBeUndefined();
  });
});

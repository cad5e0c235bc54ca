import { describe, expect, it } from 'vitest';
import {
  blankClaim,
  boundClaim,
  identityChange,
  staticPersistentVolume,
} from '../../../hooks/questdbvolume/objects.ts';
import {
  anEbsVolume,
  aClaim,
  aPersistentVolume,
  aVolumeParent,
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
    expect(identityChange(observingVolume(), aClaim())).toEqual({
      labels: { ...METADATA.labels, 'questdb-fleet.dev/retained': null },
      annotations: { ...METADATA.annotations, 'questdb-fleet.dev/retained-since': null },
    });
  });
});

describe('a static PersistentVolume', () => {
  it('keeps its EBS volume whatever becomes of the claim, in its zone', () => {
    const volume = anEbsVolume({ sizeGiB: 7, tags: {} });
    expect(staticPersistentVolume(observingVolume(), { volume, lostBy: undefined })).toEqual({
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

import { canonicalBytes, parseBytes } from '../api/quantity.ts';
import {
  dataLabels,
  OWNER,
  ownerAnnotation,
  RETAINED,
  RETAINED_SINCE,
  volumeLabels,
  type Identity,
} from '../api/labels.ts';
import { claimName, staticPersistentVolumeName } from '../api/names.ts';
import { EBS_DRIVER, EBS_ZONE_KEY } from '../api/zones.ts';
import type { Observed } from './observe.ts';
import {
  type EbsVolume,
  type MetadataChange,
  type NewClaim,
  type NewPersistentVolume,
  type PersistentVolume,
} from './ports.ts';

/** Labels and annotations by which a claim is known as this database's. */
const claimIdentity = (identity: Identity) => ({
  labels: dataLabels(identity),
  annotations: { [OWNER]: ownerAnnotation(identity) },
});

/** An empty volume of the wanted size and class. */
export const blankClaim = ({ parent, identity }: Observed): NewClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: claimName(identity.database), namespace: identity.namespace, ...claimIdentity(identity) },
  spec: {
    accessModes: ['ReadWriteOncePod'],
    storageClassName: parent.spec.storageClassName,
    resources: { requests: { storage: canonicalBytes(parent.spec.size) } },
  },
});

/** A claim on a PersistentVolume that is there: its class and modes must be the volume's, or it never binds. */
export const boundClaim = ({ parent, identity }: Observed, volume: PersistentVolume): NewClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: claimName(identity.database), namespace: identity.namespace, ...claimIdentity(identity) },
  spec: {
    accessModes: volume.spec?.accessModes ?? ['ReadWriteOncePod'],
    storageClassName: volume.spec?.storageClassName ?? '',
    volumeName: volume.metadata.name,
    resources: { requests: { storage: smaller(parent.spec.size, volume.spec?.capacity?.storage) } },
  },
});

/** A claim that asks for more than the volume has would never bind. */
const smaller = (wanted: string | number, capacity: string | undefined): string =>
  canonicalBytes(capacity !== undefined && parseBytes(capacity) < parseBytes(wanted) ? capacity : wanted);

/**
 * A PersistentVolume for an EBS volume that has none. It leaves the CSI driver's own tags and annotations off: nothing but a human
 * deletes such a volume. Its class must be the claim's, or it could never grow.
 */
export const staticPersistentVolume = ({ parent, identity }: Observed, volume: EbsVolume): NewPersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: staticPersistentVolumeName(volume.volumeId), labels: volumeLabels(identity) },
  spec: {
    accessModes: ['ReadWriteOncePod'],
    capacity: { storage: `${volume.sizeGiB}Gi` },
    claimRef: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      namespace: identity.namespace,
      name: claimName(identity.database),
    },
    csi: { driver: EBS_DRIVER, fsType: 'ext4', volumeHandle: volume.volumeId },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: EBS_ZONE_KEY, operator: 'In', values: [volume.zone] }] }],
      },
    },
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: parent.spec.storageClassName,
    volumeMode: 'Filesystem',
  },
});

/** What makes a claim this database's, and takes the mark of retained data off. */
export const identityChange = (identity: Identity): MetadataChange => {
  const { labels, annotations } = claimIdentity(identity);
  return { labels: { ...labels, [RETAINED]: null }, annotations: { ...annotations, [RETAINED_SINCE]: null } };
};

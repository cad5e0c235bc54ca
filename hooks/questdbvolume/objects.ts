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
import { tellingLayout, type Layout } from '../api/layout.ts';
import { claimName, staticPersistentVolumeName } from '../api/names.ts';
import { EBS_DRIVER, EBS_ZONE_KEY } from '../api/zones.ts';
import { layoutFor, layoutOfClaim } from './layouts.ts';
import type { Observed } from './observe.ts';
import {
  type Claim,
  type EbsVolume,
  type MetadataChange,
  type NewClaim,
  type NewPersistentVolume,
  type PersistentVolume,
} from './ports.ts';

/** Labels and annotations by which a claim is known as this database's. */
const claimIdentity = (identity: Identity, layout?: Layout) => ({
  labels: dataLabels(identity),
  annotations: { [OWNER]: ownerAnnotation(identity), ...tellingLayout(layout) },
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
export const boundClaim = (observed: Observed, volume: PersistentVolume): NewClaim => {
  const { parent, identity } = observed;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName(identity.database),
      namespace: identity.namespace,
      ...claimIdentity(identity, layoutFor(observed, volume.metadata.annotations)),
    },
    spec: {
      accessModes: volume.spec?.accessModes ?? ['ReadWriteOncePod'],
      storageClassName: volume.spec?.storageClassName ?? '',
      volumeName: volume.metadata.name,
      resources: { requests: { storage: smaller(parent.spec.size, volume.spec?.capacity?.storage) } },
    },
  };
};

/** A claim that asks for more than the volume has would never bind. */
const smaller = (wanted: string | number, capacity: string | undefined): string =>
  canonicalBytes(capacity !== undefined && parseBytes(capacity) < parseBytes(wanted) ? capacity : wanted);

/**
 * A PersistentVolume for an EBS volume that has none. It leaves the CSI driver's own tags and annotations off: nothing but a human
 * deletes such a volume. Its class must be the claim's, or it could never grow.
 */
export const staticPersistentVolume = (
  observed: Observed,
  { volume, lostBy }: { volume: EbsVolume; lostBy: Claim | undefined },
): NewPersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: {
    name: lostBy?.spec?.volumeName ?? staticPersistentVolumeName(volume.volumeId),
    labels: volumeLabels(observed.identity),
    ...annotated(tellingLayout(layoutFor(observed, volume.tags))),
  },
  spec: {
    accessModes: lostBy?.spec?.accessModes ?? ['ReadWriteOncePod'],
    capacity: { storage: `${volume.sizeGiB}Gi` },
    claimRef: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      namespace: observed.identity.namespace,
      ...claimReference(observed.identity, lostBy),
    },
    csi: { driver: EBS_DRIVER, fsType: 'ext4', volumeHandle: volume.volumeId },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: EBS_ZONE_KEY, operator: 'In', values: [volume.zone] }] }],
      },
    },
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: lostBy?.spec?.storageClassName ?? observed.parent.spec.storageClassName,
    volumeMode: 'Filesystem',
  },
});

const annotated = (annotations: Record<string, string>): { annotations?: Record<string, string> } =>
  Object.keys(annotations).length === 0 ? {} : { annotations };

/** With its uid the claim that lost its volume is bound again; without, whichever claim of that name comes. */
const claimReference = ({ database }: Identity, lostBy: Claim | undefined): { name: string; uid?: string } =>
  lostBy === undefined ? { name: claimName(database) } : { name: lostBy.metadata.name, uid: lostBy.metadata.uid };

/** What makes a claim this database's, and takes the mark of retained data off. */
export const identityChange = (observed: Observed, claim: Claim): MetadataChange => {
  const layout = layoutOfClaim(observed, claim);
  const { labels, annotations } = claimIdentity(observed.identity, layout);
  return { labels: { ...labels, [RETAINED]: null }, annotations: { ...annotations, [RETAINED_SINCE]: null } };
};

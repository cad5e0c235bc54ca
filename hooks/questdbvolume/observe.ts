import { isTrueFor } from '../api/conditions.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { generationOf, namespaceOf } from '../api/kinds.ts';
import { NODE_ZONE_KEYS } from '../api/zones.ts';
import type { Identity } from '../api/labels.ts';
import { claimName } from '../api/names.ts';
import type { SyncRequest } from '../metacontroller/contract.ts';
import { objectsOf } from '../metacontroller/observed.ts';
import { EBS_DRIVER, type Claim, type EbsVolume, type PersistentVolume, type StorageClass } from './ports.ts';

/** What is known of one QuestDBVolume in one pass. */
export type Observed = {
  /** The object as the API server has it now. */
  parent: QuestDBVolume;
  identity: Identity;
  storageClass: StorageClass | undefined;
  /** The claim that is, or would be, this database's. */
  claim: Claim | undefined;
  /** What the claim is bound to, or asks for by name. */
  persistentVolume: PersistentVolume | undefined;
  /** The database's data from before; looked for only when there is no claim. */
  found: { persistentVolumes: readonly PersistentVolume[]; ebsVolumes: readonly EbsVolume[] };
  /** The volume `spec.from.volumeHandle` names, if EC2 knows it. */
  source: EbsVolume | undefined;
  /** Who else uses what `spec.from` names, in words; empty when nobody does. */
  otherUsers: readonly string[];
  now: Date;
};

export const identityOf = (parent: QuestDBVolume): Identity => ({
  namespace: namespaceOf(parent),
  database: parent.spec.databaseName,
});

/** The claim's name: the one that is known, else the one the user names, else the one that is made. */
export const wantedClaimName = ({ spec, status }: QuestDBVolume): string =>
  status?.claimName ?? spec.from?.claimName ?? claimName(spec.databaseName);

export const storageClassIn = (request: SyncRequest<QuestDBVolume>): StorageClass | undefined =>
  objectsOf<StorageClass>(request.related, 'StorageClass.storage.k8s.io/v1').find(
    ({ metadata }) => metadata.name === request.parent.spec.storageClassName,
  );

/**
 * The claim out of Metacontroller's cache, when all was well with it in an earlier pass and still is: then nothing needs to be
 * read live, and an idle fleet costs no requests.
 */
export const settledClaim = (request: SyncRequest<QuestDBVolume>): Claim | undefined => {
  const { parent } = request;
  if (!isTrueFor(parent.status?.conditions, 'Ready', generationOf(parent))) return undefined;
  const claim = objectsOf<Claim>(request.related, 'PersistentVolumeClaim.v1').find(
    ({ metadata }) => metadata.name === parent.status?.claimName,
  );
  return claim !== undefined && isBound(claim) && claim.spec?.volumeName === parent.status?.volumeName
    ? claim
    : undefined;
};

export const isBound = ({ metadata, status }: Claim): boolean =>
  status?.phase === 'Bound' && metadata.deletionTimestamp === undefined;

export const isEbs = (storageClass: StorageClass | undefined): boolean => storageClass?.provisioner === EBS_DRIVER;

export const volumeHandleOf = (volume: PersistentVolume): string | undefined => volume.spec?.csi?.volumeHandle;

/** The one zone a PersistentVolume cannot leave; undefined when it names none or several. */
export const zoneOf = (volume: PersistentVolume | undefined): string | undefined => {
  const zones = new Set(
    volume?.spec?.nodeAffinity?.required?.nodeSelectorTerms.flatMap(({ matchExpressions }) =>
      (matchExpressions ?? [])
        .filter(({ key, operator }) => NODE_ZONE_KEYS.includes(key) && operator === 'In')
        .flatMap(({ values }) => values ?? []),
    ),
  );
  return zones.size === 1 ? [...zones][0] : undefined;
};

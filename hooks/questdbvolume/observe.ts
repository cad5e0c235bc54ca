import { conditionOf, isTrueFor } from '../api/conditions.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { generationOf, namespaceOf } from '../api/kinds.ts';
import { EBS_DRIVER, NODE_ZONE_KEYS } from '../api/zones.ts';
import { DATABASE, isDataOf, NAMESPACE, RETAINED, type Identity } from '../api/labels.ts';
import { claimName } from '../api/names.ts';
import type { SyncRequest } from '../metacontroller/contract.ts';
import { objectsOf } from '../metacontroller/observed.ts';
import type { Growing } from './growth-facts.ts';
import type { Claim, EbsVolume, PersistentVolume, StorageClass } from './ports.ts';

/** What is known of one QuestDBVolume in one pass. */
export type Observed = Growing & {
  /** The object as the API server has it now. */
  parent: QuestDBVolume;
  identity: Identity;
  storageClass: StorageClass | undefined;
  /** Every claim that says it is this database's, and those it could have by name. */
  claims: readonly Claim[];
  /** The one of them that is, or would be, this database's; undefined when there is none, or no way to tell which. */
  claim: Claim | undefined;
  /** What the claim is bound to, or asks for by name. */
  persistentVolume: PersistentVolume | undefined;
  /** The database's data from before; looked for only when there is no claim, or its PersistentVolume is gone. */
  found: Found;
  /** The StorageClass of the claim, which may be another than the spec names when the claim was taken over. */
  claimClass: StorageClass | undefined;
  /**
   * The volume this very database is known to have, by its QuestDBVolume or, when that was made anew, by its QuestDB; looked for only where data
   * from before may be found.
   */
  knownVolumeId: string | undefined;
  /** Whether the namespace says that it holds data; looked at only when there is a volume. */
  isNamespaceMarked: boolean;
  /** The volume `spec.from.volumeHandle` names, if EC2 knows it. */
  source: EbsVolume | undefined;
  /** Who else uses what `spec.from` names, in words; empty when nobody does. */
  otherUsers: readonly string[];
  /** How long EC2 is left alone after it refused to modify a volume, or failed to. */
  modificationRetrySeconds: number;
  now: Date;
};

export type Found = { persistentVolumes: readonly PersistentVolume[]; ebsVolumes: readonly EbsVolume[] };

export const identityOf = (parent: QuestDBVolume): Identity => ({
  namespace: namespaceOf(parent),
  database: parent.spec.databaseName,
});

/** Whose data it is by the labels of an object or the tags of a volume. */
export const ownerIn = (told: Readonly<Record<string, string>> | undefined): Identity | undefined => {
  const [namespace, database] = [told?.[NAMESPACE], told?.[DATABASE]];
  return namespace === undefined || database === undefined ? undefined : { namespace, database };
};

/** Names of claims that may be this database's: the one that is known, the one the user names, the one that is made. */
export const candidateClaimNames = ({ spec, status }: QuestDBVolume): string[] => [
  ...new Set(
    [status?.claimName, spec.from?.claimName, claimName(spec.databaseName)].filter((name) => name !== undefined),
  ),
];

/**
 * The claim this database has: the one it is known by; else, when none or only the named one says that it is this database's, the one the user
 * names; else the only one. Two that say so are a doubt, and a doubt is no claim.
 */
export const chosenClaim = (parent: QuestDBVolume, claims: readonly Claim[]): Claim | undefined => {
  const byName = (name: string | undefined) => claims.find(({ metadata }) => metadata.name === name);
  const own = claims.filter(({ metadata }) => isDataOf(identityOf(parent), metadata));
  const known = own.find(({ metadata }) => metadata.name === parent.status?.claimName);
  if (known !== undefined) return known;
  const named = byName(parent.spec.from?.claimName);
  if (named !== undefined) return own.every((claim) => claim === named) ? named : undefined;
  return own.length === 0 ? byName(claimName(parent.spec.databaseName)) : own.length === 1 ? own[0] : undefined;
};

export const storageClassIn = (request: SyncRequest<QuestDBVolume>): StorageClass | undefined =>
  objectsOf<StorageClass>(request.related, 'StorageClass.storage.k8s.io/v1').find(
    ({ metadata }) => metadata.name === request.parent.spec.storageClassName,
  );

/** The claim that status names, out of Metacontroller's cache. */
const knownClaim = ({ related, parent }: SyncRequest<QuestDBVolume>): Claim | undefined =>
  objectsOf<Claim>(related, 'PersistentVolumeClaim.v1').find(
    ({ metadata }) => metadata.name === parent.status?.claimName,
  );

/**
 * The claim out of Metacontroller's cache, when all was well with it in an earlier pass and still is: then nothing needs to be
 * read live, and an idle fleet costs no requests.
 */
export const settledClaim = (request: SyncRequest<QuestDBVolume>): Claim | undefined => {
  const { parent } = request;
  if (!isTrueFor(parent.status?.conditions, 'Ready', generationOf(parent))) return undefined;
  const claim = knownClaim(request);
  return claim !== undefined && isBound(claim) && claim.spec?.volumeName === parent.status?.volumeName
    ? claim
    : undefined;
};

/** The claim out of the same cache still waits for the database's pod, as it did in an earlier pass: there is nothing to be looked for. */
export const isStillUnbound = (request: SyncRequest<QuestDBVolume>): boolean => {
  const { parent } = request;
  const ready = conditionOf(parent.status?.conditions, 'Ready');
  if (ready?.reason !== 'WaitingForFirstConsumer' || ready.observedGeneration !== generationOf(parent)) return false;
  const claim = knownClaim(request);
  return claim !== undefined && isDataOf(identityOf(parent), claim.metadata) && isUnbound(claim);
};

const isUnbound = (claim: Claim): boolean =>
  claim.status?.phase === 'Pending' &&
  claim.spec?.volumeName === undefined &&
  claim.metadata.deletionTimestamp === undefined &&
  !isRetained(claim);

export const isBound = ({ metadata, status }: Claim): boolean =>
  status?.phase === 'Bound' && metadata.deletionTimestamp === undefined;

/** Kept from before, without a database. */
export const isRetained = (claim: Claim | undefined): boolean => claim?.metadata.labels?.[RETAINED] !== undefined;

/** The claim names a PersistentVolume that is not there. */
export const isLost = ({ spec, status }: Claim, persistentVolume: PersistentVolume | undefined): boolean =>
  status?.phase === 'Lost' || (spec?.volumeName !== undefined && persistentVolume === undefined);

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

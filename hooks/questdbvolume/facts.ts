import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { namespaceOf } from '../api/kinds.ts';
import { DATABASE, isDataOf, NAMESPACE, OWNER, ownerAnnotation, type Identity } from '../api/labels.ts';
import type { SyncRequest } from '../metacontroller/contract.ts';
import { identityOf, isEbs, storageClassIn, wantedClaimName, type Observed } from './observe.ts';
import type { Claim, EbsVolume, VolumePorts } from './ports.ts';

/** The live facts a request does not have; the search for data from before is made only when there is no claim. */
export const gather = async (
  ports: VolumePorts,
  request: SyncRequest<QuestDBVolume>,
  parent: QuestDBVolume,
): Promise<Observed> => {
  const identity = identityOf(parent);
  const claim = await claimOf(ports, parent);
  const volumeName = claim?.spec?.volumeName;
  const storageClass = storageClassIn(request);
  const looksForData = claim === undefined && storageClass !== undefined;
  const source = looksForData ? await sourceVolume(ports, parent) : undefined;
  return {
    parent,
    identity,
    storageClass,
    claim,
    persistentVolume: volumeName === undefined ? undefined : await ports.cluster.readPersistentVolume(volumeName),
    found: looksForData ? await dataFromBefore(ports, parent, isEbs(storageClass)) : NOTHING,
    source,
    otherUsers: await otherUsersOf(ports, parent, claim, source),
    now: ports.now(),
  };
};

const NOTHING: Observed['found'] = { persistentVolumes: [], ebsVolumes: [] };

/** A volume that was tagged before the QuestDBVolume was made must be in the reading. */
const dataFromBefore = async ({ cluster, storage, now }: VolumePorts, parent: QuestDBVolume, onEbs: boolean) => {
  const identity = identityOf(parent);
  const createdAt = new Date(parent.metadata.creationTimestamp ?? now());
  return {
    persistentVolumes: await cluster.persistentVolumesOf(identity),
    ebsVolumes: onEbs ? await storage.volumesOf(identity, createdAt) : [],
  };
};

const claimOf = async (ports: VolumePorts, parent: QuestDBVolume): Promise<Claim | undefined> =>
  (await ports.cluster.readClaim(namespaceOf(parent), wantedClaimName(parent))) ?? adoptedClaim(ports, parent);

/** A claim of another name that became this database's by `spec.from`, which may have been removed since. */
const adoptedClaim = async (
  { cluster }: Pick<VolumePorts, 'cluster'>,
  parent: QuestDBVolume,
): Promise<Claim | undefined> => {
  const claims = await cluster.claimsOf(identityOf(parent));
  return claims.length === 1 ? claims[0] : undefined;
};

const sourceVolume = async (
  { storage }: Pick<VolumePorts, 'storage'>,
  { spec }: QuestDBVolume,
): Promise<EbsVolume | undefined> =>
  spec.from?.volumeHandle === undefined ? undefined : storage.describe(spec.from.volumeHandle);

/** Who else uses what `spec.from` names, in words: pods that mount it, and the living database it says it belongs to. */
const otherUsersOf = async (
  { cluster }: Pick<VolumePorts, 'cluster'>,
  parent: QuestDBVolume,
  claim: Claim | undefined,
  source: EbsVolume | undefined,
): Promise<string[]> => {
  const { namespace, database } = identityOf(parent);
  const stated = source === undefined ? ownerOfClaim(parent, claim) : ownerOfVolume(source);
  const isOther = stated !== undefined && (stated.namespace !== namespace || stated.database !== database);
  const owner = isOther && (await cluster.databaseExists(stated)) ? [`QuestDB ${ownerAnnotation(stated)}`] : [];
  const isSource = claim !== undefined && parent.spec.from?.claimName === claim.metadata.name;
  const pods =
    isSource && !isDataOf({ namespace, database }, claim.metadata)
      ? await cluster.podsUsing(namespace, claim.metadata.name)
      : [];
  return [...pods.map((pod) => `pod ${pod}`), ...owner];
};

const ownerOfVolume = ({ tags }: EbsVolume): Identity | undefined => {
  const [namespace, database] = [tags[NAMESPACE], tags[DATABASE]];
  return namespace === undefined || database === undefined ? undefined : { namespace, database };
};

const ownerOfClaim = ({ spec }: QuestDBVolume, claim: Claim | undefined): Identity | undefined => {
  if (claim === undefined || spec.from?.claimName !== claim.metadata.name) return undefined;
  const [namespace, database] = (claim.metadata.annotations?.[OWNER] ?? '').split('/');
  return namespace === undefined || database === undefined ? undefined : { namespace, database };
};

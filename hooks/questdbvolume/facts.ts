import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { namespaceOf } from '../api/kinds.ts';
import { isDataOf, OWNER, ownerAnnotation, type Identity } from '../api/labels.ts';
import type { SyncRequest } from '../metacontroller/contract.ts';
import {
  candidateClaimNames,
  chosenClaim,
  identityOf,
  isLost,
  isRetained,
  ownerIn,
  storageClassIn,
  volumeHandleOf,
  type Found,
  type Observed,
} from './observe.ts';
import { gatherGrowth } from './growth-facts.ts';
import type { Claim, EbsVolume, PersistentVolume, StorageClass, VolumePorts } from './ports.ts';

/** The live facts a request does not have; the search for data from before is made only when there is no claim. */
export const gather = async (
  ports: VolumePorts,
  request: SyncRequest<QuestDBVolume>,
  parent: QuestDBVolume,
): Promise<Observed> => {
  const identity = identityOf(parent);
  const now = ports.now();
  const claims = await claimsFor(ports, parent);
  const claim = chosenClaim(parent, claims);
  const volumeName = claim?.spec?.volumeName;
  const persistentVolume = volumeName === undefined ? undefined : await ports.cluster.readPersistentVolume(volumeName);
  const source = claims.length === 0 ? await sourceVolume(ports, parent) : undefined;
  const storageClass = storageClassIn(request);
  const isSearched = claims.length === 0 || (claim !== undefined && isLost(claim, persistentVolume));
  const found = isSearched ? await dataFromBefore(ports, parent) : NOTHING;
  return {
    ...(await gatherGrowth({ storage: ports.storage, now }, parent, persistentVolume)),
    parent,
    identity,
    storageClass,
    claimClass: await classOf(ports, claim, storageClass),
    claims,
    claim,
    persistentVolume,
    found,
    knownVolumeId: await knownVolumeId(ports, parent, isSearched || isRetained(claim)),
    isNamespaceMarked: persistentVolume === undefined || (await ports.cluster.isNamespaceMarked(identity.namespace)),
    source,
    otherUsers: await otherUsersOf(ports, parent, { claim, source, persistentVolumes: found.persistentVolumes }),
    modificationRetrySeconds: ports.modificationRetrySeconds,
    now,
  };
};

const NOTHING: Found = { persistentVolumes: [], ebsVolumes: [] };

/** The QuestDB remembers longer than a QuestDBVolume that was deleted by hand. */
const knownVolumeId = async (
  { cluster }: VolumePorts,
  parent: QuestDBVolume,
  isAsked: boolean,
): Promise<string | undefined> => {
  const known = parent.status?.volumeId;
  if (known !== undefined || !isAsked) return known;
  return (await cluster.readDatabase(identityOf(parent)))?.status?.volume?.volumeId;
};

/** A claim that was taken over may be of another class than the one in the request. */
const classOf = async (
  { cluster }: VolumePorts,
  claim: Claim | undefined,
  inRequest: StorageClass | undefined,
): Promise<StorageClass | undefined> => {
  const name = claim?.spec?.storageClassName;
  if (name === undefined || name === '') return undefined;
  return name === inRequest?.metadata.name ? inRequest : cluster.readStorageClass(name);
};

/** Every claim that says it is this database's, and those it could have by name, whosever they are; sorted by name. */
const claimsFor = async ({ cluster }: VolumePorts, parent: QuestDBVolume): Promise<Claim[]> => {
  const labelled = await cluster.claimsOf(identityOf(parent));
  const names = candidateClaimNames(parent).filter((name) => !labelled.some(({ metadata }) => metadata.name === name));
  const named = await Promise.all(names.map((name) => cluster.readClaim(namespaceOf(parent), name)));
  return [...labelled, ...named.filter((claim) => claim !== undefined)].sort((a, b) =>
    a.metadata.name < b.metadata.name ? -1 : 1,
  );
};

/**
 * On the two lower levels: PersistentVolumes that carry the labels, or carry none yet and were bound to a claim of this name; and EBS volumes that
 * carry the tags, whatever the storage class says. A volume that was tagged before the QuestDBVolume was made must be in the reading.
 */
const dataFromBefore = async ({ cluster, storage, now }: VolumePorts, parent: QuestDBVolume): Promise<Found> => {
  const identity = identityOf(parent);
  const handle = parent.spec.from?.volumeHandle;
  const unlabelled = (await cluster.unlabelledPersistentVolumes()).filter((volume) => wasBoundTo(parent, volume));
  const withHandle = handle === undefined ? [] : await cluster.persistentVolumesOn(handle);
  const volumes = [...(await cluster.persistentVolumesOf(identity)), ...unlabelled, ...withHandle];
  const createdAt = new Date(parent.metadata.creationTimestamp ?? now());
  return {
    persistentVolumes: [...new Map(volumes.map((volume) => [volume.metadata.name, volume])).values()],
    ebsVolumes: await storage.volumesOf(identity, createdAt),
  };
};

const wasBoundTo = (parent: QuestDBVolume, { spec }: PersistentVolume): boolean =>
  spec?.claimRef?.namespace === namespaceOf(parent) && candidateClaimNames(parent).includes(spec.claimRef.name ?? '');

const sourceVolume = async (
  { storage }: Pick<VolumePorts, 'storage'>,
  { spec }: QuestDBVolume,
): Promise<EbsVolume | undefined> =>
  spec.from?.volumeHandle === undefined ? undefined : storage.describe(spec.from.volumeHandle);

/** Who else uses what `spec.from` names, in words: pods that mount it, and the living databases that it says it belongs to, on any level. */
const otherUsersOf = async (
  { cluster }: Pick<VolumePorts, 'cluster'>,
  parent: QuestDBVolume,
  { claim, source, persistentVolumes }: Source,
): Promise<string[]> => {
  const { namespace, database } = identityOf(parent);
  const stated =
    source === undefined
      ? [ownerOfClaim(parent, claim)]
      : [
          ownerIn(source.tags),
          ...persistentVolumes.filter(isOn(source)).map(({ metadata }) => ownerIn(metadata.labels)),
        ];
  const others = stated
    .filter((owner) => owner !== undefined)
    .filter((owner) => owner.namespace !== namespace || owner.database !== database);
  const owners = new Map(others.map((owner) => [ownerAnnotation(owner), owner]));
  const living = await Promise.all([...owners.values()].map((owner) => cluster.readDatabase(owner)));
  const isSource = claim !== undefined && parent.spec.from?.claimName === claim.metadata.name;
  const pods =
    isSource && !isDataOf({ namespace, database }, claim.metadata)
      ? await cluster.podsUsing(namespace, claim.metadata.name)
      : [];
  const databases = [...owners.keys()].filter((_owner, index) => living[index] !== undefined);
  return [...pods.map((pod) => `pod ${pod}`), ...databases.map((owner) => `QuestDB ${owner}`)];
};

type Source = {
  claim: Claim | undefined;
  source: EbsVolume | undefined;
  persistentVolumes: readonly PersistentVolume[];
};

const isOn =
  ({ volumeId }: EbsVolume) =>
  (volume: PersistentVolume): boolean =>
    volumeHandleOf(volume) === volumeId;

const ownerOfClaim = ({ spec }: QuestDBVolume, claim: Claim | undefined): Identity | undefined => {
  if (claim === undefined || spec.from?.claimName !== claim.metadata.name) return undefined;
  const [namespace, database] = (claim.metadata.annotations?.[OWNER] ?? '').split('/');
  return namespace === undefined || database === undefined ? undefined : { namespace, database };
};

import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { namespaceOf } from '../api/kinds.ts';
import { DATABASE, isDataOf, NAMESPACE, OWNER, ownerAnnotation, type Identity } from '../api/labels.ts';
import { EBS_DRIVER } from '../api/zones.ts';
import type { SyncRequest } from '../metacontroller/contract.ts';
import { candidateClaimNames, chosenClaim, identityOf, storageClassIn, type Found, type Observed } from './observe.ts';
import type { Claim, EbsVolume, PersistentVolume, VolumePorts } from './ports.ts';

/** The live facts a request does not have; the search for data from before is made only when there is no claim. */
export const gather = async (
  ports: VolumePorts,
  request: SyncRequest<QuestDBVolume>,
  parent: QuestDBVolume,
): Promise<Observed> => {
  const identity = identityOf(parent);
  const claims = await claimsFor(ports, parent);
  const claim = chosenClaim(parent, claims);
  const volumeName = claim?.spec?.volumeName;
  const persistentVolume = volumeName === undefined ? undefined : await ports.cluster.readPersistentVolume(volumeName);
  const source = claims.length === 0 ? await sourceVolume(ports, parent) : undefined;
  return {
    parent,
    identity,
    storageClass: storageClassIn(request),
    claims,
    claim,
    persistentVolume,
    bound: await boundVolume(ports, parent, persistentVolume),
    found: claims.length === 0 ? await dataFromBefore(ports, parent) : { persistentVolumes: [], ebsVolumes: [] },
    source,
    otherUsers: await otherUsersOf(ports, parent, claim, source),
    now: ports.now(),
  };
};

/** What an EBS volume can do does not change by itself: it is read once. */
const boundVolume = async (
  { storage }: Pick<VolumePorts, 'storage'>,
  { status }: QuestDBVolume,
  volume: PersistentVolume | undefined,
): Promise<EbsVolume | undefined> => {
  const { csi, claimRef } = volume?.spec ?? {};
  if (csi?.driver !== EBS_DRIVER || claimRef === undefined || status?.iops !== undefined) return undefined;
  return storage.describe(csi.volumeHandle);
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

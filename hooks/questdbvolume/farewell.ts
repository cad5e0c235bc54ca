import type { QuestDB } from '../api/generated/questdb.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { conditionOf } from '../api/conditions.ts';
import { isDataOf, isDeletionConfirmed, type Identity } from '../api/labels.ts';
import { EBS_DRIVER } from '../api/zones.ts';
import { chosenClaim, volumeHandleOf } from './observe.ts';
import type { Claim, EbsVolume, PersistentVolume } from './ports.ts';
import { isOfDatabase } from './secure.ts';

/** What is known when a QuestDBVolume goes. */
export type Leaving = {
  parent: QuestDBVolume;
  identity: Identity;
  /** The QuestDB of that name, as the API server has it now. */
  database: QuestDB | undefined;
  /** Every claim that says it is this database's. */
  claims: readonly Claim[];
  /** What the chosen claim is bound to. */
  persistentVolume: PersistentVolume | undefined;
  /** PersistentVolumes with the database's labels; looked for when there is no claim. */
  persistentVolumes: readonly PersistentVolume[];
  /** Pods that mount the chosen claim. */
  pods: readonly string[];
  /** The volume status names, if EC2 shows it; looked for when no claim and no PersistentVolume is left. */
  left: EbsVolume | undefined;
};

/** The end of a QuestDBVolume. Only the last four come near the data, and only on a confirmed word. */
export type Farewell =
  /** `because`: somebody asked for the deletion, and it is not done. */
  | { step: 'Retain'; claim: Claim | undefined; because: string | undefined }
  | { step: 'Release'; claim: Claim; persistentVolume: PersistentVolume; volumeId: string }
  | { step: 'DeleteClaim'; claim: Claim; persistentVolume: PersistentVolume }
  | { step: 'AwaitDeletion'; message: string }
  | { step: 'Deleted'; left: string | undefined };

/** Decides the next step. Whatever is in doubt is kept. */
export const planFarewell = (leaving: Leaving): Farewell => {
  const { parent, identity, claims } = leaving;
  const claim = chosenClaim(parent, claims);
  const own = claim !== undefined && isDataOf(identity, claim.metadata) ? claim : undefined;
  const wish = wishOf(leaving);
  if (wish !== 'Delete')
    return { step: 'Retain', claim: own, because: wish === 'Unconfirmed' ? UNCONFIRMED : undefined };
  if (own !== undefined) return planWithClaim(leaving, own);
  return claims.length > 0
    ? { step: 'Retain', claim: undefined, because: `it is not sure which of the claims ${namesOf(claims)} is meant` }
    : planWithoutClaim(leaving);
};

/**
 * What the QuestDB itself says, read now: a copy in the QuestDBVolume could be older, and a QuestDBVolume that is deleted alone says nothing about
 * the data.
 */
const wishOf = ({ parent, database }: Leaving): 'Retain' | 'Unconfirmed' | 'Delete' => {
  const owner = parent.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (database === undefined || owner?.uid !== database.metadata.uid) return 'Retain';
  if (database.metadata.deletionTimestamp === undefined) return 'Retain';
  if (database.spec.storage.deletionPolicy !== 'Delete') return 'Retain';
  return isDeletionConfirmed(database.metadata) ? 'Delete' : 'Unconfirmed';
};

const UNCONFIRMED = 'the QuestDB does not carry the annotation questdb-fleet.dev/confirm-delete with its own name';

const namesOf = (objects: readonly { metadata: { name: string } }[]): string =>
  objects.map(({ metadata }) => metadata.name).join(', ');

const planWithClaim = (leaving: Leaving, claim: Claim): Farewell => {
  const { persistentVolume, pods } = leaving;
  if (claim.metadata.deletionTimestamp !== undefined) {
    return awaitDeletion(`Waiting for claim ${claim.metadata.name} to go.`);
  }
  const volumeId = persistentVolume === undefined ? undefined : volumeHandleOf(persistentVolume);
  if (persistentVolume === undefined || volumeId === undefined) return retain(claim, 'it has no volume that is known');
  if (!isItsOwn(leaving, claim, persistentVolume)) {
    return retain(claim, `PersistentVolume ${persistentVolume.metadata.name} does not say that it is this database's`);
  }
  if (pods.length > 0) return awaitDeletion(`The data is deleted when pod ${pods.join(', ')} has stopped.`);
  return isReleased(persistentVolume)
    ? { step: 'DeleteClaim', claim, persistentVolume }
    : { step: 'Release', claim, persistentVolume, volumeId };
};

const isItsOwn = ({ identity }: Leaving, claim: Claim, volume: PersistentVolume): boolean =>
  volume.spec?.claimRef?.uid === claim.metadata.uid && isOfDatabase(identity, volume);

/** Left to the CSI driver, on a word that is written on it. */
export const isReleased = ({ metadata, spec }: PersistentVolume): boolean =>
  isDeletionConfirmed(metadata) && spec?.persistentVolumeReclaimPolicy === 'Delete';

const planWithoutClaim = ({ parent, persistentVolumes, left }: Leaving): Farewell => {
  const going = persistentVolumes.filter(isReleased);
  if (going.length > 0) {
    const ids = going.map((volume) => volumeHandleOf(volume) ?? volume.metadata.name).join(', ');
    return awaitDeletion(
      `Waiting for the CSI driver to delete volume ${ids}, which it does once no instance has it attached.`,
    );
  }
  const wasDeleting = conditionOf(parent.status?.conditions, 'Ready')?.reason === 'DeletingData';
  if (wasDeleting) return { step: 'Deleted', left: left?.volumeId };
  return retain(undefined, leftBehind(persistentVolumes, left));
};

const leftBehind = (
  persistentVolumes: readonly PersistentVolume[],
  left: EbsVolume | undefined,
): string | undefined => {
  if (persistentVolumes.length > 0) return `PersistentVolume ${namesOf(persistentVolumes)} has no claim`;
  return left === undefined ? undefined : `volume ${left.volumeId} has neither a claim nor a PersistentVolume`;
};

const retain = (claim: Claim | undefined, because: string | undefined): Farewell => ({
  step: 'Retain',
  claim,
  because,
});
const awaitDeletion = (message: string): Farewell => ({ step: 'AwaitDeletion', message });

export const isOnEbs = ({ spec }: PersistentVolume): boolean => spec?.csi?.driver === EBS_DRIVER;

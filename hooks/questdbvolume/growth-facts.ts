import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { EBS_DRIVER } from '../api/zones.ts';
import { fulfils, isUnderWay, wishFor } from './growth.ts';
import type { BlockStorage, EbsVolume, Modification, PersistentVolume, VolumeWish } from './ports.ts';
import { isHeldBack } from './refused-modification.ts';

/** The EBS volume of the claim. Gone: EC2 does not know it. */
export type Growing = { bound: EbsVolume | 'Gone' | undefined; modification: Modification | undefined };

type Growth = { storage: BlockStorage; now: Date };

const NOT_EBS: Growing = { bound: undefined, modification: undefined };

/**
 * What is known of the volume that is, or may have to be, changed. As long as nothing is wanted, or a change is under way, readings that the
 * fleet shares will do; before EC2 is asked for a change both are read now.
 */
export const gatherGrowth = async (
  { storage, now }: Growth,
  parent: QuestDBVolume,
  volume: PersistentVolume | undefined,
): Promise<Growing> => {
  const volumeId = boundVolumeId(volume);
  if (volumeId === undefined) return NOT_EBS;
  const bound = await storage.describeShared(volumeId);
  if (bound === undefined) return { bound: 'Gone', modification: undefined };
  const wish = wishFor(parent, bound);
  if (fulfils(wish, bound) || isHeldBack(parent.status?.refusedModification, wish, now)) {
    return { bound, modification: undefined };
  }
  const underWay = await storage.modificationUnderWay(bound.volumeId);
  return isUnderWay(underWay) && !isUsable(underWay, wish)
    ? { bound, modification: underWay }
    : readNow(storage, bound.volumeId);
};

const boundVolumeId = (volume: PersistentVolume | undefined): string | undefined => {
  const { csi, claimRef } = volume?.spec ?? {};
  return csi?.driver === EBS_DRIVER && claimRef !== undefined ? csi.volumeHandle : undefined;
};

/** Optimizing goes on for hours; the volume has what was asked for before that. */
const isUsable = ({ state, target }: Modification, wish: VolumeWish): boolean =>
  state === 'optimizing' && fulfils(wish, target);

const readNow = async (storage: BlockStorage, volumeId: string): Promise<Growing> => ({
  // The change first: what ends between the two is seen in the volume.
  modification: await storage.describeModification(volumeId),
  bound: (await storage.describe(volumeId)) ?? 'Gone',
});

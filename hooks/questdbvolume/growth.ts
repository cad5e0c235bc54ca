import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { parseBytes } from '../api/quantity.ts';
import type { EbsVolume, Modification, VolumeWish } from './ports.ts';

const GIB = 1024n ** 3n;

/** What the EBS volume is to have: never less than it has, for it cannot shrink; whole GiB, as EBS has them. */
export const wishFor = ({ spec }: QuestDBVolume, volume: EbsVolume): VolumeWish => ({
  sizeGiB: Math.max(volume.sizeGiB, ceilGiB(spec.size)),
  ...(spec.iops === undefined ? {} : { iops: spec.iops }),
  ...(spec.throughput === undefined ? {} : { throughput: spec.throughput }),
});

const ceilGiB = (size: string | number): number => Number((parseBytes(size) + GIB - 1n) / GIB);

/** Whether a volume, or what a change makes of it, has all that is wished for. EC2 counts calls that change nothing too. */
export const fulfils = (wish: VolumeWish, has: VolumeWish): boolean =>
  has.sizeGiB >= wish.sizeGiB &&
  (wish.iops === undefined || wish.iops === has.iops) &&
  (wish.throughput === undefined || wish.throughput === has.throughput);

export const isUnderWay = (modification: Modification | undefined): modification is Modification =>
  modification?.state === 'modifying' || modification?.state === 'optimizing';

/** A wish in words, also to tell it from another one. */
export const inWords = ({ sizeGiB, iops, throughput }: VolumeWish): string =>
  [
    `${sizeGiB} GiB`,
    ...(iops === undefined ? [] : [`${iops} IOPS`]),
    ...(throughput === undefined ? [] : [`${throughput} MiB/s`]),
  ].join(', ');

import type { EbsVolume, VolumeWish } from './ports.ts';

/** What EBS gives a volume of a type; a type without `iops` or `throughput` has none that could be set. */
type Limits = {
  size: number;
  iops?: { most: number; perGiB: number };
  /** MiB/s for each of the IOPS. */
  throughput?: { most: number; perIops: number };
};

/** https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html */
const LIMITS: Readonly<Record<string, Limits>> = {
  gp2: { size: 16_384 },
  gp3: { size: 65_536, iops: { most: 80_000, perGiB: 500 }, throughput: { most: 2000, perIops: 0.25 } },
  io1: { size: 16_384, iops: { most: 64_000, perGiB: 50 } },
  io2: { size: 65_536, iops: { most: 256_000, perGiB: 1000 } },
  sc1: { size: 16_384 },
  st1: { size: 16_384 },
};

/** Of gp3, whatever its size. */
const BASE_IOPS = 3000;

/** The limit that a wish goes beyond, in words; undefined when there is none, or none is known for the type. */
export const limitOf = (volume: EbsVolume, wish: VolumeWish): string | undefined => {
  const limits = LIMITS[volume.type];
  if (limits === undefined) return undefined;
  if (wish.sizeGiB > limits.size) return `A volume of type ${volume.type} has at most ${limits.size} GiB.`;
  return iopsLimit(volume, wish, limits) ?? throughputLimit(volume, wish, limits);
};

const iopsLimit = ({ type }: EbsVolume, { iops, sizeGiB }: VolumeWish, limits: Limits): string | undefined => {
  if (iops === undefined) return undefined;
  if (limits.iops === undefined) return `The IOPS of a volume of type ${type} cannot be set.`;
  const most = Math.min(limits.iops.most, Math.max(BASE_IOPS, limits.iops.perGiB * sizeGiB));
  return iops > most ? `A volume of type ${type} with ${sizeGiB} GiB has at most ${most} IOPS.` : undefined;
};

const throughputLimit = (volume: EbsVolume, wish: VolumeWish, limits: Limits): string | undefined => {
  if (wish.throughput === undefined) return undefined;
  if (limits.throughput === undefined) return `The throughput of a volume of type ${volume.type} cannot be set.`;
  const iops = wish.iops ?? volume.iops ?? BASE_IOPS;
  const most = Math.min(limits.throughput.most, Math.floor(iops * limits.throughput.perIops));
  return wish.throughput > most
    ? `A volume of type ${volume.type} with ${iops} IOPS has at most ${most} MiB/s.`
    : undefined;
};

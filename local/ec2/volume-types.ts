import { Ec2Error, invalidCombination, invalidValue } from './errors.ts';
import type { VolumeSpec } from './model.ts';

type Limits = {
  minSize: number;
  maxSize: number;
  iops?: { default: number; min: number; max: number; perGiB: number };
  throughput?: { default: number; min: number; max: number; perIops: number };
};

/** Limits of the EBS user guide; gp3 as since September 2025 (64 TiB, 80,000 IOPS, 2,000 MiB/s). */
const VOLUME_TYPES: Record<string, Limits> = {
  gp3: {
    minSize: 1,
    maxSize: 65_536,
    iops: { default: 3000, min: 3000, max: 80_000, perGiB: 500 },
    throughput: { default: 125, min: 125, max: 2000, perIops: 0.25 },
  },
  gp2: { minSize: 1, maxSize: 16_384 },
  io2: { minSize: 4, maxSize: 65_536, iops: { default: 100, min: 100, max: 256_000, perGiB: 1000 } },
  st1: { minSize: 125, maxSize: 16_384 },
};

type Wish = { type: string; size: number; iops?: number | undefined; throughput?: number | undefined };

const checkSize = (type: string, size: number, limits: Limits): void => {
  if (size < limits.minSize) {
    throw invalidValue(
      String(size),
      'size',
      `Volume of ${size}GiB is too small for volume type ${type}; minimum is ${limits.minSize}GiB.`,
    );
  }
  if (size > limits.maxSize) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `Volume of ${size}GiB is too large for volume type ${type}; maximum is ${limits.maxSize}GiB.`,
    );
  }
};

const iopsOf = (wish: Wish, limits: Limits): number => {
  const rule = limits.iops;
  if (!rule) {
    if (wish.iops !== undefined) {
      throw invalidCombination(`The parameter iops is not supported for ${wish.type} volumes.`);
    }
    return wish.type === 'gp2' ? Math.min(16_000, Math.max(100, wish.size * 3)) : 0;
  }
  const iops = wish.iops ?? rule.default;
  if (iops < rule.min) {
    throw new Ec2Error('InvalidParameterValue', `Volume iops of ${iops} is too low; minimum is ${rule.min}.`);
  }
  if (iops > rule.max) {
    throw new Ec2Error('InvalidParameterValue', `Volume iops of ${iops} is too high; maximum is ${rule.max}.`);
  }
  const ratio = iops / wish.size;
  if (iops > rule.default && ratio > rule.perGiB) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `Iops to volume size ratio of ${ratio.toFixed(6)} is too high; maximum is ${rule.perGiB}.000000 iops per GiB.`,
    );
  }
  return iops;
};

const throughputOf = (wish: Wish, limits: Limits, iops: number): number | undefined => {
  const rule = limits.throughput;
  if (!rule) {
    if (wish.throughput !== undefined) {
      throw invalidCombination(`The parameter throughput is not supported for ${wish.type} volumes.`);
    }
    return undefined;
  }
  const throughput = wish.throughput ?? rule.default;
  if (throughput < rule.min || throughput > rule.max) {
    const [word, limit] = throughput < rule.min ? ['low; minimum', rule.min] : ['high; maximum', rule.max];
    throw new Ec2Error('InvalidParameterValue', `Throughput of ${throughput} is too ${word} is ${limit}.`);
  }
  if (throughput / iops > rule.perIops) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `Throughput (MiBps) to iops ratio of ${(throughput / iops).toFixed(6)} is too high; maximum is ${rule.perIops} MiBps per iops.`,
    );
  }
  return throughput;
};

/** What a volume of this wish would be, with the defaults of its type; throws what EC2 answers when its limits do not allow it. */
export const volumeSpecOf = (wish: Wish): VolumeSpec => {
  const limits = VOLUME_TYPES[wish.type];
  if (!limits) throw invalidValue(wish.type, 'volumeType', `Expected one of ${Object.keys(VOLUME_TYPES).join(', ')}.`);
  checkSize(wish.type, wish.size, limits);
  const iops = iopsOf(wish, limits);
  return { type: wish.type, size: wish.size, iops, throughput: throughputOf(wish, limits, iops) };
};

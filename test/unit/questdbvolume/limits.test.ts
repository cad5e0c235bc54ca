import { describe, expect, it } from 'vitest';
import { limitOf } from '../../../hooks/questdbvolume/limits.ts';
import type { EbsVolume, VolumeWish } from '../../../hooks/questdbvolume/ports.ts';
import { anEbsVolume } from '../../fixtures/questdbvolume.ts';

const gp3 = anEbsVolume();
const { throughput: _none, ...without } = anEbsVolume();
const ofType = (type: string): EbsVolume => ({ ...without, type });

describe('what EBS gives a volume', () => {
  it.each<[EbsVolume, VolumeWish, string | undefined]>([
    [gp3, { sizeGiB: 65_536 }, undefined],
    [gp3, { sizeGiB: 65_537 }, 'A volume of type gp3 has at most 65536 GiB.'],
    [gp3, { sizeGiB: 160, iops: 80_000, throughput: 2000 }, undefined],
    [gp3, { sizeGiB: 1024, iops: 80_001 }, 'A volume of type gp3 with 1024 GiB has at most 80000 IOPS.'],
    [gp3, { sizeGiB: 1, iops: 3000 }, undefined],
    [gp3, { sizeGiB: 10, iops: 5001 }, 'A volume of type gp3 with 10 GiB has at most 5000 IOPS.'],
    [gp3, { sizeGiB: 10, throughput: 750 }, undefined],
    [gp3, { sizeGiB: 10, throughput: 751 }, 'A volume of type gp3 with 3000 IOPS has at most 750 MiB/s.'],
    [gp3, { sizeGiB: 10, iops: 4000, throughput: 1000 }, undefined],
    [
      gp3,
      { sizeGiB: 1024, iops: 80_000, throughput: 2001 },
      'A volume of type gp3 with 80000 IOPS has at most 2000 MiB/s.',
    ],
    [ofType('gp2'), { sizeGiB: 16_384 }, undefined],
    [ofType('gp2'), { sizeGiB: 16_385 }, 'A volume of type gp2 has at most 16384 GiB.'],
    [ofType('gp2'), { sizeGiB: 100, iops: 3000 }, 'The IOPS of a volume of type gp2 cannot be set.'],
    [ofType('io2'), { sizeGiB: 100, iops: 100_000 }, undefined],
    [ofType('io2'), { sizeGiB: 100, iops: 100_001 }, 'A volume of type io2 with 100 GiB has at most 100000 IOPS.'],
    [ofType('io2'), { sizeGiB: 100, throughput: 500 }, 'The throughput of a volume of type io2 cannot be set.'],
    [ofType('of the future'), { sizeGiB: 1_000_000, iops: 1_000_000 }, undefined],
  ])('%#', (volume, wish, limit) => {
    expect(limitOf(volume, wish)).toBe(limit);
  });
});

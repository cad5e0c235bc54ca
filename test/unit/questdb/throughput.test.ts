import { describe, expect, it } from 'vitest';
import { throughputWarning } from '../../../hooks/questdb/throughput.ts';
import { aNode, aVolume } from '../../fixtures/questdb.ts';

const EBS = { baselineThroughput: 77, maximumThroughput: 1192, baselineIops: 3600, maximumIops: 40_000 };
const volume = (throughput?: number) =>
  aVolume({ status: { volumeId: 'vol-1', ...(throughput === undefined ? {} : { throughput }) } });
const node = (ebs?: typeof EBS) => aNode({ status: ebs === undefined ? {} : { ebs } });

describe('the throughput of a volume', () => {
  it('is held against what the instance sustains, with all values named', () => {
    expect(throughputWarning(volume(125), node(EBS))).toBe(
      ' Its volume could do 125 MiB/s; r6i.2xlarge sustains 77 MiB/s, and 1192 MiB/s for a while.',
    );
  });

  it.each([
    ['is as much as that', volume(77), node(EBS)],
    ['is less', volume(76), node(EBS)],
    ['is not known', volume(), node(EBS)],
    ['meets a type that is not known', volume(125), node()],
    ['has no volume', undefined, node(EBS)],
    ['has no node', volume(125), undefined],
  ])('is no word worth when it %s', (_name, of, on) => {
    expect(throughputWarning(of, on)).toBe('');
  });
});

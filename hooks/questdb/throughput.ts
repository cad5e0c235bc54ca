import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';

/**
 * What is to be said where the instance cannot sustain what its volume could do; nothing where it can, or where EC2 has not said. Small types
 * do more than their baseline for half an hour a day
 * (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ebs-optimized.html).
 */
export const throughputWarning = (volume: QuestDBVolume | undefined, node: QuestDBNode | undefined): string => {
  const throughput = volume?.status?.throughput;
  const limits = node?.status?.ebs;
  if (throughput === undefined || node === undefined || limits === undefined) return '';
  const { baselineThroughput, maximumThroughput } = limits;
  return throughput <= baselineThroughput
    ? ''
    : ` Its volume could do ${throughput} MiB/s; ${node.spec.instanceType} sustains ${baselineThroughput} MiB/s, and ${maximumThroughput} MiB/s for a while.`;
};

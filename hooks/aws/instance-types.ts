import {
  DescribeInstanceTypesCommand,
  type _InstanceType,
  type EbsOptimizedInfo,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import type { EbsLimits, InstanceTypeFacts } from '../questdbnode/ports.ts';
import { classOf, orRetryLater } from './errors.ts';

const BYTES_PER_MB = 1_000_000;
const BYTES_PER_MIB = 2 ** 20;

/** EC2 counts a type's throughput in MB/s, EBS a volume's in MiB/s. */
const inMiB = (megabytes: number | undefined): number => Math.floor(((megabytes ?? 0) * BYTES_PER_MB) / BYTES_PER_MIB);

const ebsLimits = (info: EbsOptimizedInfo): EbsLimits => ({
  baselineThroughput: inMiB(info.BaselineThroughputInMBps),
  maximumThroughput: inMiB(info.MaximumThroughputInMBps),
  baselineIops: info.BaselineIops ?? 0,
  maximumIops: info.MaximumIops ?? 0,
});

/** What EC2 says of an instance type; undefined when there is none of that name. */
export const readInstanceType = async (client: EC2Client, name: string): Promise<InstanceTypeFacts | undefined> =>
  orRetryLater('DescribeInstanceTypes', async () => {
    try {
      const { InstanceTypes } = await client.send(
        new DescribeInstanceTypesCommand({ InstanceTypes: [name as _InstanceType] }),
      );
      const found = InstanceTypes?.[0];
      if (found === undefined) return undefined;
      const info = found.EbsInfo?.EbsOptimizedInfo;
      return {
        architectures: [...(found.ProcessorInfo?.SupportedArchitectures ?? [])].sort(),
        ...(info === undefined ? {} : { ebs: ebsLimits(info) }),
      };
    } catch (error) {
      if (classOf(error) === 'NotFound') return undefined;
      throw error;
    }
  });

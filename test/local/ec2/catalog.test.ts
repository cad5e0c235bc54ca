import {
  DescribeImagesCommand,
  DescribeInstanceTypesCommand,
  DescribeSubnetsCommand,
  paginateDescribeInstanceTypeOfferings,
  paginateDescribeInstanceTypes,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, openAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await openAccount({ settings: { maxPageSize: 5 } });
});
afterAll(() => account.close());

describe('DescribeInstanceTypes', () => {
  it('has processor, memory and EBS limits', async () => {
    const { InstanceTypes } = await account.ec2.send(
      new DescribeInstanceTypesCommand({ InstanceTypes: ['r6i.xlarge'] }),
    );
    expect(InstanceTypes).toMatchObject([
      {
        InstanceType: 'r6i.xlarge',
        VCpuInfo: { DefaultVCpus: 4, DefaultCores: 2, DefaultThreadsPerCore: 2 },
        MemoryInfo: { SizeInMiB: 32_768 },
        ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
        EbsInfo: {
          EbsOptimizedSupport: 'default',
          MaximumEbsAttachments: 28,
          EbsOptimizedInfo: { BaselineThroughputInMBps: 156.25, BaselineIops: 6000, MaximumIops: 40_000 },
        },
        BurstablePerformanceSupported: false,
      },
    ]);
  });

  it('refuses a type that does not exist', async () => {
    const unknown = new DescribeInstanceTypesCommand({ InstanceTypes: ['m6i.large', 'x9.nano' as never] });
    expect(await errorOf(account.ec2.send(unknown))).toMatchObject({
      name: 'InvalidInstanceType',
      message: 'The following supplied instance types do not exist: [x9.nano]',
    });
  });

  it('comes whole through all its pages', async () => {
    const names = [];
    for await (const page of paginateDescribeInstanceTypes({ client: account.ec2 }, {})) {
      names.push(...(page.InstanceTypes ?? []).map((type) => type.InstanceType));
    }
    expect(names).toEqual(expect.arrayContaining(['m6i.large', 'r6i.large', 'r6i.2xlarge', 'm7g.large', 'c6i.large']));
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('DescribeInstanceTypeOfferings', () => {
  const offered = async (zone: string, type: string): Promise<number> => {
    let count = 0;
    const input = {
      LocationType: 'availability-zone' as const,
      Filters: [
        { Name: 'location', Values: [zone] },
        { Name: 'instance-type', Values: [type] },
      ],
    };
    for await (const page of paginateDescribeInstanceTypeOfferings({ client: account.ec2 }, input)) {
      count += page.InstanceTypeOfferings?.length ?? 0;
    }
    return count;
  };

  it('says what a zone has and what it has not', async () => {
    expect(await offered('eu-west-1a', 'm7g.large')).toBe(1);
    expect(await offered('eu-west-1c', 'm7g.large')).toBe(0);
    expect(await offered('eu-west-1c', 'm6i.*')).toBe(2);
  });
});

describe('DescribeImages', () => {
  it('finds the newest by owner and name', async () => {
    account.simulator.command('set', { shuffle: false });
    const { Images } = await account.ec2.send(
      new DescribeImagesCommand({
        Owners: ['amazon'],
        Filters: [{ Name: 'name', Values: ['amazon-eks-node-al2023-arm64-standard-1.36-*'] }],
      }),
    );
    const [newest] = (Images ?? []).sort((a, b) => ((a.CreationDate ?? '') < (b.CreationDate ?? '') ? 1 : -1));
    expect(Images).toHaveLength(2);
    expect(newest).toMatchObject({
      ImageId: 'ami-local-arm64',
      Architecture: 'arm64',
      OwnerId: '602401143452',
      State: 'available',
      RootDeviceName: '/dev/xvda',
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 20, DeleteOnTermination: true } }],
    });
  });

  it('has none of our own and refuses unknown ids', async () => {
    expect((await account.ec2.send(new DescribeImagesCommand({ Owners: ['self'] }))).Images).toEqual([]);
    const unknown = account.ec2.send(new DescribeImagesCommand({ ImageIds: ['ami-none'] }));
    expect((await errorOf(unknown)).name).toBe('InvalidAMIID.NotFound');
  });
});

describe('DescribeSubnets', () => {
  it('tells the zone of a subnet', async () => {
    const { Subnets } = await account.ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-local-b'] }));
    expect(Subnets).toMatchObject([
      {
        SubnetId: 'subnet-local-b',
        AvailabilityZone: 'eu-west-1b',
        AvailableIpAddressCount: 16_379,
        State: 'available',
      },
    ]);
  });

  it('refuses unknown ids', async () => {
    const unknown = account.ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-none'] }));
    expect((await errorOf(unknown)).name).toBe('InvalidSubnetID.NotFound');
  });
});

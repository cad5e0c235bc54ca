import { paginateDescribeInstanceTypeOfferings, type EC2Client } from '@aws-sdk/client-ec2';
import { orRetryLater } from './errors.ts';

const PAGE_SIZE = 1000;

/** The instance types EC2 offers in a zone, sorted. */
export const readOfferedTypes = async (client: EC2Client, zone: string): Promise<readonly string[]> =>
  orRetryLater('DescribeInstanceTypeOfferings', async () => {
    const types: string[] = [];
    const pages = paginateDescribeInstanceTypeOfferings(
      { client, pageSize: PAGE_SIZE },
      { LocationType: 'availability-zone', Filters: [{ Name: 'location', Values: [zone] }] },
    );
    for await (const page of pages) {
      types.push(...(page.InstanceTypeOfferings ?? []).flatMap(({ InstanceType }) => InstanceType ?? []));
    }
    return types.sort();
  });

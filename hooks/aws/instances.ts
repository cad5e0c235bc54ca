import {
  DescribeInstancesCommand,
  paginateDescribeInstances,
  type EC2Client,
  type Instance as Ec2Instance,
  type Tag,
} from '@aws-sdk/client-ec2';
import { rfc3339 } from '../api/conditions.ts';
import { CLUSTER } from '../api/labels.ts';
import type { Instance } from '../questdbnode/ports.ts';
import { classOf, orRetryLater } from './errors.ts';

const PAGE_SIZE = 1000;

export const tagsOf = (tags: readonly Tag[] | undefined): Record<string, string> =>
  Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));

const fromEc2 = (instance: Ec2Instance): Instance => ({
  instanceId: instance.InstanceId ?? '',
  state: instance.State?.Name ?? 'pending',
  instanceType: instance.InstanceType ?? '',
  zone: instance.Placement?.AvailabilityZone ?? '',
  clientToken: instance.ClientToken ?? '',
  launchTime: rfc3339(instance.LaunchTime ?? new Date(0)),
  tags: tagsOf(instance.Tags),
  dataVolumeIds: (instance.BlockDeviceMappings ?? [])
    // What the launch itself made goes with the instance; the CSI driver attaches volumes that stay.
    .filter(({ DeviceName, Ebs }) => DeviceName !== instance.RootDeviceName && Ebs?.DeleteOnTermination !== true)
    .map(({ Ebs }) => Ebs?.VolumeId ?? '')
    .sort(),
});

/** All instances with this fleet's tag, in any state EC2 still shows. */
export const readFleet = async (client: EC2Client, clusterName: string): Promise<readonly Instance[]> =>
  orRetryLater('DescribeInstances', async () => {
    const instances: Instance[] = [];
    const pages = paginateDescribeInstances(
      { client, pageSize: PAGE_SIZE },
      { Filters: [{ Name: `tag:${CLUSTER}`, Values: [clusterName] }] },
    );
    for await (const page of pages) {
      instances.push(...(page.Reservations ?? []).flatMap(({ Instances }) => (Instances ?? []).map(fromEc2)));
    }
    return instances;
  });

/** One instance, read now; undefined when EC2 does not know the id. */
export const describeInstance = async (client: EC2Client, instanceId: string): Promise<Instance | undefined> =>
  orRetryLater('DescribeInstances', async () => {
    try {
      const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
      const found = Reservations?.flatMap(({ Instances }) => Instances ?? [])[0];
      return found === undefined ? undefined : fromEc2(found);
    } catch (error) {
      if (classOf(error) === 'NotFound') return undefined;
      throw error;
    }
  });

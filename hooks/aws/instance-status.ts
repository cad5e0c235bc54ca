import { paginateDescribeInstanceStatus, type EC2Client, type Filter, type InstanceStatus } from '@aws-sdk/client-ec2';
import { rfc3339 } from '../api/conditions.ts';
import { orRetryLater } from './errors.ts';

const PAGE_SIZE = 1000;

/** Filters are joined by and, so each check is asked for by itself. It knows no filter by tag. */
const CHECKS = ['instance-status.status', 'system-status.status'] as const;

const readFailing = async (client: EC2Client, check: Filter['Name']): Promise<InstanceStatus[]> => {
  const found: InstanceStatus[] = [];
  const Filters = [{ Name: check, Values: ['impaired'] }];
  for await (const page of paginateDescribeInstanceStatus({ client, pageSize: PAGE_SIZE }, { Filters })) {
    found.push(...(page.InstanceStatuses ?? []));
  }
  return found;
};

/** Since when a check fails, as EC2 says; undefined where it does not. */
const failingSince = ({ InstanceStatus: instance, SystemStatus: system }: InstanceStatus): Date | undefined =>
  [instance, system]
    .flatMap((summary) => summary?.Details ?? [])
    .flatMap(({ ImpairedSince }) => ImpairedSince ?? [])
    .sort((a, b) => a.getTime() - b.getTime())[0];

/**
 * The instances of the account that fail a status check, and since when (RFC 3339), by id. EC2 does not always say since when: then it is
 * taken for now, and nothing is done to a machine by that alone.
 */
export const readImpaired = async (client: EC2Client, now: Date): Promise<ReadonlyMap<string, string>> =>
  orRetryLater('DescribeInstanceStatus', async () => {
    const failing = (await Promise.all(CHECKS.map((check) => readFailing(client, check)))).flat();
    return new Map(failing.map((status) => [status.InstanceId ?? '', rfc3339(failingSince(status) ?? now)]));
  });

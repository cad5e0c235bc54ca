import {
  DescribeVolumesModificationsCommand,
  ModifyVolumeCommand,
  paginateDescribeVolumesModifications,
  type EC2Client,
  type VolumeModification,
} from '@aws-sdk/client-ec2';
import { rfc3339 } from '../api/conditions.ts';
import type { Modification, ModifyOutcome, VolumeWish } from '../questdbvolume/ports.ts';
import { asRetryLater, classOf, codeOf, messageOf, orRetryLater } from './errors.ts';

const PAGE_SIZE = 500;

const fromEc2 = (modification: VolumeModification): Modification => ({
  volumeId: modification.VolumeId ?? '',
  state: modification.ModificationState ?? 'modifying',
  target: {
    sizeGiB: modification.TargetSize ?? 0,
    ...(modification.TargetIops === undefined ? {} : { iops: modification.TargetIops }),
    ...(modification.TargetThroughput === undefined ? {} : { throughput: modification.TargetThroughput }),
  },
  startedAt: rfc3339(modification.StartTime ?? new Date(0)),
  ...(modification.EndTime === undefined ? {} : { endedAt: rfc3339(modification.EndTime) }),
  ...(modification.StatusMessage === undefined ? {} : { message: modification.StatusMessage }),
});

/** Those that are under way in the account; they cannot be asked for by tag. */
export const readModificationsUnderWay = async (client: EC2Client): Promise<readonly Modification[]> =>
  orRetryLater('DescribeVolumesModifications', async () => {
    const modifications: Modification[] = [];
    const Filters = [{ Name: 'modification-state', Values: ['modifying', 'optimizing'] }];
    for await (const page of paginateDescribeVolumesModifications({ client, pageSize: PAGE_SIZE }, { Filters })) {
      modifications.push(...(page.VolumesModifications ?? []).map(fromEc2));
    }
    return modifications;
  });

/** The latest one of a volume, read now; undefined when it was never modified, or so long ago that EC2 has forgotten. */
export const describeModification = async (client: EC2Client, volumeId: string): Promise<Modification | undefined> =>
  orRetryLater('DescribeVolumesModifications', async () => {
    try {
      const command = new DescribeVolumesModificationsCommand({ VolumeIds: [volumeId] });
      const { VolumesModifications } = await client.send(command);
      return (VolumesModifications ?? []).map(fromEc2).sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))[0];
    } catch (error) {
      if (classOf(error) === 'NotFound') return undefined;
      throw error;
    }
  });

/**
 * Asks for size, IOPS and throughput in one call: EC2 counts calls, four in 24 hours. There is no client token, so an answer that was lost
 * is never asked for again here: the next pass looks. Throws RetryLater when EC2 did not answer.
 */
export const modifyVolume = async (
  client: EC2Client,
  volumeId: string,
  { sizeGiB, iops, throughput }: VolumeWish,
): Promise<ModifyOutcome> => {
  try {
    await client.send(
      new ModifyVolumeCommand({
        VolumeId: volumeId,
        Size: sizeGiB,
        ...(iops === undefined ? {} : { Iops: iops }),
        ...(throughput === undefined ? {} : { Throughput: throughput }),
      }),
    );
    return { outcome: 'Accepted' };
  } catch (error) {
    return outcomeOf(error);
  }
};

const outcomeOf = (error: unknown): ModifyOutcome => {
  const [code, message] = [codeOf(error), messageOf(error)];
  switch (classOf(error)) {
    case 'Transient':
    case 'NotFound':
      throw asRetryLater('ModifyVolume', error);
    case 'NotNow':
    case 'NoCapacity':
      return { outcome: 'NotNow', code, message };
    case 'TokenMismatch':
    case 'TokenSpent':
    case 'Refused':
      return { outcome: 'Refused', code, message };
  }
};

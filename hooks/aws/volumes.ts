import { DescribeVolumesCommand, paginateDescribeVolumes, type EC2Client, type Volume } from '@aws-sdk/client-ec2';
import { CLUSTER, DATABASE, NAMESPACE, volumeLabels, type Identity } from '../api/labels.ts';
import type { BlockStorage, EbsVolume } from '../questdbvolume/ports.ts';
import type { AwsOptions } from './compute.ts';
import { classOf, orRetryLater } from './errors.ts';
import { tagsOf } from './instances.ts';
import { describeModification, modifyVolume, readModificationsUnderWay } from './modifications.ts';
import { sharedReading } from '../shared-reading.ts';
import { createTags } from './tags.ts';

const PAGE_SIZE = 500;

const fromEc2 = (volume: Volume): EbsVolume => ({
  volumeId: volume.VolumeId ?? '',
  zone: volume.AvailabilityZone ?? '',
  type: volume.VolumeType ?? '',
  sizeGiB: volume.Size ?? 0,
  ...(volume.Iops === undefined ? {} : { iops: volume.Iops }),
  ...(volume.Throughput === undefined ? {} : { throughput: volume.Throughput }),
  tags: tagsOf(volume.Tags),
  attachedTo: (volume.Attachments ?? [])
    .filter(({ State }) => State !== 'detached')
    .map(({ InstanceId }) => InstanceId ?? 'an instance')
    .sort(),
});

/**
 * The stock role of the EBS CSI driver deletes only volumes with this tag
 * (https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/example-iam-policy.json).
 */
const CSI_CLUSTER = 'ebs.csi.aws.com/cluster';

const isThere = ({ State }: Volume): boolean => State !== 'deleting' && State !== 'deleted';

/** All data volumes with this fleet's tag. Root volumes carry no database tag and are left out. */
const readFleetVolumes = async (client: EC2Client, clusterName: string): Promise<readonly EbsVolume[]> =>
  orRetryLater('DescribeVolumes', async () => {
    const volumes: EbsVolume[] = [];
    const Filters = [
      { Name: `tag:${CLUSTER}`, Values: [clusterName] },
      { Name: 'tag-key', Values: [DATABASE] },
    ];
    for await (const page of paginateDescribeVolumes({ client, pageSize: PAGE_SIZE }, { Filters })) {
      volumes.push(...(page.Volumes ?? []).filter(isThere).map(fromEc2));
    }
    return volumes;
  });

const describeVolume = async (client: EC2Client, volumeId: string): Promise<EbsVolume | undefined> =>
  orRetryLater('DescribeVolumes', async () => {
    try {
      const { Volumes } = await client.send(new DescribeVolumesCommand({ VolumeIds: [volumeId] }));
      return (Volumes ?? []).filter(isThere).map(fromEc2)[0];
    } catch (error) {
      if (classOf(error) === 'NotFound') return undefined;
      throw error;
    }
  });

const belongsTo = (identity: Identity, { tags }: EbsVolume): boolean =>
  tags[NAMESPACE] === identity.namespace && tags[DATABASE] === identity.database;

/** How long a volume that nothing is asked of may be gone before it is noticed. */
export type VolumeOptions = AwsOptions & { volumeCheckSeconds: number };

/** EBS' side of the QuestDBVolume hook. It can delete nothing. */
export const createBlockStorage = (options: VolumeOptions): BlockStorage => {
  const { clients, clusterName, snapshotMaxAgeSeconds, volumeCheckSeconds, now } = options;
  const read = () => readFleetVolumes(clients.twice, clusterName);
  const fleet = sharedReading({ read, maxAgeSeconds: snapshotMaxAgeSeconds, now });
  const fleetNowAndThen = sharedReading({ read, maxAgeSeconds: volumeCheckSeconds, now });
  const underWay = sharedReading({
    read: () => readModificationsUnderWay(clients.twice),
    maxAgeSeconds: snapshotMaxAgeSeconds,
    now,
  });
  const isOf =
    (volumeId: string) =>
    (one: { volumeId: string }): boolean =>
      one.volumeId === volumeId;
  return {
    volumesOf: async (identity, notBefore) => (await fleet(notBefore)).filter((volume) => belongsTo(identity, volume)),
    glance: async (volumeId) => (await fleetNowAndThen()).find(isOf(volumeId)),
    describe: (volumeId) => describeVolume(clients.twice, volumeId),
    describeShared: async (volumeId) =>
      (await fleet()).find(isOf(volumeId)) ?? (await describeVolume(clients.twice, volumeId)),
    modificationUnderWay: async (volumeId) => (await underWay()).find(isOf(volumeId)),
    describeModification: (volumeId) => describeModification(clients.twice, volumeId),
    modify: (volumeId, wish) => modifyVolume(clients.once, volumeId, wish),
    tag: (volumeId, identity, others) =>
      createTags(clients.twice, volumeId, { ...volumeLabels(identity), ...others, [CLUSTER]: clusterName }),
    tagForDriver: (volumeId) => createTags(clients.twice, volumeId, { [CSI_CLUSTER]: 'true', [CLUSTER]: clusterName }),
  };
};

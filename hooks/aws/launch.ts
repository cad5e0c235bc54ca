import {
  RunInstancesCommand,
  type _InstanceType,
  type EC2Client,
  type RunInstancesCommandInput,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import { DATABASE, OWNER_UID } from '../api/labels.ts';
import type { LaunchIntent } from '../questdbnode/memory.ts';
import type { LaunchOutcome } from '../questdbnode/ports.ts';
import { asRetryLater, classOf, codeOf, messageOf } from './errors.ts';

/** RunInstances exactly as it was written down: the same intent gives the same request, byte for byte. */
export const launchInput = (intent: LaunchIntent): RunInstancesCommandInput => ({
  ClientToken: intent.token,
  MinCount: 1,
  MaxCount: 1,
  ImageId: intent.imageId,
  InstanceType: intent.instanceType as _InstanceType,
  SubnetId: intent.subnetId,
  SecurityGroupIds: intent.securityGroupIds,
  ...(intent.instanceProfile === undefined ? {} : { IamInstanceProfile: { Name: intent.instanceProfile } }),
  UserData: Buffer.from(intent.userData).toString('base64'),
  EbsOptimized: true,
  DisableApiTermination: true,
  // A machine that shuts itself down is looked at, not lost.
  InstanceInitiatedShutdownBehavior: 'stop',
  MetadataOptions: {
    HttpTokens: 'required',
    HttpPutResponseHopLimit: intent.httpPutResponseHopLimit ?? ONE_HOP,
    HttpEndpoint: 'enabled',
  },
  ...(intent.rootVolumeGiB === undefined
    ? {}
    : { BlockDeviceMappings: [rootVolume(intent.rootVolumeGiB, intent.rootDeviceName)] }),
  ...(intent.capacityReservationId === undefined ? {} : intoReservation(intent.capacityReservationId)),
  TagSpecifications: tagSpecifications(intent.tags ?? {}),
});

/** Pods are one hop further away. */
const ONE_HOP = 1;

/** Of an image that does not say, and of Amazon Linux 2023. */
const USUAL_ROOT_DEVICE = '/dev/xvda';

const rootVolume = (size: number, deviceName = USUAL_ROOT_DEVICE) => ({
  DeviceName: deviceName,
  Ebs: { VolumeSize: size, VolumeType: 'gp3' as const, DeleteOnTermination: true, Encrypted: true },
});

const intoReservation = (id: string) => ({
  CapacityReservationSpecification: { CapacityReservationTarget: { CapacityReservationId: id } },
});

/**
 * The root volume and the network interface carry the tags too, for cost reports and IAM, but for those by which a database's data is
 * found: a root volume holds none.
 */
const tagSpecifications = (tags: Readonly<Record<string, string>>): TagSpecification[] => {
  const Tags = Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Key, Value]) => ({ Key, Value }));
  const withoutData = Tags.filter(({ Key }) => Key !== DATABASE && Key !== OWNER_UID);
  return [
    { ResourceType: 'instance', Tags },
    { ResourceType: 'volume', Tags: withoutData },
    { ResourceType: 'network-interface', Tags: withoutData },
  ];
};

/** Launches at most one instance for the intent's client token; see LaunchOutcome. Throws RetryLater when EC2 did not answer. */
export const launchInstance = async (client: EC2Client, intent: LaunchIntent): Promise<LaunchOutcome> => {
  try {
    const { Instances } = await client.send(new RunInstancesCommand(launchInput(intent)));
    const instanceId = Instances?.[0]?.InstanceId;
    if (instanceId === undefined) throw new Error('RunInstances answered without an instance');
    return { outcome: 'Launched', instanceId };
  } catch (error) {
    return outcomeOf(error);
  }
};

const outcomeOf = (error: unknown): LaunchOutcome => {
  const [code, message] = [codeOf(error), messageOf(error)];
  switch (classOf(error)) {
    case 'Transient':
      throw asRetryLater('RunInstances', error);
    case 'NoCapacity':
      return { outcome: 'NoCapacity', code, message };
    case 'TokenMismatch':
      return { outcome: 'TokenMismatch' };
    case 'TokenSpent':
      return { outcome: 'TokenSpent' };
    case 'NotFound':
    case 'NotNow':
    case 'Refused':
      return { outcome: 'Refused', code, message };
  }
};

import {
  IMAGES,
  type Image,
  instanceTypeNamed,
  type InstanceType,
  SECURITY_GROUP,
  type Subnet,
  SUBNETS,
  zoneNamed,
} from '../catalog.ts';
import { Ec2Error, invalidCombination, invalidValue } from '../errors.ts';
import type { CapacityReservationWish, VolumeSpec } from '../model.ts';
import { type Fields, flag, group, groups, integer, required, text, texts } from '../request.ts';
import { volumeSpecOf } from '../volume-types.ts';
import { capacityReservationIn } from './capacity-reservation.ts';

/** A RunInstances request that EC2 would accept, capacity aside. */
export type LaunchRequest = {
  type: InstanceType;
  image: Image;
  subnet: Subnet;
  securityGroupIds: string[];
  count: { min: number; max: number };
  userData: string;
  capacityReservation: CapacityReservationWish;
  devices: Device[];
};

export type Device = VolumeSpec & {
  name: string;
  deleteOnTermination: boolean;
  snapshotId?: string | undefined;
  encrypted: boolean;
};

const MAX_USER_DATA = 16_384;

const networkOf = (fields: Fields): { subnetId: string | undefined; securityGroupIds: string[] } => {
  const [primary] = groups(fields, 'NetworkInterface');
  if (!primary) return { subnetId: text(fields, 'SubnetId'), securityGroupIds: texts(fields, 'SecurityGroupId') };
  if (text(fields, 'SubnetId') !== undefined || texts(fields, 'SecurityGroupId').length > 0) {
    throw invalidCombination(
      'Network interfaces and an instance-level subnet ID may not be specified on the same request',
    );
  }
  return { subnetId: text(primary, 'SubnetId'), securityGroupIds: texts(primary, 'SecurityGroupId') };
};

/** The zone a launch names, by its placement or its subnet; it is also the scope of its client token. */
export const zoneOfLaunch = (fields: Fields): string | undefined => {
  const named = text(group(fields, 'Placement'), 'AvailabilityZone');
  return named ?? SUBNETS.find((subnet) => subnet.id === networkOf(fields).subnetId)?.zone;
};

const subnetOf = (fields: Fields): Subnet => {
  const zone = text(group(fields, 'Placement'), 'AvailabilityZone');
  if (zone !== undefined && !zoneNamed(zone)) throw invalidValue(zone, 'availabilityZone');
  const { subnetId } = networkOf(fields);
  const subnet =
    subnetId === undefined
      ? SUBNETS.find((candidate) => zone === undefined || candidate.zone === zone)
      : SUBNETS.find((candidate) => candidate.id === subnetId);
  if (!subnet) {
    throw new Ec2Error('InvalidSubnetID.NotFound', `The subnet ID '${subnetId ?? ''}' does not exist`);
  }
  if (zone !== undefined && subnet.zone !== zone) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `The availability zone '${zone}' is not the zone of subnet '${subnet.id}'.`,
    );
  }
  return subnet;
};

const typeIn = (fields: Fields, zone: string): InstanceType => {
  const name = text(fields, 'InstanceType') ?? 'm6i.large';
  const type = instanceTypeNamed(name);
  if (!type) throw new Ec2Error('InvalidParameterValue', `Invalid value '${name}' for InstanceType.`);
  if (type.notIn.includes(zone)) {
    throw new Ec2Error(
      'Unsupported',
      `Your requested instance type (${name}) is not supported in your requested Availability Zone (${zone}).`,
    );
  }
  return type;
};

const imageFor = (fields: Fields, type: InstanceType): Image => {
  const id = required(fields, 'ImageId');
  const image = IMAGES.find((candidate) => candidate.id === id);
  if (!image) throw new Ec2Error('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`);
  if (image.architecture !== type.architecture) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `The architecture '${type.architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.`,
    );
  }
  return image;
};

const userDataOf = (fields: Fields): string => {
  const encoded = text(fields, 'UserData') ?? '';
  const decoded = Buffer.from(encoded, 'base64');
  if (decoded.toString('base64') !== encoded) {
    throw new Ec2Error('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.');
  }
  if (decoded.length > MAX_USER_DATA) {
    throw new Ec2Error('InvalidParameterValue', `User data is limited to ${MAX_USER_DATA} bytes`);
  }
  return encoded;
};

const deviceOf = (fields: Fields, image: Image): Device => {
  const ebs = group(fields, 'Ebs');
  const name = required(fields, 'DeviceName');
  const fallback = name === image.rootDeviceName ? image.rootSize : undefined;
  const size = integer(ebs, 'VolumeSize') ?? fallback;
  if (size === undefined)
    throw new Ec2Error('MissingParameter', 'The request must contain the parameter size or snapshotId');
  if (fallback !== undefined && size < fallback) {
    throw new Ec2Error(
      'InvalidBlockDeviceMapping',
      `Volume of size ${size}GB is smaller than snapshot '${image.rootSnapshotId}', expect size >= ${fallback}GB`,
    );
  }
  const spec = volumeSpecOf({
    type: text(ebs, 'VolumeType') ?? 'gp3',
    size,
    iops: integer(ebs, 'Iops'),
    throughput: integer(ebs, 'Throughput'),
  });
  return {
    ...spec,
    name,
    deleteOnTermination: flag(ebs, 'DeleteOnTermination') ?? true,
    snapshotId: text(ebs, 'SnapshotId') ?? (fallback === undefined ? undefined : image.rootSnapshotId),
    encrypted: flag(ebs, 'Encrypted') ?? false,
  };
};

const devicesOf = (fields: Fields, image: Image): Device[] => {
  const asked = groups(fields, 'BlockDeviceMapping').map((mapping) => deviceOf(mapping, image));
  if (asked.some((device) => device.name === image.rootDeviceName)) return asked;
  return [deviceOf({ DeviceName: image.rootDeviceName }, image), ...asked];
};

const countOf = (fields: Fields): { min: number; max: number } => {
  required(fields, 'MinCount');
  required(fields, 'MaxCount');
  const min = integer(fields, 'MinCount') ?? 1;
  const max = integer(fields, 'MaxCount') ?? 1;
  if (min < 1 || max < min) {
    throw new Ec2Error('InvalidParameterValue', `Invalid value '${min}' for min instance count. Expected 1 to ${max}.`);
  }
  return { min, max };
};

const securityGroupsOf = (fields: Fields): string[] => {
  const { securityGroupIds } = networkOf(fields);
  const unknown = securityGroupIds.find((id) => id !== SECURITY_GROUP.id);
  if (unknown !== undefined)
    throw new Ec2Error('InvalidGroup.NotFound', `The security group '${unknown}' does not exist`);
  return securityGroupIds.length > 0 ? securityGroupIds : [SECURITY_GROUP.id];
};

/** Checks everything about a launch that EC2 checks before it looks for capacity. */
export const parseLaunch = (fields: Fields): LaunchRequest => {
  const count = countOf(fields);
  const subnet = subnetOf(fields);
  const type = typeIn(fields, subnet.zone);
  const image = imageFor(fields, type);
  return {
    type,
    image,
    subnet,
    count,
    securityGroupIds: securityGroupsOf(fields),
    userData: userDataOf(fields),
    capacityReservation: capacityReservationIn(fields),
    devices: devicesOf(fields, image),
  };
};

import { ACCOUNT_ID, SECURITY_GROUP, VPC_ID, zoneNamed } from '../catalog.ts';
import type { Context } from '../context.ts';
import { volumesOf } from '../lookup.ts';
import type { Instance, Volume } from '../model.ts';
import { tagSet } from '../tags.ts';
import { time, type Xml } from '../xml.ts';
import { capacityReservationXml } from './capacity-reservation.ts';
import { stateXml } from './instance-state.ts';

const groupSet = (instance: Instance): Xml =>
  instance.securityGroupIds.map((groupId) => ({ groupId, groupName: SECURITY_GROUP.name }));

const blockDevice = (volume: Volume): Xml =>
  volume.attachment && {
    deviceName: volume.attachment.device,
    ebs: {
      volumeId: volume.id,
      status: volume.attachment.state,
      attachTime: time(volume.attachment.attachTime),
      deleteOnTermination: volume.attachment.deleteOnTermination,
    },
  };

const networkInterface = (instance: Instance): Xml => ({
  networkInterfaceId: instance.networkInterfaceId,
  subnetId: instance.subnetId,
  vpcId: VPC_ID,
  ownerId: ACCOUNT_ID,
  status: 'in-use',
  privateIpAddress: instance.privateIpAddress,
  privateDnsName: instance.privateDnsName,
  sourceDestCheck: true,
  groupSet: groupSet(instance),
  attachment: {
    attachmentId: instance.networkInterfaceId.replace('eni-', 'eni-attach-'),
    deviceIndex: 0,
    status: 'attached',
    attachTime: time(instance.launchTime),
    deleteOnTermination: true,
  },
  privateIpAddressesSet: [
    { privateIpAddress: instance.privateIpAddress, privateDnsName: instance.privateDnsName, primary: true },
  ],
  interfaceType: 'interface',
});

/** A terminated instance keeps its tags and times but has no network and no volumes. */
const belongings = (context: Context, instance: Instance): Record<string, Xml> =>
  instance.state === 'terminated'
    ? { privateDnsName: '', dnsName: '', blockDeviceMapping: [], networkInterfaceSet: [], groupSet: [] }
    : {
        privateDnsName: instance.privateDnsName,
        dnsName: '',
        subnetId: instance.subnetId,
        vpcId: VPC_ID,
        privateIpAddress: instance.privateIpAddress,
        blockDeviceMapping: volumesOf(context, instance.id).map(blockDevice),
        networkInterfaceSet: [networkInterface(instance)],
        groupSet: groupSet(instance),
      };

const instanceXml = (context: Context, instance: Instance): Xml => ({
  instanceId: instance.id,
  imageId: instance.imageId,
  instanceState: stateXml(instance.state),
  reason: instance.transitionReason,
  keyName: instance.keyName,
  amiLaunchIndex: instance.launchIndex,
  productCodes: [],
  instanceType: instance.type,
  launchTime: time(instance.launchTime),
  placement: {
    availabilityZone: instance.zone,
    availabilityZoneId: zoneNamed(instance.zone)?.id,
    groupName: '',
    tenancy: 'default',
  },
  monitoring: { state: instance.monitoring ? 'enabled' : 'disabled' },
  ...belongings(context, instance),
  stateReason: instance.stateReason,
  architecture: instance.architecture,
  rootDeviceType: 'ebs',
  rootDeviceName: instance.rootDeviceName,
  virtualizationType: 'hvm',
  clientToken: instance.clientToken ?? '',
  tagSet: tagSet(instance.tags),
  hypervisor: 'xen',
  sourceDestCheck: true,
  iamInstanceProfile: instance.instanceProfileArn && { arn: instance.instanceProfileArn, id: 'AIPALOCAL' },
  ebsOptimized: instance.ebsOptimized,
  enaSupport: true,
  metadataOptions: { state: 'applied', ...instance.metadataOptions, instanceMetadataTags: 'disabled' },
  platformDetails: 'Linux/UNIX',
  ...capacityReservationXml(instance),
});

/** Instances by the launch they came from. */
export const reservationSet = (context: Context, instances: Instance[]): Xml => {
  const reservations = Map.groupBy(instances, (instance) => instance.reservationId);
  return [...reservations].map(([reservationId, members]) => ({
    reservationId,
    ownerId: ACCOUNT_ID,
    groupSet: [],
    instancesSet: members.map((instance) => instanceXml(context, instance)),
  }));
};

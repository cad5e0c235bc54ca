import { privateDnsNameOf, roomInSubnet, takeAddress } from '../addresses.ts';
import { type Demand, roomFor, takeCapacity } from '../capacity.ts';
import { ACCOUNT_ID } from '../catalog.ts';
import { after, type Context, newId } from '../context.ts';
import { Ec2Error } from '../errors.ts';
import type { Instance, Tags, Volume } from '../model.ts';
import { type Fields, flag, group, integer, text } from '../request.ts';
import { parseTagSpecifications } from '../tags.ts';
import { rememberToken, replayOf } from '../tokens.ts';
import type { Action, Answer } from './action.ts';
import { reservationSet } from './instance-xml.ts';
import { type Device, type LaunchRequest, parseLaunch, zoneOfLaunch } from './launch-request.ts';

type LaunchTags = { instance: Tags; volume: Tags; 'network-interface': Tags };

const answerOf = (context: Context, instances: Instance[]): Answer => {
  const [reservation] = reservationSet(context, instances) as Answer[];
  return reservation ?? {};
};

const replay = (context: Context, ids: string[]): Answer => {
  const instances = ids.flatMap((id) => context.account.instances[id] ?? []);
  if (instances.length === 0 || instances.some((instance) => instance.state === 'terminated')) {
    throw new Ec2Error(
      'IdempotentInstanceTerminated',
      'The request to launch an instance uses the same client token as a previous request for which the instance has been terminated.',
    );
  }
  return answerOf(context, instances);
};

const newInstance = (context: Context, fields: Fields, launch: LaunchRequest, tags: LaunchTags): Instance => {
  const address = takeAddress(context, launch.subnet);
  const metadata = group(fields, 'MetadataOptions');
  const profile = group(fields, 'IamInstanceProfile');
  const profileName = text(profile, 'Name');
  return {
    id: newId(context, 'i'),
    reservationId: '',
    launchIndex: 0,
    type: launch.type.name,
    imageId: launch.image.id,
    architecture: launch.type.architecture,
    zone: launch.subnet.zone,
    subnetId: launch.subnet.id,
    securityGroupIds: launch.securityGroupIds,
    privateIpAddress: address,
    privateDnsName: privateDnsNameOf(address),
    networkInterfaceId: newId(context, 'eni'),
    networkInterfaceTags: tags['network-interface'],
    state: 'pending',
    next: { to: 'running', at: after(context, context.settings.pendingSeconds) },
    since: context.now,
    launchTime: context.now,
    visibleAt: after(context, context.settings.visibilityDelaySeconds),
    tags: { ...tags.instance },
    clientToken: text(fields, 'ClientToken'),
    userData: launch.userData,
    disableApiTermination: flag(fields, 'DisableApiTermination') ?? false,
    disableApiStop: flag(fields, 'DisableApiStop') ?? false,
    shutdownBehavior: text(fields, 'InstanceInitiatedShutdownBehavior') === 'terminate' ? 'terminate' : 'stop',
    ebsOptimized: flag(fields, 'EbsOptimized') ?? false,
    monitoring: flag(group(fields, 'Monitoring'), 'Enabled') ?? false,
    instanceProfileArn:
      text(profile, 'Arn') ??
      (profileName === undefined ? undefined : `arn:aws:iam::${ACCOUNT_ID}:instance-profile/${profileName}`),
    keyName: text(fields, 'KeyName'),
    metadataOptions: {
      httpTokens: text(metadata, 'HttpTokens') ?? 'optional',
      httpPutResponseHopLimit: integer(metadata, 'HttpPutResponseHopLimit') ?? 1,
      httpEndpoint: text(metadata, 'HttpEndpoint') ?? 'enabled',
    },
    rootDeviceName: launch.image.rootDeviceName,
    transitionReason: '',
    capacityReservation: launch.capacityReservation,
    bootAs: context.settings.bootAs,
    builtIn: false,
  };
};

const newDevice = (context: Context, device: Device, instance: Instance, tags: Tags): Volume => {
  const { name, deleteOnTermination, snapshotId, encrypted, ...spec } = device;
  return {
    ...spec,
    id: newId(context, 'vol'),
    zone: instance.zone,
    state: 'in-use',
    createTime: context.now,
    visibleAt: instance.visibleAt,
    tags: { ...tags },
    encrypted,
    snapshotId,
    attachment: {
      instanceId: instance.id,
      device: name,
      state: 'attaching',
      attachTime: context.now,
      deleteOnTermination,
    },
    modifications: [],
  };
};

const addToAccount = (context: Context, instance: Instance, volumes: Volume[]): void => {
  context.account.instances[instance.id] = instance;
  context.record({ effect: 'instance-launched', id: instance.id, zone: instance.zone, tags: instance.tags });
  for (const volume of volumes) {
    context.account.volumes[volume.id] = volume;
    const device = volume.attachment?.device ?? '';
    const root = device === instance.rootDeviceName;
    context.record({ effect: 'volume-created', id: volume.id, zone: volume.zone, tags: volume.tags, root });
    context.record({ effect: 'volume-attached', id: volume.id, instanceId: instance.id, device });
  }
};

const demandOf = ({ type, subnet, capacityReservation }: LaunchRequest): Demand => ({
  type: type.name,
  zone: subnet.zone,
  capacityReservation,
});

/** As many as there are addresses and capacity for, between MinCount and MaxCount. */
const howMany = (context: Context, launch: LaunchRequest): number => {
  const { min } = launch.count;
  const max = roomInSubnet(context, launch.subnet, launch.count);
  return roomFor(context, demandOf(launch), { min, max });
};

const runInstances = (context: Context, fields: Fields): Answer => {
  const scope = { action: 'RunInstances', zone: zoneOfLaunch(fields) };
  const known = replayOf(context, fields, scope);
  if (known) return replay(context, known.ids);
  const launch = parseLaunch(fields);
  const tags = parseTagSpecifications(fields, ['instance', 'volume', 'network-interface'] as const);
  const count = howMany(context, launch);
  takeCapacity(context.account, demandOf(launch), count);
  const reservationId = newId(context, 'r');
  const instances = Array.from({ length: count }, (_, launchIndex) => {
    const instance = { ...newInstance(context, fields, launch, tags), reservationId, launchIndex };
    addToAccount(
      context,
      instance,
      launch.devices.map((device) => newDevice(context, device, instance, tags.volume)),
    );
    return instance;
  });
  rememberToken(context, fields, scope, { ids: instances.map((instance) => instance.id) });
  return answerOf(context, instances);
};

export const runInstancesAction: Action = {
  bucket: 'run',
  mutates: true,
  parameters: [
    'BlockDeviceMapping',
    'CapacityReservationSpecification',
    'ClientToken',
    'DisableApiStop',
    'DisableApiTermination',
    'EbsOptimized',
    'IamInstanceProfile',
    'ImageId',
    'InstanceInitiatedShutdownBehavior',
    'InstanceType',
    'KeyName',
    'MaintenanceOptions',
    'MaxCount',
    'MetadataOptions',
    'MinCount',
    'Monitoring',
    'NetworkInterface',
    'Placement',
    'PrivateDnsNameOptions',
    'SecurityGroupId',
    'SubnetId',
    'TagSpecification',
    'UserData',
  ],
  run: runInstances,
};

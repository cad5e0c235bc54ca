import { VPC_ID } from '../catalog.ts';
import type { Context } from '../context.ts';
import { applyFilters, type FilterTable } from '../filters.ts';
import { instancesById, visibleInstances, volumesOf } from '../lookup.ts';
import type { Instance } from '../model.ts';
import { paginate } from '../pages.ts';
import { type Fields, texts } from '../request.ts';
import { time } from '../xml.ts';
import type { Action, Answer } from './action.ts';
import { stateCode } from './instance-state.ts';
import { reservationSet } from './instance-xml.ts';

const filterTable = (context: Context): FilterTable<Instance> => ({
  'instance-id': (instance) => [instance.id],
  'instance-state-name': (instance) => [instance.state],
  'instance-state-code': (instance) => [String(stateCode(instance.state))],
  'instance-type': (instance) => [instance.type],
  'availability-zone': (instance) => [instance.zone],
  'client-token': (instance) => [instance.clientToken],
  'image-id': (instance) => [instance.imageId],
  architecture: (instance) => [instance.architecture],
  'reservation-id': (instance) => [instance.reservationId],
  'launch-time': (instance) => [time(instance.launchTime)],
  'private-ip-address': (instance) => [instance.privateIpAddress],
  'private-dns-name': (instance) => [instance.privateDnsName],
  'subnet-id': (instance) => [instance.subnetId],
  'vpc-id': () => [VPC_ID],
  'instance.group-id': (instance) => instance.securityGroupIds,
  'network-interface.network-interface-id': (instance) => [instance.networkInterfaceId],
  'block-device-mapping.volume-id': (instance) => volumesOf(context, instance.id).map((volume) => volume.id),
  'block-device-mapping.device-name': (instance) =>
    volumesOf(context, instance.id).map((volume) => volume.attachment?.device),
  'root-device-name': (instance) => [instance.rootDeviceName],
});

const describeInstances = (context: Context, fields: Fields): Answer => {
  const ids = texts(fields, 'InstanceId');
  const candidates = ids.length > 0 ? instancesById(context, ids) : visibleInstances(context);
  const found = applyFilters(fields, candidates, filterTable(context), (instance) => instance.tags);
  const page = paginate(context, fields, found, { keyOf: (instance) => instance.id, idParameter: 'InstanceId' });
  return { reservationSet: reservationSet(context, page.items), nextToken: page.nextToken };
};

export const describeInstancesAction: Action = {
  bucket: 'describe',
  mutates: false,
  parameters: ['InstanceId', 'Filter', 'MaxResults', 'NextToken', 'IncludeManagedResources'],
  run: describeInstances,
};

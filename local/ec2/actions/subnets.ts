import { freeAddresses } from '../addresses.ts';
import { ACCOUNT_ID, REGION, type Subnet, SUBNETS, VPC_ID, zoneNamed } from '../catalog.ts';
import type { Context } from '../context.ts';
import { Ec2Error } from '../errors.ts';
import { applyFilters, type FilterTable } from '../filters.ts';
import { paginate } from '../pages.ts';
import { type Fields, texts } from '../request.ts';
import { tagSet } from '../tags.ts';
import type { Xml } from '../xml.ts';
import type { Action, Answer } from './action.ts';

/** What selectors by tag find in the simulated VPC. */
const TAGS = { 'kubernetes.io/role/internal-elb': '1', 'questdb-fleet.dev/discovery': 'local' };

const subnetXml = (context: Context, subnet: Subnet): Xml => ({
  subnetId: subnet.id,
  subnetArn: `arn:aws:ec2:${REGION}:${ACCOUNT_ID}:subnet/${subnet.id}`,
  state: 'available',
  vpcId: VPC_ID,
  ownerId: ACCOUNT_ID,
  cidrBlock: subnet.cidr,
  availableIpAddressCount: freeAddresses(context, subnet),
  availabilityZone: subnet.zone,
  availabilityZoneId: zoneNamed(subnet.zone)?.id,
  defaultForAz: false,
  mapPublicIpOnLaunch: false,
  tagSet: tagSet(TAGS),
});

const FILTERS: FilterTable<Subnet> = {
  'availability-zone': (subnet) => [subnet.zone],
  'availability-zone-id': (subnet) => [zoneNamed(subnet.zone)?.id],
  'cidr-block': (subnet) => [subnet.cidr],
  state: () => ['available'],
  'subnet-id': (subnet) => [subnet.id],
  'vpc-id': () => [VPC_ID],
};

const describeSubnets = (context: Context, fields: Fields): Answer => {
  const ids = texts(fields, 'SubnetId');
  const missing = ids.find((id) => !SUBNETS.some((subnet) => subnet.id === id));
  if (missing !== undefined) {
    throw new Ec2Error('InvalidSubnetID.NotFound', `The subnet ID '${missing}' does not exist`);
  }
  const candidates = SUBNETS.filter((subnet) => ids.length === 0 || ids.includes(subnet.id));
  const found = applyFilters(fields, candidates, FILTERS, () => TAGS);
  const page = paginate(context, fields, found, { keyOf: (subnet) => subnet.id, idParameter: 'SubnetId' });
  return { subnetSet: page.items.map((subnet) => subnetXml(context, subnet)), nextToken: page.nextToken };
};

export const describeSubnetsAction: Action = {
  bucket: 'describe',
  mutates: false,
  parameters: ['SubnetId', 'Filter', 'MaxResults', 'NextToken'],
  run: describeSubnets,
};

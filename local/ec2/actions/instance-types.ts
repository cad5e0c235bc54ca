import { allInstanceTypes, type InstanceType, REGION, ZONES } from '../catalog.ts';
import type { Context } from '../context.ts';
import { Ec2Error, invalidValue } from '../errors.ts';
import { applyFilters, type FilterTable } from '../filters.ts';
import { paginate } from '../pages.ts';
import { type Fields, text, texts } from '../request.ts';
import type { Xml } from '../xml.ts';
import type { Action, Answer } from './action.ts';

const ebsXml = ({ ebs }: InstanceType): Xml => ({
  ebsOptimizedSupport: 'default',
  encryptionSupport: 'supported',
  ebsOptimizedInfo: {
    baselineBandwidthInMbps: ebs.baselineMbps,
    baselineThroughputInMBps: ebs.baselineMbps / 8,
    baselineIops: ebs.baselineIops,
    maximumBandwidthInMbps: ebs.maximumMbps,
    maximumThroughputInMBps: ebs.maximumMbps / 8,
    maximumIops: ebs.maximumIops,
  },
  nvmeSupport: 'required',
  maximumEbsAttachments: 28,
  attachmentLimitType: 'shared',
});

const networkXml = (type: InstanceType): Xml => ({
  networkPerformance: type.network,
  maximumNetworkInterfaces: 3,
  maximumNetworkCards: 1,
  defaultNetworkCardIndex: 0,
  ipv4AddressesPerInterface: 10,
  ipv6AddressesPerInterface: 10,
  ipv6Supported: true,
  enaSupport: 'required',
  efaSupported: false,
});

const threadsOf = (type: InstanceType): number => (type.architecture === 'arm64' ? 1 : 2);

const typeXml = (type: InstanceType): Xml => ({
  instanceType: type.name,
  currentGeneration: true,
  freeTierEligible: false,
  supportedUsageClasses: ['on-demand', 'spot'],
  supportedRootDeviceTypes: ['ebs'],
  supportedVirtualizationTypes: ['hvm'],
  bareMetal: false,
  hypervisor: 'nitro',
  processorInfo: { supportedArchitectures: [type.architecture], sustainedClockSpeedInGhz: 3.5 },
  vCpuInfo: {
    defaultVCpus: type.vcpus,
    defaultCores: type.vcpus / threadsOf(type),
    defaultThreadsPerCore: threadsOf(type),
  },
  memoryInfo: { sizeInMiB: type.memoryMiB },
  instanceStorageSupported: false,
  ebsInfo: ebsXml(type),
  networkInfo: networkXml(type),
  placementGroupInfo: { supportedStrategies: ['cluster', 'partition', 'spread'] },
  hibernationSupported: true,
  burstablePerformanceSupported: type.burstable,
  dedicatedHostsSupported: true,
  autoRecoverySupported: true,
  supportedBootModes: type.architecture === 'arm64' ? ['uefi'] : ['legacy-bios', 'uefi'],
});

const TYPE_FILTERS: FilterTable<InstanceType> = {
  'instance-type': (type) => [type.name],
  'current-generation': () => ['true'],
  'bare-metal': () => ['false'],
  hypervisor: () => ['nitro'],
  'burstable-performance-supported': (type) => [String(type.burstable)],
  'instance-storage-supported': () => ['false'],
  'memory-info.size-in-mib': (type) => [String(type.memoryMiB)],
  'processor-info.supported-architecture': (type) => [type.architecture],
  'supported-usage-class': () => ['on-demand', 'spot'],
  'vcpu-info.default-vcpus': (type) => [String(type.vcpus)],
};

const namedTypes = (names: string[]): InstanceType[] => {
  if (names.length === 0) return allInstanceTypes();
  const unknown = names.filter((name) => !allInstanceTypes().some((type) => type.name === name));
  if (unknown.length > 0) {
    throw new Ec2Error(
      'InvalidInstanceType',
      `The following supplied instance types do not exist: [${unknown.join(', ')}]`,
    );
  }
  return allInstanceTypes().filter((type) => names.includes(type.name));
};

const describeInstanceTypes = (context: Context, fields: Fields): Answer => {
  const found = applyFilters(fields, namedTypes(texts(fields, 'InstanceType')), TYPE_FILTERS);
  const page = paginate(context, fields, found, { keyOf: (type) => type.name, idParameter: 'InstanceType' });
  return { instanceTypeSet: page.items.map(typeXml), nextToken: page.nextToken };
};

type Offering = { instanceType: string; locationType: string; location: string };

const locationsOf = (type: InstanceType, locationType: string): string[] => {
  const zones = ZONES.filter((zone) => !type.notIn.includes(zone.name));
  if (locationType === 'region') return [REGION];
  if (locationType === 'availability-zone') return zones.map((zone) => zone.name);
  if (locationType === 'availability-zone-id') return zones.map((zone) => zone.id);
  throw invalidValue(locationType, 'locationType');
};

const OFFERING_FILTERS: FilterTable<Offering> = {
  'instance-type': (offering) => [offering.instanceType],
  location: (offering) => [offering.location],
};

const describeInstanceTypeOfferings = (context: Context, fields: Fields): Answer => {
  const locationType = text(fields, 'LocationType') ?? 'region';
  const offerings = allInstanceTypes().flatMap((type) =>
    locationsOf(type, locationType).map((location) => ({ instanceType: type.name, locationType, location })),
  );
  const found = applyFilters(fields, offerings, OFFERING_FILTERS);
  const page = paginate(context, fields, found, { keyOf: (offering) => JSON.stringify(offering) });
  return { instanceTypeOfferingSet: page.items, nextToken: page.nextToken };
};

export const describeInstanceTypesAction: Action = {
  bucket: 'describe',
  mutates: false,
  parameters: ['InstanceType', 'Filter', 'MaxResults', 'NextToken'],
  run: describeInstanceTypes,
};

export const describeInstanceTypeOfferingsAction: Action = {
  bucket: 'describe',
  mutates: false,
  parameters: ['LocationType', 'Filter', 'MaxResults', 'NextToken'],
  run: describeInstanceTypeOfferings,
};

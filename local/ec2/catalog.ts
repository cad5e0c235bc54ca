/** What AWS offers in this simulated region: eu-west-1 with three zones, one VPC and a handful of instance types. */
export const REGION = 'eu-west-1';
export const ACCOUNT_ID = '000000000000';
export const VPC_ID = 'vpc-local';
export const SECURITY_GROUP = { id: 'sg-local', name: 'questdb-fleet-local' };

export type Zone = { name: string; id: string };

export const ZONES: Zone[] = [
  { name: 'eu-west-1a', id: 'euw1-az1' },
  { name: 'eu-west-1b', id: 'euw1-az2' },
  { name: 'eu-west-1c', id: 'euw1-az3' },
];

export type Subnet = { id: string; zone: string; cidr: string; thirdOctet: number };

export const SUBNETS: Subnet[] = [
  { id: 'subnet-local-a', zone: 'eu-west-1a', cidr: '10.2.0.0/18', thirdOctet: 0 },
  { id: 'subnet-local-b', zone: 'eu-west-1b', cidr: '10.2.64.0/18', thirdOctet: 64 },
  { id: 'subnet-local-c', zone: 'eu-west-1c', cidr: '10.2.128.0/18', thirdOctet: 128 },
  // A second one in the first zone, for whoever wants to choose.
  { id: 'subnet-local-a2', zone: 'eu-west-1a', cidr: '10.2.192.0/18', thirdOctet: 192 },
];

/** Capacity that is kept for those who name it: `targeted`, in EC2's words. */
export type CapacityReservation = { id: string; type: string; zone: string; count: number };

export const CAPACITY_RESERVATIONS: CapacityReservation[] = [
  { id: 'cr-local', type: 'r6i.large', zone: 'eu-west-1a', count: 2 },
];

export type Image = {
  id: string;
  name: string;
  architecture: string;
  ownerId: string;
  ownerAlias: string;
  creationDate: string;
  rootDeviceName: string;
  rootSnapshotId: string;
  rootSize: number;
};

/** The account that owns Amazon's EKS images in most regions. */
const IMAGE_OWNER_ID = '602401143452';

const image = (id: string, architecture: string, date: string, rootSnapshotId: string): Image => ({
  id,
  name: `amazon-eks-node-al2023-${architecture}-standard-1.36-v${date.slice(0, 10).replaceAll('-', '')}`,
  architecture,
  ownerId: IMAGE_OWNER_ID,
  ownerAlias: 'amazon',
  creationDate: date,
  rootDeviceName: '/dev/xvda',
  rootSnapshotId,
  rootSize: 20,
});

export const IMAGES: Image[] = [
  image('ami-local-x86-previous', 'x86_64', '2026-01-12T09:00:00.000Z', 'snap-00000000000000001'),
  image('ami-local-x86', 'x86_64', '2026-03-02T09:00:00.000Z', 'snap-00000000000000002'),
  image('ami-local-arm64-previous', 'arm64', '2026-01-12T09:05:00.000Z', 'snap-00000000000000003'),
  image('ami-local-arm64', 'arm64', '2026-03-02T09:05:00.000Z', 'snap-00000000000000004'),
];

type EbsLimits = {
  baselineMbps: number;
  baselineIops: number;
  maximumMbps: number;
  maximumIops: number;
};

export type InstanceType = {
  name: string;
  vcpus: number;
  memoryMiB: number;
  architecture: 'x86_64' | 'arm64';
  burstable: boolean;
  network: string;
  ebs: EbsLimits;
  /** Zones where it is not offered. */
  notIn: string[];
};

const SIZES: Record<string, { vcpus: number; ebs: [baselineMbps: number, baselineIops: number] }> = {
  large: { vcpus: 2, ebs: [650, 3600] },
  xlarge: { vcpus: 4, ebs: [1250, 6000] },
  '2xlarge': { vcpus: 8, ebs: [2500, 12_000] },
  '4xlarge': { vcpus: 16, ebs: [5000, 20_000] },
};

const FAMILIES: { name: string; gibPerVcpu: number; architecture: 'x86_64' | 'arm64' }[] = [
  { name: 'c6i', gibPerVcpu: 2, architecture: 'x86_64' },
  { name: 'm6i', gibPerVcpu: 4, architecture: 'x86_64' },
  { name: 'r6i', gibPerVcpu: 8, architecture: 'x86_64' },
  { name: 'm7g', gibPerVcpu: 4, architecture: 'arm64' },
  { name: 'r7g', gibPerVcpu: 8, architecture: 'arm64' },
];

/** The third zone is the small one: no Graviton, no large memory. */
const zonesWithout = (architecture: string, size: string): string[] =>
  architecture === 'arm64' || size === '2xlarge' || size === '4xlarge' ? ['eu-west-1c'] : [];

/** Limits of EBS-optimized instances as DescribeInstanceTypes tells them (Graviton's large has 630 Mbps). */
const familyTypes = (family: (typeof FAMILIES)[number]): InstanceType[] =>
  Object.entries(SIZES).map(([size, { vcpus, ebs }]) => ({
    name: `${family.name}.${size}`,
    vcpus,
    memoryMiB: vcpus * family.gibPerVcpu * 1024,
    architecture: family.architecture,
    burstable: false,
    network: 'Up to 12.5 Gigabit',
    ebs: {
      baselineMbps: family.architecture === 'arm64' && size === 'large' ? 630 : ebs[0],
      baselineIops: ebs[1],
      maximumMbps: 10_000,
      maximumIops: 40_000,
    },
    notIn: zonesWithout(family.architecture, size),
  }));

const T3_MEDIUM: InstanceType = {
  name: 't3.medium',
  vcpus: 2,
  memoryMiB: 4096,
  architecture: 'x86_64',
  burstable: true,
  network: 'Up to 5 Gigabit',
  ebs: { baselineMbps: 347, baselineIops: 2000, maximumMbps: 2085, maximumIops: 11_800 },
  notIn: [],
};

const INSTANCE_TYPES: InstanceType[] = [...FAMILIES.flatMap(familyTypes), T3_MEDIUM];

export const allInstanceTypes = (): InstanceType[] => INSTANCE_TYPES;

export const instanceTypeNamed = (name: string): InstanceType | undefined =>
  INSTANCE_TYPES.find((type) => type.name === name);

export const zoneNamed = (name: string): Zone | undefined => ZONES.find((zone) => zone.name === name);

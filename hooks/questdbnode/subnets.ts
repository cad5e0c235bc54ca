import type { QuestDBNodeClass } from '../api/generated/questdbnodeclass.ts';

/** EC2's code for a subnet without a free address; another one of the zone may have some. */
export const NO_FREE_ADDRESS = 'InsufficientFreeAddressesInSubnet';

/** The class's subnets in a zone, in the order in which they are tried. */
export const subnetsIn = ({ spec }: QuestDBNodeClass, zone: string): string[] =>
  spec.subnets.filter((subnet) => subnet.zone === zone).map(({ id }) => id);

/** The subnet to try after that one; undefined when all of the zone were tried. One that the class has no more is followed by the first. */
export const subnetAfter = (nodeClass: QuestDBNodeClass, zone: string, subnetId: string): string | undefined => {
  const subnets = subnetsIn(nodeClass, zone);
  return subnets[subnets.indexOf(subnetId) + 1];
};

import { REGION, type Subnet } from './catalog.ts';
import type { Context } from './context.ts';
import { Ec2Error } from './errors.ts';

const FIRST = 10;
/** A /18 has 16384 addresses; what is left after AWS' own and the built-in machines. */
const LAST = 16_000;

/** A /18 less the five addresses that AWS keeps. */
const ADDRESSES = 16_379;

const usedIn = ({ account }: Context, subnet: Subnet): number =>
  Object.values(account.instances).filter(({ subnetId, state }) => subnetId === subnet.id && state !== 'terminated')
    .length;

/** How many addresses of a subnet nobody has. */
export const freeAddresses = (context: Context, subnet: Subnet): number =>
  Math.max(0, (context.account.addressLimits[subnet.id] ?? ADDRESSES) - usedIn(context, subnet));

/** Leaves a subnet so many free addresses; one that is given back is free again. */
export const limitAddresses = (context: Context, subnet: Subnet, free: number): void => {
  context.account.addressLimits[subnet.id] = Math.min(ADDRESSES, usedIn(context, subnet) + free);
};

/** How many of `count` instances get an address; throws when the least of them do not. */
export const roomInSubnet = (context: Context, subnet: Subnet, count: { min: number; max: number }): number => {
  const free = freeAddresses(context, subnet);
  if (free >= count.min) return Math.min(count.max, free);
  throw new Ec2Error(
    'InsufficientFreeAddressesInSubnet',
    `There are not enough free addresses in subnet '${subnet.id}' to satisfy the requested number of instances.`,
  );
};

const addressOf = (subnet: Subnet, number: number): string =>
  `10.2.${subnet.thirdOctet + Math.floor(number / 256)}.${number % 256}`;

/** The free address of a subnet that was given longest ago, or the lowest one where the settings say that addresses are used again at once. */
export const takeAddress = (context: Context, subnet: Subnet): string => {
  const used = new Set(
    Object.values(context.account.instances)
      .filter((instance) => instance.state !== 'terminated')
      .map((instance) => instance.privateIpAddress),
  );
  const last = context.settings.reuseAddresses ? FIRST - 1 : (context.account.addresses[subnet.id] ?? FIRST - 1);
  let number = last;
  do number = number >= LAST ? FIRST : number + 1;
  while (used.has(addressOf(subnet, number)));
  context.account.addresses[subnet.id] = number;
  return addressOf(subnet, number);
};

export const privateDnsNameOf = (address: string): string =>
  `ip-${address.replaceAll('.', '-')}.${REGION}.compute.internal`;

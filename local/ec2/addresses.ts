import { REGION, type Subnet } from './catalog.ts';
import type { Context } from './context.ts';

const FIRST = 10;
/** A /18 has 16384 addresses; what is left after AWS' own and the built-in machines. */
const LAST = 16_000;

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

import { instanceTypeNamed } from './catalog.ts';
import type { Context } from './context.ts';
import { Ec2Error } from './errors.ts';
import type { Account, Instance } from './model.ts';

const keyOf = (type: string, zone: string): string => `${type}/${zone}`;

/** Sets how many more instances of a type can start in a zone. */
export const setCapacity = (account: Account, type: string, zone: string, available: number): void => {
  account.capacity[keyOf(type, zone)] = available;
};

const vcpusOf = (type: string): number => instanceTypeNamed(type)?.vcpus ?? 0;

const isRunning = (instance: Instance): boolean =>
  !instance.builtIn && ['pending', 'running', 'stopping'].includes(instance.state);

const checkVcpuLimit = (context: Context, type: string, count: number): void => {
  const limit = context.settings.vcpuLimit;
  if (limit === null) return;
  const used = Object.values(context.account.instances)
    .filter(isRunning)
    .reduce((sum, instance) => sum + vcpusOf(instance.type), 0);
  if (used + count * vcpusOf(type) > limit) {
    throw new Ec2Error(
      'VcpuLimitExceeded',
      `You have requested more vCPU capacity than your current vCPU limit of ${limit} allows for the instance bucket that the specified instance type belongs to.`,
    );
  }
};

/** Throws when so many instances of a type cannot start in a zone now. */
export const checkCapacity = (context: Context, type: string, zone: string, count: number): void => {
  checkVcpuLimit(context, type, count);
  const available = context.account.capacity[keyOf(type, zone)];
  if (available !== undefined && available < count) {
    throw new Ec2Error(
      'InsufficientInstanceCapacity',
      `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${zone}).`,
    );
  }
};

export const takeCapacity = (account: Account, type: string, zone: string, count: number): void => {
  const key = keyOf(type, zone);
  const available = account.capacity[key];
  if (available !== undefined) account.capacity[key] = available - count;
};

export const returnCapacity = (account: Account, instance: Instance): void =>
  takeCapacity(account, instance.type, instance.zone, -1);

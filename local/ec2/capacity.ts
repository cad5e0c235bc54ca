import { CAPACITY_RESERVATIONS, type CapacityReservation, instanceTypeNamed } from './catalog.ts';
import type { Context } from './context.ts';
import { Ec2Error } from './errors.ts';
import type { Account, Instance } from './model.ts';

/** What needs capacity: an instance, or what is to become one. */
export type Demand = Pick<Instance, 'type' | 'zone' | 'capacityReservation'>;

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

/** Whether an instance takes a slot of the reservation that it names. */
export const isInReservation = ({ state }: Instance): boolean => state === 'pending' || state === 'running';

/** Slots of a reservation that nobody has. */
export const freeSlots = (account: Account, { id, count }: CapacityReservation): number =>
  count -
  Object.values(account.instances).filter(
    (instance) => instance.capacityReservation?.targetId === id && isInReservation(instance),
  ).length;

/** EC2 says of a reservation that does not fit the same as of one that is full. */
const reservedFor = (account: Account, { type, zone, capacityReservation }: Demand): number => {
  const reservation = CAPACITY_RESERVATIONS.find(({ id }) => id === capacityReservation?.targetId);
  const fits = reservation?.type === type && reservation.zone === zone;
  return fits ? freeSlots(account, reservation) : 0;
};

const needsReservation = ({ capacityReservation }: Demand): boolean =>
  capacityReservation?.preference === 'capacity-reservations-only';

const exhausted = ({ type, zone }: Demand): Ec2Error =>
  new Ec2Error(
    'InsufficientInstanceCapacity',
    `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${zone}).`,
  );

const reservationExhausted = (): Ec2Error =>
  new Ec2Error(
    'ReservationCapacityExceeded',
    'The requested reservation does not have sufficient compatible and available capacity for this request.',
  );

/** How many of `count` instances can start now; throws when the least of them cannot. */
export const roomFor = (context: Context, demand: Demand, count: { min: number; max: number }): number => {
  checkVcpuLimit(context, demand.type, count.min);
  const reserved = needsReservation(demand);
  const available = reserved
    ? reservedFor(context.account, demand)
    : (context.account.capacity[keyOf(demand.type, demand.zone)] ?? count.max);
  if (available < count.min) throw reserved ? reservationExhausted() : exhausted(demand);
  return Math.min(count.max, available);
};

/** Reserved capacity is counted by who has it. */
export const takeCapacity = (account: Account, demand: Demand, count: number): void => {
  const key = keyOf(demand.type, demand.zone);
  const available = account.capacity[key];
  if (available !== undefined && !needsReservation(demand)) account.capacity[key] = available - count;
};

export const returnCapacity = (account: Account, instance: Instance): void => takeCapacity(account, instance, -1);

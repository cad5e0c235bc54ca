import { isInReservation } from '../capacity.ts';
import { CAPACITY_RESERVATIONS } from '../catalog.ts';
import { Ec2Error, invalidCombination, invalidValue } from '../errors.ts';
import type { CapacityReservationWish, Instance } from '../model.ts';
import { type Fields, group, text } from '../request.ts';
import type { Xml } from '../xml.ts';

const PREFERENCES = ['open', 'none', 'capacity-reservations-only'] as const;

const preferenceIn = (specification: Fields): CapacityReservationWish['preference'] | undefined => {
  const given = text(specification, 'CapacityReservationPreference');
  const preference = PREFERENCES.find((one) => one === given);
  if (given !== undefined && preference === undefined) throw invalidValue(given, 'capacityReservationPreference');
  return preference;
};

const targetIn = (specification: Fields): string | undefined => {
  const target = group(specification, 'CapacityReservationTarget');
  const groupArn = text(target, 'CapacityReservationResourceGroupArn');
  if (groupArn !== undefined) {
    throw invalidValue(groupArn, 'capacityReservationResourceGroupArn', 'Groups are not modelled.');
  }
  const id = text(target, 'CapacityReservationId');
  if (id !== undefined && !CAPACITY_RESERVATIONS.some((reservation) => reservation.id === id)) {
    throw new Ec2Error('InvalidCapacityReservationId.NotFound', `The capacity reservation ID '${id}' was not found`);
  }
  return id;
};

/** What a launch says of capacity reservations. There is none that is open to all. */
export const capacityReservationIn = (fields: Fields): CapacityReservationWish => {
  const specification = group(fields, 'CapacityReservationSpecification');
  const preference = preferenceIn(specification);
  const targetId = targetIn(specification);
  if (targetId === undefined) return { preference: preference ?? 'open' };
  if (preference !== undefined && preference !== 'capacity-reservations-only') {
    throw invalidCombination(`A capacity reservation cannot be targeted with the preference '${preference}'.`);
  }
  return { preference: 'capacity-reservations-only', targetId };
};

export const capacityReservationXml = (instance: Instance): Record<string, Xml> => {
  const { preference, targetId } = instance.capacityReservation ?? { preference: 'open' };
  return {
    capacityReservationId: isInReservation(instance) ? targetId : undefined,
    capacityReservationSpecification: {
      capacityReservationPreference: preference,
      capacityReservationTarget: targetId === undefined ? undefined : { capacityReservationId: targetId },
    },
  };
};

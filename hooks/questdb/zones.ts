import { conditionOf, rfc3339 } from '../api/conditions.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { generationOf } from '../api/kinds.ts';
import { shortHash } from '../api/names.ts';
import { hasSpoken, type Observed } from './observe.ts';
import { placedNode } from './whereabouts.ts';

export type WantedInstance = NonNullable<QuestDB['spec']['node']>;

/** A zone that cannot have the instance now, as status remembers it. */
export type UnavailableZone = NonNullable<NonNullable<QuestDB['status']>['unavailableZones']>[number];

/** How long a zone is passed over, in times of the least wait for capacity: another one gets its chance first. */
const SHORTAGE_RETRIES = 4;
/** What EC2 offers in a zone changes in weeks. */
const NOT_OFFERED_RETRIES = 20;

/** The zones of the class. A zone may have several subnets. */
export const zonesOf = ({ nodeClass }: Observed): string[] =>
  [...new Set((nodeClass?.spec.subnets ?? []).map(({ zone }) => zone))].sort();

/** Once a pod is placed on a node a volume may be on its way into the zone of that. */
const mayChooseZone = (observed: Observed): boolean => {
  const { database, volume } = observed;
  return (
    database.spec.node !== undefined &&
    database.spec.node.zone === undefined &&
    volume?.status?.zone === undefined &&
    volume?.status?.volumeId === undefined &&
    placedNode(observed) === undefined
  );
};

/** The nodes that are such an instance, in whichever zone; the oldest first. */
const kinOf = ({ nodes }: Observed, { instanceType, className }: WantedInstance): QuestDBNode[] =>
  nodes.filter(({ spec }) => spec.instanceType === instanceType && spec.className === className);

/**
 * The zones to be passed over: those that were found so before and not long ago, and those of nodes that say so now. Found for one spec alone;
 * none once the zone is not to be chosen any more. Sorted.
 */
export const unavailableZones = (observed: Observed): UnavailableZone[] => {
  const { database, now } = observed;
  const zones = zonesOf(observed);
  const wanted = database.spec.node;
  if (wanted === undefined || zones.length < 2 || !mayChooseZone(observed)) return [];
  const remembered = rememberedZones(database).filter(
    ({ zone, until }) => new Date(until) > now && zones.includes(zone),
  );
  const found = kinOf(observed, wanted)
    .map((node) => unavailabilityOf(node, observed))
    .filter((entry) => entry !== undefined);
  const byZone = new Map([...found, ...remembered].map((entry) => [entry.zone, entry]));
  return [...byZone.values()].sort((a, b) => (a.zone < b.zone ? -1 : 1));
};

const rememberedZones = ({ metadata, status }: QuestDB): UnavailableZone[] =>
  conditionOf(status?.conditions, 'Ready')?.observedGeneration === generationOf({ metadata })
    ? (status?.unavailableZones ?? [])
    : [];

const unavailabilityOf = (node: QuestDBNode, observed: Observed): UnavailableZone | undefined => {
  const { now, capacityRetrySeconds } = observed;
  const { spec, status } = node;
  if (status?.shortage !== undefined) {
    const { reason, nextTry } = status.shortage;
    return { zone: spec.zone, reason, until: later(new Date(nextTry), capacityRetrySeconds * SHORTAGE_RETRIES) };
  }
  const reason = hasSpoken(node) ? conditionOf(status?.conditions, 'Ready')?.reason : undefined;
  return reason === 'InstanceTypeNotOffered'
    ? { zone: spec.zone, reason, until: later(now, capacityRetrySeconds * NOT_OFFERED_RETRIES) }
    : undefined;
};

const later = (time: Date, seconds: number): string => rfc3339(new Date(time.getTime() + seconds * 1000));

/**
 * The zone where nothing says which: that of a node that is there already, else one of the class, and none that is passed over as long as there
 * is another. Undefined where the class has none.
 */
export const chooseZone = (observed: Observed, wanted: WantedInstance): string | undefined => {
  const passedOver = new Set(unavailableZones(observed).map(({ zone }) => zone));
  const kin = kinOf(observed, wanted).map(({ spec }) => spec.zone);
  const zones = zonesOf(observed);
  const isOpen = (zone: string): boolean => !passedOver.has(zone);
  return kin.find(isOpen) ?? zoneFor(observed, zones.filter(isOpen)) ?? kin[0] ?? zoneFor(observed, zones);
};

/** Spreads databases over the zones; the same name always gets the same one. */
const zoneFor = ({ identity: { namespace, database } }: Observed, zones: readonly string[]): string | undefined =>
  zones[parseInt(shortHash([namespace, database]), 16) % Math.max(1, zones.length)];

/** What is to be said of the zones that are passed over, after another sentence; nothing where there is none. */
export const zonesStory = (observed: Observed): string => {
  const unavailable = unavailableZones(observed);
  if (unavailable.length === 0) return '';
  const each = unavailable.map(({ zone, reason, until }) => `${zone} (${reason}, until ${until})`).join(', ');
  return unavailable.length < zonesOf(observed).length
    ? ` Passed over: ${each}.`
    : ` No zone of the class can have it now: ${each}.`;
};

import type { Effect, JournalEntry } from './journal.ts';
import type { Tags, VolumeSpec } from './model.ts';

const OWNER_TAG = 'questdb-fleet.dev/owner-uid';
const ATTEMPT_TAG = 'questdb-fleet.dev/attempt';
const DATA_TAGS = ['questdb-fleet.dev/database', 'kubernetes.io/created-for/pvc/name'];

export type InvariantOptions = {
  /** Volumes whose data was given up on purpose (`deletionPolicy: Delete`). */
  mayDelete?: (volumeId: string, tags: Tags) => boolean;
};

type World = {
  /** Tags of the instances that are not shut down. */
  live: Map<string, Tags>;
  /** Where each volume is attached. */
  attached: Map<string, string>;
  lastTarget: Map<string, VolumeSpec>;
  violations: string[];
};

const sameSpec = (a: VolumeSpec, b: VolumeSpec): boolean =>
  a.size === b.size && a.type === b.type && a.iops === b.iops && a.throughput === b.throughput;

const needOf = (tags: Tags): string | undefined => {
  const owner = tags[OWNER_TAG];
  return owner === undefined ? undefined : `${owner}, attempt ${tags[ATTEMPT_TAG] ?? 'none'}`;
};

const onLaunch = (world: World, id: string, tags: Tags): string | undefined => {
  const need = needOf(tags);
  const other = [...world.live].find(([, liveTags]) => need !== undefined && needOf(liveTags) === need)?.[0];
  world.live.set(id, tags);
  return other === undefined ? undefined : `two live instances for owner ${need ?? ''}: ${other} and ${id}`;
};

const onState = (
  world: World,
  entry: JournalEntry,
  effect: Extract<Effect, { effect: 'instance-state' }>,
): string | undefined => {
  if (effect.to === 'shutting-down' || effect.to === 'terminated') world.live.delete(effect.id);
  if (entry.action !== 'TerminateInstances' || effect.dataVolumes.length === 0) return undefined;
  return `${entry.caller} terminated ${effect.id} with data volumes attached: ${effect.dataVolumes.join(', ')}`;
};

const onAttach = (world: World, volumeId: string, instanceId: string): string | undefined => {
  const other = world.attached.get(volumeId);
  world.attached.set(volumeId, instanceId);
  return other === undefined ? undefined : `${volumeId} attached to ${instanceId} while attached to ${other}`;
};

const onDelete = (
  entry: JournalEntry,
  effect: Extract<Effect, { effect: 'volume-deleted' }>,
  options: InvariantOptions,
): string | undefined => {
  const holdsData = DATA_TAGS.some((tag) => tag in effect.tags);
  if (entry.action !== 'DeleteVolume' || !holdsData || options.mayDelete?.(effect.id, effect.tags)) return undefined;
  return `${entry.caller} deleted ${effect.id}, which holds the data of a database`;
};

const onModify = (world: World, effect: Extract<Effect, { effect: 'volume-modified' }>): string | undefined => {
  const last = world.lastTarget.get(effect.id);
  world.lastTarget.set(effect.id, effect.to);
  if (sameSpec(effect.from, effect.to)) return `${effect.id} modified without a change`;
  return last && sameSpec(last, effect.to) ? `${effect.id} modified twice for one change` : undefined;
};

const check = (world: World, entry: JournalEntry, effect: Effect, options: InvariantOptions): string | undefined => {
  switch (effect.effect) {
    case 'instance-launched':
      return onLaunch(world, effect.id, effect.tags);
    case 'instance-state':
      return onState(world, entry, effect);
    case 'volume-attached':
      return onAttach(world, effect.id, effect.instanceId);
    case 'volume-detached':
      world.attached.delete(effect.id);
      return undefined;
    case 'volume-deleted':
      return onDelete(entry, effect, options);
    case 'volume-modified':
      return onModify(world, effect);
    case 'tags-changed':
      if (world.live.has(effect.id)) world.live.set(effect.id, effect.tags);
      return undefined;
    default:
      return undefined;
  }
};

/** Reads a journal from its beginning and says, one sentence each, what in it must never happen. */
export const violationsIn = (journal: JournalEntry[], options: InvariantOptions = {}): string[] => {
  const world: World = { live: new Map(), attached: new Map(), lastTarget: new Map(), violations: [] };
  for (const entry of journal) {
    for (const effect of entry.effects) {
      const violation = check(world, entry, effect, options);
      if (violation !== undefined) world.violations.push(`${entry.time} ${violation}`);
    }
  }
  return world.violations;
};

import type { Effect, JournalEntry } from './journal.ts';
import type { InstanceState, Tags, VolumeSpec } from './model.ts';

const OWNER_TAG = 'questdb-fleet.dev/owner-uid';
const ATTEMPT_TAG = 'questdb-fleet.dev/attempt';
const DATA_TAGS = ['questdb-fleet.dev/database', 'kubernetes.io/created-for/pvc/name'];

/** What the operator puts on a volume whose deletion was confirmed, and the CSI driver on one it makes (by CreateVolume). */
const RELEASE_TAG = 'ebs.csi.aws.com/cluster';

type Seen = { tags: Tags; state: InstanceState };

type World = {
  /** The instances that are not on their way out. */
  live: Map<string, Seen>;
  /** Where each volume is attached. */
  attached: Map<string, string>;
  lastTarget: Map<string, VolumeSpec>;
  /** Volumes whose data was given up on purpose (`deletionPolicy: Delete`). */
  released: Set<string>;
  violations: string[];
};

const sameSpec = (a: VolumeSpec, b: VolumeSpec): boolean =>
  a.size === b.size && a.type === b.type && a.iops === b.iops && a.throughput === b.throughput;

const needOf = (tags: Tags): string | undefined => {
  const owner = tags[OWNER_TAG];
  return owner === undefined ? undefined : `${owner}, attempt ${tags[ATTEMPT_TAG] ?? 'none'}`;
};

/** An instance that is not stopped, nor on its way out: its processes may write. */
const mayRun = ({ state }: Seen): boolean => state === 'pending' || state === 'running' || state === 'stopping';

const findOther = (world: World, id: string, matches: (seen: Seen) => boolean): string | undefined =>
  [...world.live].find(([other, seen]) => other !== id && matches(seen))?.[0];

/** Another instance of this owner, whatever the attempt, that may run. */
const rivalOf = (world: World, id: string, tags: Tags): string | undefined => {
  const owner = tags[OWNER_TAG];
  return owner === undefined
    ? undefined
    : findOther(world, id, (seen) => seen.tags[OWNER_TAG] === owner && mayRun(seen));
};

const rivalry = (what: string, tags: Tags, rival: string): string =>
  `${what} for owner ${tags[OWNER_TAG] ?? ''} while ${rival}, which may run, was there`;

const onLaunch = (world: World, id: string, tags: Tags): string | undefined => {
  const need = needOf(tags);
  const twin = findOther(world, id, (seen) => need !== undefined && needOf(seen.tags) === need);
  const rival = rivalOf(world, id, tags);
  world.live.set(id, { tags, state: 'pending' });
  if (twin !== undefined) return `two live instances for owner ${need ?? ''}: ${twin} and ${id}`;
  return rival === undefined ? undefined : rivalry(`launched ${id}`, tags, rival);
};

type StateEffect = Extract<Effect, { effect: 'instance-state' }>;

const onEnd = (world: World, entry: JournalEntry, effect: StateEffect): string | undefined => {
  world.live.delete(effect.id);
  if (entry.action !== 'TerminateInstances' || effect.dataVolumes.length === 0) return undefined;
  return `${entry.caller} terminated ${effect.id} with data volumes attached: ${effect.dataVolumes.join(', ')}`;
};

const onState = (world: World, entry: JournalEntry, effect: StateEffect): string | undefined => {
  if (effect.to === 'shutting-down' || effect.to === 'terminated') return onEnd(world, entry, effect);
  const seen = world.live.get(effect.id);
  if (!seen) return undefined;
  seen.state = effect.to;
  const rival = entry.action === 'StartInstances' ? rivalOf(world, effect.id, seen.tags) : undefined;
  return rival === undefined ? undefined : rivalry(`${entry.caller} started ${effect.id}`, seen.tags, rival);
};

const onTags = (world: World, entry: JournalEntry, id: string, tags: Tags): void => {
  const seen = world.live.get(id);
  if (seen) seen.tags = tags;
  if (entry.action === 'CreateTags' && JSON.stringify(entry.parameters).includes(RELEASE_TAG)) world.released.add(id);
};

const onAttach = (world: World, volumeId: string, instanceId: string): string | undefined => {
  const other = world.attached.get(volumeId);
  world.attached.set(volumeId, instanceId);
  return other === undefined ? undefined : `${volumeId} attached to ${instanceId} while attached to ${other}`;
};

const onDelete = (
  world: World,
  entry: JournalEntry,
  effect: Extract<Effect, { effect: 'volume-deleted' }>,
): string | undefined => {
  const holdsData = DATA_TAGS.some((tag) => tag in effect.tags);
  if (entry.action !== 'DeleteVolume' || !holdsData || world.released.has(effect.id)) return undefined;
  return `${entry.caller} deleted ${effect.id}, which holds the data of a database`;
};

const onModify = (world: World, effect: Extract<Effect, { effect: 'volume-modified' }>): string | undefined => {
  const last = world.lastTarget.get(effect.id);
  world.lastTarget.set(effect.id, effect.to);
  if (sameSpec(effect.from, effect.to)) return `${effect.id} modified without a change`;
  return last && sameSpec(last, effect.to) ? `${effect.id} modified twice for one change` : undefined;
};

const check = (world: World, entry: JournalEntry, effect: Effect): string | undefined => {
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
      return onDelete(world, entry, effect);
    case 'volume-modified':
      return onModify(world, effect);
    case 'modification-failed':
      // It may be asked for again.
      world.lastTarget.delete(effect.id);
      return undefined;
    case 'tags-changed':
      onTags(world, entry, effect.id, effect.tags);
      return undefined;
    default:
      return undefined;
  }
};

/** Reads a journal from its beginning and says, one sentence each, what in it must never happen. */
export const violationsIn = (journal: JournalEntry[]): string[] => {
  const world: World = {
    live: new Map(),
    attached: new Map(),
    lastTarget: new Map(),
    released: new Set(),
    violations: [],
  };
  for (const entry of journal) {
    for (const effect of entry.effects) {
      const violation = check(world, entry, effect);
      if (violation !== undefined) world.violations.push(`${entry.time} ${violation}`);
    }
  }
  return world.violations;
};

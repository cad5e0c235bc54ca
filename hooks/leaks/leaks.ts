import { CLUSTER, OWNER_UID } from '../api/labels.ts';
import { isEnding } from '../questdbnode/observe.ts';
import type { Instance } from '../questdbnode/ports.ts';

/** Why an instance is taken for one that nobody owns. */
export type LeakReason =
  /** Its QuestDBNode is gone, and nothing is on it: the only ones that are ever terminated. */
  | 'OwnerGone'
  /** Its QuestDBNode is gone, and a data volume is attached to it. */
  | 'VolumeAttached'
  /** It carries the fleet's tag, and none that says whose it is. */
  | 'NoOwner';

/** An instance of the fleet that nobody owns, and that costs. */
export type Leak = { instance: Instance; reason: LeakReason };

export type LeakLimits = {
  clusterName: string;
  /** How old an instance is at least; a launch that goes on may be ahead of what is known of it. */
  ageSeconds: number;
  now: Date;
};

/**
 * The leaks among the instances, by id. `owners` are the uids of all QuestDBNodes, read after the instances: then the owner of each was
 * there before it was shown, and one that is missing is gone for ever, for no uid is given twice.
 */
export const findLeaks = (instances: readonly Instance[], owners: ReadonlySet<string>, limits: LeakLimits): Leak[] =>
  instances
    .filter((instance) => isOurs(instance, limits) && !isEnding(instance.state) && isOld(instance, limits))
    .flatMap((instance) => {
      const reason = reasonOf(instance, owners);
      return reason === undefined ? [] : [{ instance, reason }];
    })
    .sort((a, b) => (a.instance.instanceId < b.instance.instanceId ? -1 : 1));

/** The leak that an instance still is when both are looked at anew: for the same reason, of the same owner. */
export const confirmLeak = (
  leak: Leak,
  instance: Instance | undefined,
  owners: ReadonlySet<string>,
  limits: LeakLimits,
): Leak | undefined => {
  const [found] = instance === undefined ? [] : findLeaks([instance], owners, limits);
  const isSame = found?.reason === leak.reason && ownerOf(found.instance) === ownerOf(leak.instance);
  return isSame ? found : undefined;
};

/** The uid of the QuestDBNode that an instance was launched for; undefined when no tag says so. */
export const ownerOf = ({ tags }: Instance): string | undefined => tags[OWNER_UID] || undefined;

const isOurs = ({ tags }: Instance, { clusterName }: LeakLimits): boolean => tags[CLUSTER] === clusterName;

/** A launch time that cannot be read makes no age. */
const isOld = ({ launchTime }: Instance, { ageSeconds, now }: LeakLimits): boolean =>
  now.getTime() - Date.parse(launchTime) >= ageSeconds * 1000;

const reasonOf = (instance: Instance, owners: ReadonlySet<string>): LeakReason | undefined => {
  const owner = ownerOf(instance);
  if (owner === undefined) return 'NoOwner';
  if (owners.has(owner)) return undefined;
  return instance.dataVolumeIds.length > 0 ? 'VolumeAttached' : 'OwnerGone';
};

import { conditionOf } from '../../hooks/api/conditions.ts';
import type { QuestDB } from '../../hooks/api/generated/questdb.ts';
import type { QuestDBVolume } from '../../hooks/api/generated/questdbvolume.ts';
import { DATABASE } from '../../hooks/api/labels.ts';
import { parseBytes } from '../../hooks/api/quantity.ts';
import type { Simulation } from '../../local/ec2/simulation.ts';
import { NAMESPACE } from './objects.ts';
import type { VolumeWorld } from './volume-world.ts';

/** What may be left for a human of a database that was to take something over, or whose volume nobody can name any more. */
const FOR_HUMANS = ['AmbiguousData', 'ClaimLost', 'ForeignClaim', 'VolumeMissing'];
const OF_SOURCES = ['ClaimNotFound', 'DataInUse', 'ForeignVolume', 'VolumeNotFound'];

const readyOf = (parent: QuestDBVolume | undefined) => conditionOf(parent?.status?.conditions, 'Ready');

const isRight = ({ account }: Simulation, { spec, status }: QuestDBVolume): boolean => {
  const volume = account.volumes[status?.volumeId ?? ''];
  if (volume === undefined || readyOf({ spec, status } as QuestDBVolume)?.status !== 'True') return false;
  return volume.size * 1024 ** 3 >= Number(parseBytes(spec.size)) && (spec.iops ?? volume.iops) === volume.iops;
};

const mayBeLeft = ({ metadata, spec }: QuestDB, reason: string | undefined): boolean => {
  const reasons = spec.storage.from === undefined ? FOR_HUMANS : [...FOR_HUMANS, ...OF_SOURCES];
  return metadata.deletionTimestamp === undefined && reasons.includes(reason ?? '');
};

/** Databases that are not what they are to be when all has had its time. */
export const unrest = ({ api, simulation }: VolumeWorld): string[] =>
  api.databases.list().flatMap((database) => {
    const parent = api.parents.read(NAMESPACE, database.metadata.name);
    const isLiving = database.metadata.deletionTimestamp === undefined;
    const { reason, message } = readyOf(parent) ?? {};
    if ((isLiving && parent !== undefined && isRight(simulation, parent)) || mayBeLeft(database, reason)) return [];
    return [`${database.metadata.name} does not come to rest: ${reason ?? 'nothing said'}: ${message ?? ''}`];
  });

/** Found again, and kept, whatever becomes of the claim. */
export const unsecured = ({ api, simulation }: VolumeWorld): string[] =>
  api.parents.list().flatMap((parent) => {
    const { databaseName } = parent.spec;
    const volume = api.volumes.read(undefined, parent.status?.volumeName ?? '');
    if (volume === undefined || readyOf(parent)?.status !== 'True') return [];
    const tags = simulation.account.volumes[parent.status?.volumeId ?? '']?.tags;
    const isSecure =
      volume.spec?.persistentVolumeReclaimPolicy === 'Retain' &&
      [volume.metadata.labels, tags].every((told) => told?.[DATABASE] === databaseName);
    return isSecure ? [] : [`${databaseName} is Ready, and its volume is not secure`];
  });

/** All that is written down, in one text. */
export const versionsIn = ({ api }: VolumeWorld): string =>
  [...api.parents.list(), ...api.claims.list(), ...api.volumes.list()]
    .map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion ?? ''}`)
    .join();

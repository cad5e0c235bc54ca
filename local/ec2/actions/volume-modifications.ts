import { after, type Context } from '../context.ts';
import { Ec2Error, invalidCombination, invalidValue } from '../errors.ts';
import { applyFilters, type FilterTable } from '../filters.ts';
import { volumeById, visibleVolumes, volumesById } from '../lookup.ts';
import type { Modification, Volume, VolumeSpec } from '../model.ts';
import { paginate } from '../pages.ts';
import { type Fields, flag, integer, required, text, texts } from '../request.ts';
import { volumeSpecOf } from '../volume-types.ts';
import { time } from '../xml.ts';
import type { Action, Answer } from './action.ts';
import { modificationXml } from './volume-xml.ts';

const MAX_MODIFICATIONS = 4;
const DAY_MS = 86_400_000;

const WISHES = ['Size', 'VolumeType', 'Iops', 'Throughput', 'MultiAttachEnabled'];

const targetOf = (volume: Volume, fields: Fields): VolumeSpec => {
  if (!WISHES.some((name) => text(fields, name) !== undefined)) {
    throw invalidCombination('At least one of size, type, iops, throughput or multi-attach must be given.');
  }
  if (flag(fields, 'MultiAttachEnabled')) {
    throw invalidCombination('The parameter multiAttachEnabled is not supported for gp3 volumes.');
  }
  const size = integer(fields, 'Size') ?? volume.size;
  if (size < volume.size) {
    throw invalidValue(String(size), 'size', `New size cannot be smaller than existing size ${volume.size}.`);
  }
  const type = text(fields, 'VolumeType') ?? volume.type;
  const kept = type === volume.type && type !== 'gp2' && type !== 'st1' ? volume : undefined;
  return volumeSpecOf({
    type,
    size,
    iops: integer(fields, 'Iops') ?? kept?.iops,
    throughput: integer(fields, 'Throughput') ?? kept?.throughput,
  });
};

const checkMayModify = (context: Context, volume: Volume): void => {
  if (volume.state !== 'available' && volume.state !== 'in-use') {
    throw new Ec2Error('IncorrectState', `The volume '${volume.id}' is in the '${volume.state}' state.`);
  }
  const last = volume.modifications.at(-1);
  if (last?.state === 'modifying' || last?.state === 'optimizing') {
    throw new Ec2Error(
      'IncorrectModificationState',
      `Volume ${volume.id} cannot be modified in modification state ${last.state.toUpperCase()}`,
    );
  }
  const recent = volume.modifications.filter((modification) => modification.startTime > context.now - DAY_MS);
  if (recent.length >= MAX_MODIFICATIONS) {
    throw new Ec2Error(
      'VolumeModificationRateExceeded',
      `You've reached the maximum modification rate per volume limit: ${MAX_MODIFICATIONS} modifications of ${volume.id} in 24 hours.`,
    );
  }
};

/** A request that changes nothing is taken and counts, as on EBS. */
const modifyVolume = (context: Context, fields: Fields): Answer => {
  const volume = volumeById(context, required(fields, 'VolumeId'));
  const to = targetOf(volume, fields);
  checkMayModify(context, volume);
  const { type, size, iops, throughput } = volume;
  const optimizingAt = after(context, context.settings.modifyingSeconds);
  const modification: Modification = {
    from: { type, size, iops, throughput },
    to,
    state: 'modifying',
    failure: volume.nextFailure,
    startTime: context.now,
    optimizingAt,
    completedAt: optimizingAt + Math.round(context.settings.optimizingSeconds * 1000),
  };
  volume.modifications = [
    ...volume.modifications.filter((earlier) => earlier.startTime > context.now - DAY_MS),
    modification,
  ];
  volume.nextFailure = undefined;
  context.record({ effect: 'volume-modified', id: volume.id, from: modification.from, to });
  return { volumeModification: modificationXml(volume, modification, context.now) };
};

type Modified = { volume: Volume; modification: Modification };

/** The call itself knows at once of the one before; those who look may have to wait. */
const latestOf = ({ now, settings }: Context, volume: Volume): Modified[] => {
  const visibleFrom = now - settings.modificationVisibilityDelaySeconds * 1000;
  const modification = volume.modifications.findLast(({ startTime }) => startTime <= visibleFrom);
  return modification ? [{ volume, modification }] : [];
};

const FILTERS: FilterTable<Modified> = {
  'volume-id': ({ volume }) => [volume.id],
  'modification-state': ({ modification }) => [modification.state],
  'target-size': ({ modification }) => [String(modification.to.size)],
  'target-iops': ({ modification }) => [String(modification.to.iops)],
  'target-volume-type': ({ modification }) => [modification.to.type],
  'original-size': ({ modification }) => [String(modification.from.size)],
  'original-iops': ({ modification }) => [String(modification.from.iops)],
  'original-volume-type': ({ modification }) => [modification.from.type],
  'start-time': ({ modification }) => [time(modification.startTime)],
};

const asked = (context: Context, ids: string[]): Modified[] => {
  const latest = (volume: Volume) => latestOf(context, volume);
  if (ids.length === 0) return visibleVolumes(context).flatMap(latest);
  const volumes = volumesById(context, ids);
  const without = volumes.find((volume) => latest(volume).length === 0);
  if (without) {
    throw new Ec2Error('InvalidVolumeModification.NotFound', `Modification for volume '${without.id}' does not exist.`);
  }
  return volumes.flatMap(latest);
};

const describeVolumesModifications = (context: Context, fields: Fields): Answer => {
  const found = applyFilters(fields, asked(context, texts(fields, 'VolumeId')), FILTERS);
  const page = paginate(context, fields, found, {
    keyOf: ({ volume }) => volume.id,
    idParameter: 'VolumeId',
    lowestMaximum: 1,
  });
  return {
    volumeModificationSet: page.items.map(({ volume, modification }) =>
      modificationXml(volume, modification, context.now),
    ),
    nextToken: page.nextToken,
  };
};

export const modifyVolumeAction: Action = {
  bucket: 'mutate',
  mutates: true,
  parameters: ['VolumeId', ...WISHES],
  run: modifyVolume,
};

export const describeVolumesModificationsAction: Action = {
  bucket: 'describe',
  mutates: false,
  parameters: ['VolumeId', 'Filter', 'MaxResults', 'NextToken', 'IncludeManagedResources'],
  run: describeVolumesModifications,
};

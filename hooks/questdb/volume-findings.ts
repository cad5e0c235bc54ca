import { isDeepStrictEqual } from 'node:util';
import { conditionOf, fails, isUnknown, type Condition, type Finding } from '../api/conditions.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { questdbVolume } from './children/questdbvolume.ts';
import { hasSpoken, type Observed } from './observe.ts';

/** What the QuestDBVolume says of itself; what it said of another spec does not count. */
export const volumeFinding = ({ volume, database }: Observed): Finding => {
  const ready = volume === undefined ? undefined : saidOf(volume, 'Ready');
  if (volume === undefined || ready === undefined) return UNKNOWN;
  return isDeepStrictEqual(volume.spec, questdbVolume(database).spec)
    ? { status: ready.status, reason: ready.reason, message: ready.message }
    : fails('VolumeUpdating', `QuestDBVolume "${volume.metadata.name}" is given what spec.storage says.`);
};

/** Whether the volume is on its way to another size or speed. */
export const resizingFinding = (observed: Observed): Finding => {
  const { volume } = observed;
  const part = volumeFinding(observed);
  if (volume === undefined || part.reason === UNKNOWN.reason) return UNKNOWN;
  if (part.reason === 'VolumeUpdating') return isUnknown(part.reason, part.message);
  const { status, reason, message } = saidOf(volume, 'Resizing') ?? NOT_RESIZING;
  return { status, reason, message };
};

const UNKNOWN = isUnknown('VolumeUnknown', 'The QuestDBVolume has not been looked at yet.');
const NOT_RESIZING = fails('NotResizing', 'The volume is not on its way to another size or speed.');

const saidOf = (volume: QuestDBVolume, type: string): Condition | undefined =>
  hasSpoken(volume) ? conditionOf(volume.status?.conditions, type) : undefined;

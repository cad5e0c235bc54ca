import { conditionOf } from '../api/conditions.ts';
import type { Observed } from './observe.ts';
import type { VolumePlan } from './steps.ts';
import type { VolumePorts } from './ports.ts';
import type { VolumeStatus } from './status.ts';

/** Tells what was found, before it is taken up. */
export const announceFind = async ({ cluster }: VolumePorts, { parent }: Observed, plan: VolumePlan): Promise<void> => {
  const found = whatWasFound(plan);
  if (found !== undefined) await cluster.record(parent, 'Normal', 'DataFound', found);
};

const whatWasFound = (plan: VolumePlan): string | undefined => {
  switch (plan.step) {
    case 'Bind':
      return `Data from before is on PersistentVolume ${plan.persistentVolume.metadata.name}; a claim takes it up.`;
    case 'MakePersistentVolume':
      return `Data from before is on volume ${plan.volume.volumeId}; a PersistentVolume is made for it.`;
    case 'TakeClaim':
      return `Claim ${plan.claim.metadata.name} holds data from before; it is this database's now.`;
    default:
      return undefined;
  }
};

/** Tells when a growth begins and ends, by what status said before, so that a pass that is repeated says the same. */
export const announceGrowth = async (
  { cluster }: VolumePorts,
  { parent }: Observed,
  { conditions, ...has }: VolumeStatus,
): Promise<void> => {
  const [before, after] = [parent.status?.conditions, conditions].map((said) => conditionOf(said, 'Resizing'));
  const isResizing = after?.status === 'True';
  if (after === undefined || isResizing === (before?.status === 'True')) return;
  const [reason, message] = isResizing
    ? ['ResizeStarted', `The volume has ${inWords(has)}; asked for is ${inWords(parent.spec)}.`]
    : ['Resized', `The volume has ${inWords(has)}.`];
  await cluster.record(parent, 'Normal', reason, message);
};

type Measures = { size?: string | number; iops?: number; throughput?: number };

const inWords = ({ size, iops, throughput }: Measures): string =>
  [
    ...(size === undefined ? [] : [size]),
    ...(iops === undefined ? [] : [`${iops} IOPS`]),
    ...(throughput === undefined ? [] : [`${throughput} MiB/s`]),
  ].join(', ');

import { inWords } from './growth.ts';
import { type Observed } from './observe.ts';
import type { Claim, EbsVolume, Modification, PersistentVolume, VolumeWish } from './ports.ts';
import type { RefusedModification } from './refused-modification.ts';

/** What the user is told of a volume on its way to another size or speed. No percentages: they would change status for ever. */

export const modifying = (volumeId: string, wish: VolumeWish): string =>
  `EC2 changes volume ${volumeId} to ${inWords(wish)}.`;

export const oneAtATime = ({ volumeId, target, startedAt }: Modification, wish: VolumeWish): string =>
  `EC2 is at work on volume ${volumeId} since ${startedAt} (${inWords(target)}) and takes one change at a time. ${inWords(wish)} is asked for as ` +
  'soon as that is over, which takes minutes to hours.';

export const modificationFailed = ({ volumeId, target, message }: Modification, nextTry: string): string =>
  `EC2 failed to change volume ${volumeId} to ${inWords(target)}: ${message ?? 'it does not say why'}. The volume is as it was. ` +
  `Tried again at ${nextTry}.`;

export const heldBack = ({ reason, message, wish, since, nextTry }: RefusedModification): string =>
  `EC2 does not change the volume to ${wish} (${reason}, since ${since}): ${message} Tried again at ${nextTry}; a spec that asks for what the ` +
  'volume has ends the wait.';

export const limitExceeded = ({ volumeId, sizeGiB, iops, throughput }: EbsVolume, limit: string): string => {
  const has = inWords({
    sizeGiB,
    ...(iops === undefined ? {} : { iops }),
    ...(throughput === undefined ? {} : { throughput }),
  });
  return `${limit} Volume ${volumeId} has ${has}; ask for no more in spec.storage. Nothing was changed.`;
};

export const notExpandable = ({ claim, claimClass }: Observed): string => {
  const name = claim?.spec?.storageClassName ?? '';
  return claimClass === undefined
    ? `Claim "${claim?.metadata.name ?? ''}" is of StorageClass "${name}", which does not exist, so it cannot grow. Create the class with allowVolumeExpansion: true.`
    : `StorageClass "${name}" does not let volumes grow. Set allowVolumeExpansion: true on it.`;
};

export const notEbs = (volume: PersistentVolume): string =>
  `spec.storage.iops and throughput are for volumes of ebs.csi.aws.com; PersistentVolume "${volume.metadata.name}" is of ` +
  `${volume.spec?.csi?.driver ?? 'no CSI driver'}. Remove them.`;

export const claimResizing = ({ metadata, status }: Claim): string => {
  const trouble = (status?.conditions ?? []).find(
    ({ type, status: holds }) => holds === 'True' && TROUBLES.includes(type),
  );
  const said = trouble?.message === undefined ? '' : ` It says: ${trouble.message}`;
  return `Claim "${metadata.name}" waits for csi-resizer to find the new size.${said}`;
};

/** Conditions of a claim that tell why its growth does not go on. */
const TROUBLES = ['ControllerResizeError', 'NodeResizeError'];

export const fileSystemPending = ({ metadata, status }: Claim, volumeId: string | undefined): string =>
  `Volume ${volumeId ?? ''} has grown; the file system of claim "${metadata.name}" (${status?.capacity?.storage ?? 'not mounted yet'}) follows when a ` +
  'pod has it mounted.';

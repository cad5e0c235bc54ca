import { ownerAnnotation } from '../api/labels.ts';
import type { Observed } from './observe.ts';
import type { Claim } from './ports.ts';

/** What the user is told: what is the matter, and what to do. */

export const claimTerminating = (name: string): string =>
  `Claim "${name}" is being deleted, which ends when no pod uses it. Its volume is kept, and a new claim takes it up at the ` +
  "database's next start: kubectl delete pod does that now.";

export const claimLost = ({ metadata, spec }: Claim): string =>
  `PersistentVolume "${spec?.volumeName ?? ''}" of claim "${metadata.name}" is gone. Delete the claim: if the volume behind it ` +
  'still exists it is found by its tags and taken up again.';

export const boundElsewhere = (claim: string, volume: string): string =>
  `Claim "${claim}" names PersistentVolume "${volume}", which is bound to another claim.`;

export const otherVolume = (claim: string, handle: string, asked: string): string =>
  `Claim "${claim}" holds this database's data from before on volume ${handle}; spec.storage.from names ${asked}. Remove ` +
  'spec.storage.from, or give the database another name. Nothing was touched.';

export const noStorageClass = (name: string): string =>
  `StorageClass "${name}" does not exist. Create it, or name one that exists.`;

export const notRetaining = (name: string): string =>
  `StorageClass "${name}" deletes volumes with their claims. Name one with reclaimPolicy Retain; no volume was made.`;

export const dataExists = (find: string): string =>
  `Data from before of a database of this name exists (${find}), and spec.storage.existing is Refuse. Set it to Adopt to have that data, or give ` +
  'the database another name. Nothing was touched.';

export const volumeMissing = (volumeId: string): string =>
  `This database's data is on volume ${volumeId}, and neither a claim nor a PersistentVolume nor EC2 shows it any more. ` +
  'No empty volume is made in its place. Restore it, or delete this QuestDB to start anew.';

export const volumeGone = (volumeId: string): string =>
  `EC2 knows no volume ${volumeId} in this account and region, where this database's data is. No other volume is put in its place, and nothing was ` +
  'touched. Restore it from a snapshot and name that in spec.storage.from of a new QuestDB, or delete this QuestDB and its claim to start anew.';

export const volumeTerminating = (name: string): string =>
  `PersistentVolume "${name}" with this database's data is being deleted; the volume behind it is kept.`;

export const ambiguous = ({ found }: Observed, ids: readonly string[]): string => {
  const names = found.persistentVolumes.map(({ metadata }) => metadata.name).sort();
  const persistentVolumes = names.length === 0 ? '' : ` (PersistentVolumes ${names.join(', ')})`;
  return (
    `More than one volume may be this database's data: ${ids.join(', ')}${persistentVolumes}. Take the labels and tags ` +
    'questdb-fleet.dev/database off all but the right one. Nothing was touched.'
  );
};

export const ambiguousClaims = ({ claims, identity }: Observed): string =>
  `More than one claim may be the data of ${ownerAnnotation(identity)}: ${claims.map(({ metadata }) => metadata.name).join(', ')}. Take the label ` +
  'questdb-fleet.dev/database off all but the right one, or remove spec.storage.from. Nothing was touched.';

import { isOnEbs, type Farewell, type Leaving } from './farewell.ts';
import type { VolumePorts } from './ports.ts';

type Deletion = Exclude<Farewell, { step: 'Retain' }>;

/** One step of a confirmed deletion. Everybody is told before the first; each may be done twice. */
export const deleteData = async (ports: VolumePorts, leaving: Leaving, farewell: Deletion): Promise<void> => {
  const { cluster, storage } = ports;
  switch (farewell.step) {
    case 'Release':
      await announce(ports, leaving, farewell);
      if (isOnEbs(farewell.persistentVolume)) await storage.tagForDriver(farewell.volumeId);
      return cluster.releaseForDeletion(farewell.persistentVolume);
    case 'DeleteClaim':
      return cluster.deleteClaim(farewell.claim);
    case 'AwaitDeletion':
      return;
    case 'Deleted':
      return tellEnd(ports, leaving, farewell.left);
  }
};

const announce = async (
  { cluster }: VolumePorts,
  { parent, database }: Leaving,
  { claim, persistentVolume, volumeId }: Extract<Farewell, { step: 'Release' }>,
): Promise<void> => {
  const message =
    `Claim ${claim.metadata.name}, PersistentVolume ${persistentVolume.metadata.name} and volume ${volumeId} are deleted now: ` +
    'spec.storage.deletionPolicy is Delete, and the deletion was confirmed.';
  for (const subject of database === undefined ? [parent] : [parent, database]) {
    await cluster.record(subject, 'Warning', 'DeletingData', message);
  }
};

const tellEnd = async (
  { cluster }: VolumePorts,
  { parent, identity }: Leaving,
  left: string | undefined,
): Promise<void> => {
  await cluster.unmarkEmptyNamespace(identity.namespace);
  const volumeId = parent.status?.volumeId ?? '';
  return left === undefined
    ? cluster.record(parent, 'Normal', 'DataDeleted', `Volume ${volumeId} is deleted.`)
    : cluster.record(
        parent,
        'Warning',
        'VolumeLeft',
        `EC2 still shows volume ${left}, and nothing deletes it any more: delete it by hand.`,
      );
};

import type { QuestDB } from '../../api/generated/questdb.ts';
import type { QuestDBVolume } from '../../api/generated/questdbvolume.ts';
import { API_VERSION } from '../../api/labels.ts';
import { volumeName } from '../../api/names.ts';
import { canonicalBytes } from '../../api/quantity.ts';
import type { DesiredObject } from '../../metacontroller/contract.ts';
import { childMetadata } from './metadata.ts';

/** The wish for a data volume; the claim behind it is nobody's child. */
export const questdbVolume = (database: QuestDB): DesiredObject & Pick<QuestDBVolume, 'spec'> => ({
  apiVersion: API_VERSION,
  kind: 'QuestDBVolume',
  metadata: childMetadata(database.metadata.name, volumeName(database.metadata.name)),
  spec: volumeSpec(database),
});

const volumeSpec = ({ metadata, spec: { storage } }: QuestDB): QuestDBVolume['spec'] => ({
  databaseName: metadata.name,
  size: canonicalBytes(storage.size),
  storageClassName: storage.storageClassName,
  ...(storage.iops === undefined ? {} : { iops: storage.iops }),
  ...(storage.throughput === undefined ? {} : { throughput: storage.throughput }),
  ...(storage.existing === 'Refuse' ? { existing: storage.existing } : {}),
  ...(storage.from === undefined ? {} : { from: storage.from }),
});

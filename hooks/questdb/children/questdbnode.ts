import type { QuestDBNode } from '../../api/generated/questdbnode.ts';
import { API_VERSION } from '../../api/labels.ts';
import type { NodeNeed } from '../../api/names.ts';
import type { DesiredObject } from '../../metacontroller/contract.ts';
import { childMetadata } from './metadata.ts';

/** One instance for the database alone. */
export const questdbNode = (
  database: string,
  name: string,
  { instanceType, zone, className }: NodeNeed,
): DesiredObject & Pick<QuestDBNode, 'spec'> => ({
  apiVersion: API_VERSION,
  kind: 'QuestDBNode',
  metadata: childMetadata(database, name),
  spec: { databaseName: database, instanceType, zone, className, relaunch: 'Allowed' },
});

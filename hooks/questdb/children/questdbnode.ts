import type { QuestDB } from '../../api/generated/questdb.ts';
import type { QuestDBNode } from '../../api/generated/questdbnode.ts';
import { API_VERSION, REPLACEMENT } from '../../api/labels.ts';
import type { DesiredObject } from '../../metacontroller/contract.ts';
import type { WantedNode } from '../steps.ts';
import { childMetadata } from './metadata.ts';

/** One instance for the database alone. Tags may change while it runs; they make it no other instance. */
export const questdbNode = (
  { metadata, spec }: QuestDB,
  { name, need, token }: WantedNode,
  relaunch: 'Allowed' | 'Never' = 'Allowed',
): DesiredObject & Pick<QuestDBNode, 'spec'> => ({
  apiVersion: API_VERSION,
  kind: 'QuestDBNode',
  metadata: {
    ...childMetadata(metadata.name, name),
    ...(token === undefined ? {} : { annotations: { [REPLACEMENT]: token } }),
  },
  spec: {
    databaseName: metadata.name,
    instanceType: need.instanceType,
    zone: need.zone,
    className: need.className,
    relaunch,
    ...(spec.node?.tags === undefined ? {} : { tags: spec.node.tags }),
  },
});

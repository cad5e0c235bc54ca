import type { Condition } from '../hooks/api/conditions.ts';
import type { QuestDBNode } from '../hooks/api/generated/questdbnode.ts';
import type { QuestDBVolume } from '../hooks/api/generated/questdbvolume.ts';
import { claimName } from '../hooks/api/names.ts';
import type { DesiredObject, KubernetesObject } from '../hooks/metacontroller/contract.ts';
import type { NodeRequests } from '../hooks/questdb/pod-input.ts';
import type { StatefulSet } from '../hooks/questdb/statefulset.ts';
import type { World } from './world.ts';

/** What an instance that is not there yet is taken to have. */
export type Assumptions = { allocatable: NodeRequests };

/** The world after everybody who acts on the children has done so, and nothing went wrong. */
export const settle = (world: World, desired: readonly DesiredObject[], assumptions: Assumptions): World => ({
  ...world,
  children: desired.map((child) => settled(child, currentOf(world, child), world, assumptions)),
});

const currentOf = ({ children }: World, { kind, metadata }: DesiredObject): KubernetesObject | undefined =>
  children.find((child) => child.kind === kind && child.metadata.name === metadata.name);

const settled = (
  desired: DesiredObject,
  current: KubernetesObject | undefined,
  world: World,
  assumptions: Assumptions,
): KubernetesObject => {
  const { name } = desired.metadata;
  const metadata = { generation: 1, ...current?.metadata, ...desired.metadata, uid: current?.metadata.uid ?? name };
  const object = { ...current, ...desired, metadata };
  switch (desired.kind) {
    case 'QuestDBNode':
      return readyNode(object as QuestDBNode, assumptions);
    case 'QuestDBVolume':
      return boundVolume(object as QuestDBVolume, world);
    case 'StatefulSet':
      return rolledOut(object);
    default:
      return object;
  }
};

const said = (type: string, status: 'True' | 'False', reason: string, observedGeneration: number): Condition => ({
  type,
  status,
  reason,
  message: '',
  observedGeneration,
  lastTransitionTime: '1970-01-01T00:00:00Z',
});

const readyNode = (node: QuestDBNode, { allocatable }: Assumptions): QuestDBNode => ({
  ...node,
  status: {
    ...node.status,
    allocatable: node.status?.allocatable ?? allocatable,
    conditions: [said('Ready', 'True', 'Ready', node.metadata.generation ?? 1)],
  },
});

/** A volume that is there is as its own hook says, about the spec that it has now. */
const boundVolume = (volume: QuestDBVolume, { database }: World): QuestDBVolume => {
  const generation = volume.metadata.generation ?? 1;
  const conditions = volume.status?.conditions?.map((condition) => ({ ...condition, observedGeneration: generation }));
  const zone = volume.status?.zone ?? database.spec.node?.zone;
  return {
    ...volume,
    status: {
      ...volume.status,
      claimName: volume.status?.claimName ?? database.spec.storage.from?.claimName ?? claimName(database.metadata.name),
      ...(zone === undefined ? {} : { zone }),
      conditions: conditions ?? [said('Ready', 'True', 'Bound', generation)],
    },
  };
};

const rolledOut = (set: StatefulSet): StatefulSet => {
  const replicas = set.spec?.replicas ?? 1;
  const status = { replicas, readyReplicas: replicas, currentRevision: 'now', updateRevision: 'now' };
  return { ...set, status: { ...status, observedGeneration: set.metadata.generation ?? 1 } };
};

import type { V1ConfigMap, V1StatefulSet } from '@kubernetes/client-node';
import { conditionOf, isTrueFor, isUnknown, type Finding } from '../api/conditions.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../api/generated/questdbnodeclass.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { generationOf, namespaceOf } from '../api/kinds.ts';
import { CONFIG_REVISION, CREDENTIALS_REVISION, NODE, type Identity } from '../api/labels.ts';
import { LAYOUT, layoutIn, type Layout } from '../api/layout.ts';
import { configMapName, statefulSetName, volumeName } from '../api/names.ts';
import type { Wire } from '../api/wire.ts';
import type { KubernetesObject, SyncRequest } from '../metacontroller/contract.ts';
import { objectsOf } from '../metacontroller/observed.ts';
import { CHECK_LAYOUT } from './children/check-layout.ts';
import { engineOfImage } from './engine.ts';
import type { PodSources } from './pod-input.ts';
import type { Pod, Probe } from './ports.ts';

export type StatefulSet = Wire<V1StatefulSet> & KubernetesObject;
export type ConfigMap = Wire<V1ConfigMap> & KubernetesObject;

/** Where the pod runs, and what it asks for there. */
export type Placement =
  { on: 'AnyNode' } | { on: 'OwnNode'; nodeUid: string; requests: { cpu: string; memory: string } };

/** What the edge adds to the request. */
export type Facts = {
  /** Undefined when it was not looked for, or is not there. */
  pod: Pod | undefined;
  /** The uid of the credentials Secret; Foreign when a Secret of that name is not ours. */
  credentials: { uid: string } | 'Foreign' | undefined;
  probe: Probe;
  /** The least time between two launches that EC2 had no capacity for. */
  capacityRetrySeconds: number;
  now: Date;
};

/** What is known of one database in one pass. */
export type Observed = Facts & {
  database: QuestDB;
  identity: Identity;
  nodeClass: QuestDBNodeClass | undefined;
  volume: QuestDBVolume | undefined;
  /** The database's nodes that are not being deleted, the oldest first. */
  nodes: readonly QuestDBNode[];
  /** Those that are being deleted, the oldest first. */
  dyingNodes: readonly QuestDBNode[];
  /** Names that a new node cannot have. */
  nodeNamesTaken: ReadonlySet<string>;
  statefulSet: StatefulSet | undefined;
  configMap: ConfigMap | undefined;
};

export const identityOf = (database: QuestDB): Identity => ({
  namespace: namespaceOf(database),
  database: database.metadata.name,
});

export const observe = (request: SyncRequest<QuestDB>, facts: Facts): Observed => {
  const { parent, children, related } = request;
  const nodes = objectsOf<QuestDBNode>(children, 'QuestDBNode.questdb-fleet.dev/v1alpha1').sort(byAge);
  return {
    ...facts,
    database: parent,
    identity: identityOf(parent),
    nodeClass: objectsOf<QuestDBNodeClass>(related, 'QuestDBNodeClass.questdb-fleet.dev/v1alpha1')[0],
    volume: objectsOf<QuestDBVolume>(children, 'QuestDBVolume.questdb-fleet.dev/v1alpha1').find(
      ({ metadata }) => metadata.name === volumeName(parent.metadata.name),
    ),
    nodes: nodes.filter(({ metadata }) => metadata.deletionTimestamp === undefined),
    dyingNodes: nodes.filter(({ metadata }) => metadata.deletionTimestamp !== undefined),
    nodeNamesTaken: new Set(nodes.map(({ metadata }) => metadata.name)),
    statefulSet: statefulSetIn(request),
    configMap: objectsOf<ConfigMap>(children, 'ConfigMap.v1').find(
      ({ metadata }) => metadata.name === configMapName(parent.metadata.name),
    ),
  };
};

const byAge = (a: QuestDBNode, b: QuestDBNode): number =>
  age(a) === age(b) ? (a.metadata.name < b.metadata.name ? -1 : 1) : age(a) < age(b) ? -1 : 1;

const age = ({ metadata }: QuestDBNode): string => metadata.creationTimestamp ?? '';

export const statefulSetIn = ({ parent, children }: SyncRequest<QuestDB>): StatefulSet | undefined =>
  objectsOf<StatefulSet>(children, 'StatefulSet.apps/v1').find(
    ({ metadata }) => metadata.name === statefulSetName(parent.metadata.name),
  );

/** Where the StatefulSet that is there puts its pod. It is kept there whatever happens to the objects it was made from. */
export const placementOf = (statefulSet: StatefulSet): Placement => {
  const pod = statefulSet.spec?.template.spec;
  const nodeUid = pod?.nodeSelector?.[NODE];
  return nodeUid === undefined ? { on: 'AnyNode' } : { on: 'OwnNode', nodeUid, requests: requestsOf(pod) };
};

const requestsOf = (pod: NonNullable<StatefulSet['spec']>['template']['spec']): { cpu: string; memory: string } => {
  const { cpu = '0', memory = '0' } = pod?.containers[0]?.resources?.requests ?? {};
  return { cpu, memory };
};

/** The layout its pod was made for. */
const layoutOf = ({ spec }: StatefulSet): Layout | undefined => {
  const check = spec?.template.spec?.initContainers?.find(({ name }) => name === CHECK_LAYOUT);
  const told = check?.env?.find(({ name }) => name === 'LAYOUT')?.value;
  return layoutIn({ [LAYOUT]: told ?? '' });
};

/** What its pod was made from, as far as its template still tells. */
export const sourcesOf = (statefulSet: StatefulSet): PodSources => {
  const { metadata, spec } = statefulSet.spec?.template ?? {};
  const claim = spec?.volumes?.find(({ name }) => name === 'data')?.persistentVolumeClaim;
  const layout = layoutOf(statefulSet);
  return {
    engine: engineOfImage(spec?.containers[0]?.image ?? ''),
    claimName: claim?.claimName ?? '',
    credentialsUid: metadata?.annotations?.[CREDENTIALS_REVISION] ?? '',
    configRevision: metadata?.annotations?.[CONFIG_REVISION] ?? '',
    ...(layout === undefined ? {} : { layout }),
  };
};

export const credentialsUidOf = (statefulSet: StatefulSet | undefined): string | undefined =>
  statefulSet?.spec?.template.metadata?.annotations?.[CREDENTIALS_REVISION];

/** How many pods the StatefulSet that is there is to have. */
export const replicasOf = ({ spec }: StatefulSet): number => spec?.replicas ?? 1;

/**
 * Whether the StatefulSet's one pod runs what its template says. Right after a change the status still speaks of the old pod, so the
 * controller must have seen this generation and finished with it.
 */
export const isSettled = (statefulSet: StatefulSet): boolean => {
  const { metadata, status } = statefulSet;
  return (
    replicasOf(statefulSet) === 1 &&
    status?.observedGeneration === metadata.generation &&
    status?.currentRevision === status?.updateRevision &&
    status?.replicas === 1 &&
    status.readyReplicas === 1
  );
};

export const isReady = (object: QuestDBNode | QuestDBVolume): boolean =>
  isTrueFor(object.status?.conditions, 'Ready', generationOf(object));

/** Whether the hook of the child has spoken about the spec it has now. */
export const hasSpoken = (object: QuestDBNode | QuestDBVolume): boolean =>
  conditionOf(object.status?.conditions, 'Ready')?.observedGeneration === generationOf(object);

/** What was found of this generation before: without news it still holds, for hooks that were restarted must not flip a fleet. */
export const saidBefore = ({ database: { status, metadata } }: Observed, type: string): Finding => {
  const before = conditionOf(status?.conditions, type);
  return before === undefined || before.observedGeneration !== metadata.generation
    ? isUnknown('NotAsked', 'The database has not been asked yet.')
    : { status: before.status, reason: before.reason, message: before.message };
};

/** Whether this very generation was found Ready before. */
export const wasReady = ({ status, metadata }: QuestDB): boolean =>
  isTrueFor(status?.conditions, 'Ready', metadata.generation);

import type { V1ConfigMap } from '@kubernetes/client-node';
import { conditionOf, isTrueFor, isUnknown, type Finding } from '../api/conditions.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../api/generated/questdbnodeclass.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { generationOf, namespaceOf } from '../api/kinds.ts';
import type { Identity } from '../api/labels.ts';
import { configMapName, statefulSetName, volumeName } from '../api/names.ts';
import type { Wire } from '../api/wire.ts';
import type { KubernetesObject, SyncRequest } from '../metacontroller/contract.ts';
import { objectsOf } from '../metacontroller/observed.ts';
import type { CredentialsState } from './credentials.ts';
import type { Pod, Probe } from './ports.ts';
import type { StatefulSet } from './statefulset.ts';

export type ConfigMap = Wire<V1ConfigMap> & KubernetesObject;

/** What the edge adds to the request. */
export type Facts = {
  /** Undefined when it was not looked for, or is not there. */
  pod: Pod | undefined;
  credentials: CredentialsState;
  probe: Probe;
  /** The least time between two launches that EC2 had no capacity for. */
  capacityRetrySeconds: number;
  /** Where the hooks run, who ask the databases. */
  operatorNamespace: string;
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
  /** Whether Metacontroller was told to look after PodMonitors: then a request has a place for them. */
  hasPodMonitors: boolean;
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
    hasPodMonitors: 'PodMonitor.monitoring.coreos.com/v1' in children,
  };
};

const byAge = (a: QuestDBNode, b: QuestDBNode): number =>
  age(a) === age(b) ? (a.metadata.name < b.metadata.name ? -1 : 1) : age(a) < age(b) ? -1 : 1;

const age = ({ metadata }: QuestDBNode): string => metadata.creationTimestamp ?? '';

export const statefulSetIn = ({ parent, children }: SyncRequest<QuestDB>): StatefulSet | undefined =>
  objectsOf<StatefulSet>(children, 'StatefulSet.apps/v1').find(
    ({ metadata }) => metadata.name === statefulSetName(parent.metadata.name),
  );

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

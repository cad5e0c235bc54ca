import { conditionOf, type Condition } from '../../hooks/api/conditions.ts';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import { TEMPLATE_HASH } from '../../hooks/api/labels.ts';
import { replicasOf, type StatefulSet } from '../../hooks/questdb/statefulset.ts';
import type { Pod } from '../../hooks/questdb/ports.ts';
import { stampAfter } from '../fixtures/clock.ts';
import { condition } from '../fixtures/conditions.ts';
import {
  deleteChild,
  newIn,
  nodesOf,
  placeOf,
  remove,
  stampIn,
  statefulSetOf,
  volumeOf,
  writeStatus,
  type World,
} from './replacement-world.ts';

/** The hook of QuestDBNode, of which only what it says matters here. One step of one node. */
export const runNode = (world: World, node: QuestDBNode): void => {
  if (node.metadata.deletionTimestamp !== undefined) {
    retire(world, node);
    return;
  }
  writeStatus(world, node, statusOf(world, node));
};

/** It waits for the volume to be detached, so for the pod to be gone; then EC2 takes its time. */
const retire = (world: World, node: QuestDBNode): void => {
  const isInUse = placeOf(world.pod) === node.metadata.uid && world.pod?.spec?.nodeName !== undefined;
  const isEnding = conditionOf(node.status?.conditions, 'Ready')?.reason === 'Retiring';
  if (isEnding && !isInUse) {
    remove(world, node);
    return;
  }
  const conditions = [condition('Ready', 'False', { reason: isInUse ? 'WaitingForVolume' : 'Retiring' })];
  writeStatus(world, node, { ...node.status, conditions });
};

const statusOf = (world: World, node: QuestDBNode): object => {
  const { generation = 1, uid } = node.metadata;
  const say = (type: string, status: Condition['status'], reason: string): Condition =>
    condition(type, status, { reason, message: `${reason}.`, observedGeneration: generation });
  const disruption = world.cordoned.has(uid)
    ? say('DisruptionTarget', 'True', 'Cordoned')
    : say('DisruptionTarget', 'False', 'NotDisrupted');
  const { instanceId, shortage, nodeName } = node.status ?? {};
  if (instanceId === undefined) {
    const isShort = world.short.has(node.spec.zone) || nodesOf(world).filter(hasInstance).length >= world.room;
    if (!isShort) return { instanceId: `i-${uid}`, conditions: [say('Ready', 'False', 'NodeNotJoined'), disruption] };
    const reason = 'InsufficientInstanceCapacity';
    const since = shortage?.since ?? stampIn(world);
    return {
      shortage: { reason, message: 'No room.', since, nextTry: stampAfter(world.seconds + 180) },
      conditions: [say('Ready', 'False', reason), disruption],
    };
  }
  world.everReady = new Set([...world.everReady, uid]);
  return {
    instanceId,
    nodeName: nodeName ?? `ip-${uid}`,
    allocatable: { cpu: '7900m', memory: '60Gi' },
    conditions: [say('Ready', 'True', 'Ready'), disruption],
  };
};

const hasInstance = ({ status }: QuestDBNode): boolean => status?.instanceId !== undefined;

/** One step of the StatefulSet controller on what it knows, as updateStatefulSet in Kubernetes: status is from before the step. */
export const runStatefulSetController = (world: World): void => {
  const set = world.seenSet;
  const live = statefulSetOf(world);
  if (set === undefined || live === undefined) return;
  const pod = world.pod;
  writeStatus(world, live, setStatus(set, live, pod));
  if (pod === undefined) {
    if (replicasOf(set) !== 1) return;
    // It may act on a template that is not the newest any more.
    const place = placeOf(set);
    if (place !== placeOf(live) && world.letGo.has(place ?? '')) {
      world.violations.push('a pod was made for a node that had been let go');
    }
    world.pod = newPod(world, set);
  } else if (pod.metadata.deletionTimestamp === undefined) {
    if (replicasOf(set) === 0 || revisionOf(pod) !== revisionOf(set.spec?.template)) endPod(world);
  }
};

const revisionOf = (template: { metadata?: { annotations?: Record<string, string> } } | undefined): string =>
  template?.metadata?.annotations?.[TEMPLATE_HASH] ?? '';

const setStatus = (set: StatefulSet, live: StatefulSet, pod: Pod | undefined): object => {
  const updateRevision = revisionOf(set.spec?.template);
  const isLiving = pod !== undefined && pod.metadata.deletionTimestamp === undefined;
  const updated = isLiving && revisionOf(pod) === updateRevision ? 1 : 0;
  const replicas = pod === undefined ? 0 : 1;
  const readyReplicas = isPodReady(pod) ? 1 : 0;
  const before = live.status?.currentRevision ?? updateRevision;
  const isComplete = updated === replicas && readyReplicas === replicas;
  return {
    observedGeneration: set.metadata.generation,
    replicas,
    readyReplicas,
    updateRevision,
    currentRevision: isComplete ? updateRevision : before,
  };
};

const isPodReady = (pod: Pod | undefined): boolean => pod?.status?.containerStatuses?.[0]?.ready === true;

const newPod = (world: World, { spec, metadata }: StatefulSet): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `${metadata.name}-0`,
    namespace: 'acme',
    uid: newIn(world, 'uid'),
    ...(spec?.template.metadata?.labels === undefined ? {} : { labels: spec.template.metadata.labels }),
    ...(spec?.template.metadata?.annotations === undefined ? {} : { annotations: spec.template.metadata.annotations }),
  },
  ...(spec?.template.spec === undefined ? {} : { spec: spec.template.spec }),
});

/** The pod is asked to stop, by whomever. */
export const endPod = (world: World): void => {
  const { pod } = world;
  if (pod !== undefined && pod.metadata.deletionTimestamp === undefined) {
    world.pod = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: stampIn(world) } };
  }
};

/** One step of the scheduler or the kubelet: the pod is bound, then ready; or it has ended. */
export const runKubelet = (world: World): void => {
  const { pod } = world;
  if (pod === undefined) return;
  if (pod.metadata.deletionTimestamp !== undefined) {
    world.pod = undefined;
    return;
  }
  const node = nodesOf(world).find(({ metadata }) => metadata.uid === placeOf(pod));
  if (pod.spec?.nodeName === undefined) bind(world, pod, node);
  else if (node !== undefined) {
    const ready = [{ name: 'questdb', ready: true, image: '', imageID: '', restartCount: 0, state: { running: {} } }];
    world.pod = { ...pod, status: { conditions: SCHEDULED, containerStatuses: ready } };
  }
};

const SCHEDULED = [{ type: 'PodScheduled', status: 'True' }];

/** Nothing is scheduled on a Node that is cordoned, and one that goes is. The claim gets its volume in the zone of the first one. */
const bind = (world: World, pod: Pod, node: QuestDBNode | undefined): void => {
  const nodeName = node?.status?.nodeName;
  const isOpen = node?.metadata.deletionTimestamp === undefined && !world.cordoned.has(node?.metadata.uid ?? '');
  if (node === undefined || nodeName === undefined || !isOpen) return;
  world.pod = { ...pod, spec: { containers: [], ...pod.spec, nodeName }, status: { conditions: SCHEDULED } };
  const volume = volumeOf(world);
  if (volume === undefined) return;
  const zone = volume.status?.zone ?? node.spec.zone;
  if (zone !== node.spec.zone) world.violations.push(`the pod is in ${node.spec.zone}, its volume in ${zone}`);
  writeStatus(world, volume, {
    claimName: 'trades-data',
    zone,
    volumeId: 'vol-0a1b2c3d4e5f60718',
    size: '100Gi',
    conditions: [condition('Ready', 'True', { reason: 'Bound' }), condition('Stalled', 'False')],
  });
};

/** Somebody deletes a node by hand. */
export const deleteNode = (world: World, node: QuestDBNode): void => deleteChild(world, node);

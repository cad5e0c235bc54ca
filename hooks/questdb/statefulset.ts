import type { V1StatefulSet } from '@kubernetes/client-node';
import { CONFIG_REVISION, CREDENTIALS_REVISION, NODE, NODE_REQUESTS, TEMPLATE_HASH } from '../api/labels.ts';
import { LAYOUT, layoutIn, type Layout } from '../api/layout.ts';
import type { Wire } from '../api/wire.ts';
import type { KubernetesObject } from '../metacontroller/contract.ts';
import { CHECK_LAYOUT } from './children/check-layout.ts';
import { HTTP_USER, READONLY_USER } from './children/environment.ts';
import { engineOfImage } from './engine.ts';
import type { Credentials, NodeRequests, Placement, PodSources } from './pod-input.ts';

/** The StatefulSet as it was observed. */
export type StatefulSet = Wire<V1StatefulSet> & KubernetesObject;

/** Whatever has a pod template. */
export type Templated = { spec?: { template: { metadata?: { annotations?: Record<string, string> } } } };

/** Tells whether a template that is there is the one that is wanted, whatever defaults the API server filled in. */
export const templateHashOf = ({ spec }: Templated): string | undefined =>
  spec?.template.metadata?.annotations?.[TEMPLATE_HASH];

/** Where the StatefulSet that is there puts its pod. It is kept there whatever happens to the objects it was made from. */
export const placementOf = (statefulSet: StatefulSet): Placement => {
  const pod = statefulSet.spec?.template.spec;
  const nodeUid = pod?.nodeSelector?.[NODE];
  return nodeUid === undefined ? { on: 'AnyNode' } : { on: 'OwnNode', nodeUid, requests: requestsOf(statefulSet) };
};

type PodSpec = NonNullable<StatefulSet['spec']>['template']['spec'];

/** As pod-template.ts writes them down. */
const requestsOf = (statefulSet: StatefulSet): NodeRequests => {
  const [cpu = '', memory = '0'] = annotationIn(statefulSet, NODE_REQUESTS).split(',');
  return { cpu: cpu === '' ? '0' : cpu, memory };
};

/** The layout its pod was made for. */
const layoutOf = ({ spec }: StatefulSet): Layout | undefined => {
  const check = spec?.template.spec?.initContainers?.find(({ name }) => name === CHECK_LAYOUT);
  const told = check?.env?.find(({ name }) => name === 'LAYOUT')?.value;
  return layoutIn({ [LAYOUT]: told ?? '' });
};

/** What its pod was made from, as far as its template still tells. */
export const sourcesOf = (statefulSet: StatefulSet): PodSources => {
  const pod = statefulSet.spec?.template.spec;
  const layout = layoutOf(statefulSet);
  return {
    engine: engineOfImage(pod?.containers[0]?.image ?? ''),
    claimName: claimOf(pod) ?? '',
    credentials: credentialsOf(statefulSet),
    configRevision: annotationIn(statefulSet, CONFIG_REVISION),
    ...(layout === undefined ? {} : { layout }),
  };
};

/** The Secret that its pod was made with. */
export const credentialsOf = (statefulSet: StatefulSet): Credentials => {
  const env = statefulSet.spec?.template.spec?.containers[0]?.env ?? [];
  const user = env.find(({ name }) => name === HTTP_USER)?.valueFrom?.secretKeyRef;
  return {
    secretName: user?.name ?? '',
    revision: annotationIn(statefulSet, CREDENTIALS_REVISION),
    hasReadonly: env.some(({ name }) => name === READONLY_USER),
  };
};

const claimOf = (pod: PodSpec): string | undefined =>
  pod?.volumes?.find(({ name }) => name === 'data')?.persistentVolumeClaim?.claimName;

const annotationIn = ({ spec }: StatefulSet, annotation: string): string =>
  spec?.template.metadata?.annotations?.[annotation] ?? '';

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

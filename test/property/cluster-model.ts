import { isDeepStrictEqual } from 'node:util';
import type { DesiredObject, KubernetesObject, ObjectMap } from '../../hooks/metacontroller/contract.ts';
import type { ApiObject } from '../../local/metacontroller/api-object.ts';
import { applyDesired } from '../../local/metacontroller/apply/apply-desired.ts';
import { withLastApplied } from '../../local/metacontroller/apply/last-applied.ts';
import { CHILD_KINDS, mapOf } from '../fixtures/questdb.ts';

type Json = Record<string, unknown>;

/** Puts what the API server fills in under what is there. */
const defaulted = (value: Json | undefined, defaults: Json): Json => ({ ...defaults, ...value });

const probe = (value: unknown): Json => defaulted(value as Json, { successThreshold: 1 });

const container = (value: Json): Json => ({
  ...defaulted(value, { terminationMessagePath: '/dev/termination-log' }),
  startupProbe: probe(value.startupProbe),
  readinessProbe: probe(value.readinessProbe),
  livenessProbe: probe(value.livenessProbe),
});

const podVolume = (value: Json): Json => {
  const filled = Object.entries(value).map(([key, source]) => [
    key,
    key === 'configMap' || key === 'secret' ? defaulted(source as Json, { defaultMode: 420 }) : source,
  ]);
  return Object.fromEntries(filled) as Json;
};

const podSpec = (value: Json): Json => ({
  ...defaulted(value, { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'default-scheduler' }),
  containers: (value.containers as Json[]).map(container),
  volumes: (value.volumes as Json[]).map(podVolume),
});

const statefulSetSpec = (value: Json): Json => {
  const template = value.template as { metadata: Json; spec: Json };
  return {
    ...defaulted(value, {
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    }),
    template: { ...template, spec: podSpec(template.spec) },
  };
};

const serviceSpec = (value: Json): Json =>
  defaulted(value, {
    type: 'ClusterIP',
    clusterIP: '10.100.0.1',
    clusterIPs: ['10.100.0.1'],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    internalTrafficPolicy: 'Cluster',
    sessionAffinity: 'None',
  });

const DEFAULTS: Readonly<Record<string, (spec: Json) => Json>> = { StatefulSet: statefulSetSpec, Service: serviceSpec };

/** The object as the API server stores it. */
const stored = (object: DesiredObject): KubernetesObject => {
  const { spec, ...rest } = object as DesiredObject & { spec?: Json };
  const fill = DEFAULTS[object.kind];
  const filled = spec === undefined ? {} : { spec: fill === undefined ? spec : fill(spec) };
  return { ...rest, ...filled } as KubernetesObject;
};

const created = (child: DesiredObject): KubernetesObject => {
  const wish = withLastApplied(child, child);
  const { metadata, ...rest } = stored(wish);
  return {
    ...rest,
    metadata: { ...metadata, namespace: 'acme', uid: `uid of ${child.kind} ${child.metadata.name}`, generation: 1 },
  };
};

const keyOf = ({ kind, metadata }: { kind: string; metadata: { name: string } }): string => `${kind}/${metadata.name}`;

export type Applied = { children: ObjectMap; writes: string[] };

/** What dynamic apply makes of the children of an answer, and which of them it had to write. */
export const applyChildren = (children: ObjectMap, desired: readonly DesiredObject[]): Applied => {
  const observed = new Map(
    Object.values(children).flatMap((objects) => Object.values(objects).map((o) => [keyOf(o), o])),
  );
  const writes: string[] = [];
  const after = desired.map((child) => {
    const before = observed.get(keyOf(child));
    if (before?.metadata.deletionTimestamp !== undefined) return before;
    const merged = before === undefined ? created(child) : stored(applyDesired(before as unknown as ApiObject, child));
    if (before !== undefined && isDeepStrictEqual(merged, before)) return before;
    writes.push(keyOf(child));
    return merged;
  });
  const named = new Set(desired.map(keyOf));
  const dying = [...observed.values()].filter((child) => !named.has(keyOf(child)));
  writes.push(
    ...dying.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map((child) => `-${keyOf(child)}`),
  );
  return { children: mapOf(after, CHILD_KINDS), writes };
};

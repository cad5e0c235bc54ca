import { API_VERSION } from '../api/labels.ts';

/** Paths of the Kubernetes API. Names are encoded: they may come from a request. */
const CORE = '/api/v1';
const FLEET = `/apis/${API_VERSION}`;

const join = (...segments: readonly string[]): string => segments.map(encodeURIComponent).join('/');

export const corePath = (namespace: string, plural: string, name?: string): string =>
  `${CORE}/namespaces/${join(namespace, plural, ...(name === undefined ? [] : [name]))}`;

export const fleetPath = (namespace: string, plural: string, name?: string): string =>
  `${FLEET}/namespaces/${join(namespace, plural, ...(name === undefined ? [] : [name]))}`;

/** All objects of a kind, in whichever namespace. */
export const fleetWidePath = (plural: string): string => `${FLEET}/${join(plural)}`;

export const persistentVolumePath = (name?: string): string =>
  `${CORE}/${join('persistentvolumes', ...(name === undefined ? [] : [name]))}`;

export const namespacePath = (name: string): string => `${CORE}/${join('namespaces', name)}`;

export const nodePath = (name?: string): string => `${CORE}/${join('nodes', ...(name === undefined ? [] : [name]))}`;

/** The pods of all namespaces that are bound to a Node. */
export const podsOnNodePath = (nodeName: string): string =>
  `${CORE}/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${nodeName}`)}`;

export const csiNodePath = (name: string): string => `/apis/storage.k8s.io/v1/${join('csinodes', name)}`;

export const storageClassPath = (name: string): string => `/apis/storage.k8s.io/v1/${join('storageclasses', name)}`;

export const withLabels = (path: string, labels: Readonly<Record<string, string>>): string => {
  const selector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  return `${path}?labelSelector=${encodeURIComponent(selector)}`;
};

/** The kinds of a QuestDB's children, and where each is in a namespace. */
export type ChildKind = { apiVersion: string; kind: string; path: (namespace: string) => string };

const CHILDREN: readonly (readonly [apiVersion: string, kind: string, plural: string])[] = [
  ['v1', 'ConfigMap', 'configmaps'],
  ['networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'],
  ['policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets'],
  ['monitoring.coreos.com/v1', 'PodMonitor', 'podmonitors'],
  [API_VERSION, 'QuestDBNode', 'questdbnodes'],
  [API_VERSION, 'QuestDBVolume', 'questdbvolumes'],
  ['v1', 'Service', 'services'],
  ['apps/v1', 'StatefulSet', 'statefulsets'],
];

const childrenPath = (apiVersion: string, namespace: string, plural: string): string =>
  `${apiVersion.includes('/') ? `/apis/${apiVersion}` : CORE}/namespaces/${join(namespace, plural)}`;

export const childKinds: readonly ChildKind[] = CHILDREN.map(([apiVersion, kind, plural]) => ({
  apiVersion,
  kind,
  path: (namespace) => childrenPath(apiVersion, namespace, plural),
}));

/** The path of a child of a QuestDB, of whichever kind. */
export const childPath = (
  namespace: string,
  { apiVersion, kind, metadata }: { apiVersion: string; kind: string; metadata: { name: string } },
): string => {
  const plural = CHILDREN.find(([, name]) => name === kind)?.[2];
  if (plural === undefined) throw new Error(`${kind} is no child kind`);
  return `${childrenPath(apiVersion, namespace, plural)}/${join(metadata.name)}`;
};

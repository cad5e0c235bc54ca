import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Endpoint, V1EndpointSlice } from '@kubernetes/client-node';
import { orAbsent, type Api } from '../machines/api.ts';
import { unreachableFile, type PodAddress } from '../machines/addresses.ts';
import { isPlayed } from '../machines/silence.ts';

/** The container port of a database that speaks HTTP: SQL, console, ILP over HTTP. */
export const HTTP_PORT = 9000;

/** Where a request for a database goes. */
export type Backend =
  | { kind: 'process'; hostPort: number; podName: string }
  /** A pod of KWOK: nothing runs behind it, the router plays the database. */
  | { kind: 'fake'; podName: string; namespace: string }
  /** It is ready as far as anybody knows, and packets to its machine get lost. */
  | { kind: 'unreachable'; reason: string }
  /** Nothing serves; the sentence says why. */
  | { kind: 'none'; reason: string };

type Candidate = { endpoint: V1Endpoint; address: string; port: number };

const candidatesOf = (slices: readonly V1EndpointSlice[], port: number): Candidate[] =>
  slices.flatMap((slice) => {
    if (slice.ports?.some((of) => of.port === port) !== true) return [];
    return (slice.endpoints ?? []).flatMap((endpoint) =>
      endpoint.addresses.map((address) => ({ endpoint, address, port })),
    );
  });

const isReady = ({ endpoint }: Candidate): boolean => endpoint.conditions?.ready !== false;

const readAddress = async (folder: string, address: string): Promise<PodAddress | undefined> => {
  try {
    return JSON.parse(await readFile(join(folder, `${address}.json`), 'utf8')) as PodAddress;
  } catch {
    return undefined;
  }
};

const isFakeNode = async (api: Api, nodeName: string | undefined): Promise<boolean> => {
  if (nodeName === undefined) return false;
  const node = await orAbsent(api.core.readNode({ name: nodeName }));
  return node !== undefined && isPlayed(node);
};

const isReachable = (folder: string, { endpoint: { nodeName } }: Candidate): boolean =>
  nodeName === undefined || !existsSync(unreachableFile(folder, nodeName));

const backendOf = async (api: Api, folder: string, candidate: Candidate): Promise<Backend | undefined> => {
  const target = candidate.endpoint.targetRef;
  const podName = target?.name ?? '';
  const entry = await readAddress(folder, candidate.address);
  const hostPort = entry?.ports[String(candidate.port)];
  // An address may have been another pod's before.
  if (hostPort !== undefined && entry?.uid === target?.uid) return { kind: 'process', hostPort, podName };
  if (await isFakeNode(api, candidate.endpoint.nodeName))
    return { kind: 'fake', podName, namespace: target?.namespace ?? '' };
  return undefined;
};

const slicesOf = async (api: Api, namespace: string, service: string): Promise<V1EndpointSlice[]> => {
  const labelSelector = `kubernetes.io/service-name=${service}`;
  const { items } = await api.discovery.listNamespacedEndpointSlice({ namespace, labelSelector });
  return items;
};

/** Finds what serves a port of a Service, as a cluster's network would: its ready endpoints, and only those. */
export const findBackend = async (
  api: Api,
  folder: string,
  { namespace, service, port }: { namespace: string; service: string; port: number },
): Promise<Backend> => {
  const name = `${namespace}/${service}`;
  const candidates = candidatesOf(await slicesOf(api, namespace, service), port);
  const ready = candidates.filter(isReady);
  for (const candidate of ready.filter((one) => isReachable(folder, one))) {
    const backend = await backendOf(api, folder, candidate);
    if (backend) return backend;
  }
  const lost = ready.find((one) => !isReachable(folder, one));
  if (lost) {
    const reason = `The pod of ${name} is on ${lost.endpoint.nodeName ?? ''}, whose machine no packet reaches.`;
    return { kind: 'unreachable', reason };
  }
  if (ready.length > 0) return { kind: 'none', reason: `The pod of ${name} is ready, but no process serves it.` };
  if (candidates.length > 0) return { kind: 'none', reason: `No pod of ${name} is ready yet.` };
  const exists = await orAbsent(api.core.readNamespacedService({ namespace, name: service }));
  return { kind: 'none', reason: exists ? `The Service ${name} has no pod.` : `There is no Service ${name}.` };
};

/** The Secret a database takes its user from. */
const secretOf = async (api: Api, namespace: string, podName: string): Promise<string | undefined> => {
  const pod = await orAbsent(api.core.readNamespacedPod({ namespace, name: podName }));
  const user = pod?.spec?.containers[0]?.env?.find(({ name }) => name === 'QDB_HTTP_USER');
  return user?.valueFrom?.secretKeyRef?.name;
};

/** The database's own credentials as an Authorization header; undefined when there are none. */
export const authorizationOf = async (api: Api, namespace: string, podName: string): Promise<string | undefined> => {
  const name = await secretOf(api, namespace, podName);
  const secret = name === undefined ? undefined : await orAbsent(api.core.readNamespacedSecret({ namespace, name }));
  if (secret === undefined) return undefined;
  const decode = (key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8');
  return `Basic ${Buffer.from(`${decode('username')}:${decode('password')}`).toString('base64')}`;
};

/** Every Service that offers the database's HTTP port, as `namespace/name`. */
export const listDatabases = async (api: Api): Promise<string[]> => {
  const { items } = await api.core.listServiceForAllNamespaces();
  return items
    .filter(({ spec }) => spec?.clusterIP !== 'None' && spec?.ports?.some(({ port }) => port === HTTP_PORT) === true)
    .map(({ metadata }) => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`)
    .toSorted();
};

import { setTimeout as sleep } from 'node:timers/promises';
import { createClients } from '../../hooks/aws/client.ts';
import { launchInstance } from '../../hooks/aws/launch.ts';
import { childPath } from '../../hooks/cluster/paths.ts';
import type { LaunchIntent } from '../../hooks/questdbnode/memory.ts';
import type { ApiClient } from '../../local/metacontroller/api-client.ts';
import type { BenchCluster } from './cluster.ts';
import { create, forEach, NAMESPACE, nameOf, untilReady } from './fleet.ts';

type Stored = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; uid: string };
  spec?: Record<string, unknown>;
  status?: unknown;
};
type Node = Stored & { status: { launch: LaunchIntent } };

/** What the operator makes for one database, and the launch of its machine. */
type Template = { objects: Stored[]; launch: LaunchIntent; nodeUid: string };

const TEMPLATE = nameOf(0);

const KINDS: readonly (readonly [apiVersion: string, kind: string, path: string])[] = [
  ['v1', 'ConfigMap', '/api/v1/namespaces/default/configmaps'],
  ['v1', 'Service', '/api/v1/namespaces/default/services'],
  ['v1', 'Secret', '/api/v1/namespaces/default/secrets'],
  ['v1', 'PersistentVolumeClaim', '/api/v1/namespaces/default/persistentvolumeclaims'],
  ['networking.k8s.io/v1', 'NetworkPolicy', '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies'],
  ['policy/v1', 'PodDisruptionBudget', '/apis/policy/v1/namespaces/default/poddisruptionbudgets'],
  ['questdb-fleet.dev/v1alpha1', 'QuestDBVolume', '/apis/questdb-fleet.dev/v1alpha1/namespaces/default/questdbvolumes'],
  ['questdb-fleet.dev/v1alpha1', 'QuestDBNode', '/apis/questdb-fleet.dev/v1alpha1/namespaces/default/questdbnodes'],
  ['questdb-fleet.dev/v1alpha1', 'QuestDB', '/apis/questdb-fleet.dev/v1alpha1/namespaces/default/questdbs'],
  ['apps/v1', 'StatefulSet', '/apis/apps/v1/namespaces/default/statefulsets'],
];

/** Lets the operator make one database, and takes down what came of it. */
const readTemplate = async (api: ApiClient): Promise<Template> => {
  await untilReady(api, { count: 1, seconds: 120 }, (times) => create(api, 1, times));
  const lists = await Promise.all(
    KINDS.map(async ([apiVersion, kind, path]) => {
      const { items } = await api.call<{ items: Stored[] }>({ method: 'GET', path });
      const ours = items.filter(({ metadata }) => metadata.name.startsWith(TEMPLATE));
      return ours.map((object) => ({ ...object, apiVersion, kind }));
    }),
  );
  const objects = lists.flat();
  const node = objects.find(({ kind }) => kind === 'QuestDBNode') as Node | undefined;
  if (node === undefined) throw new Error('the operator made no QuestDBNode');
  return { objects, launch: node.status.launch, nodeUid: node.metadata.uid };
};

/** The object as somebody would write it: nothing of what the API server and controllers have added. */
const written = ({ apiVersion, kind, metadata, spec, ...rest }: Stored): unknown => {
  const { labels, annotations } = metadata as { labels?: object; annotations?: Record<string, string> };
  const { status: _status, ...data } = rest;
  const kept = Object.entries(annotations ?? {}).filter(([key]) => !/kubernetes\.io|metacontroller/.test(key));
  const { clusterIP, clusterIPs: _ips, volumeName: _volume, ...wanted } = spec ?? {};
  return {
    apiVersion,
    kind,
    ...data,
    metadata: { name: metadata.name, labels, annotations: Object.fromEntries(kept) },
    ...(spec === undefined ? {} : { spec: { ...wanted, ...(clusterIP === 'None' ? { clusterIP } : {}) } }),
  };
};

/** The same for another database, with a machine of its own. */
const copiesOf = (template: Template, index: number): { objects: Stored[]; launch: LaunchIntent } => {
  const replaced = (value: unknown): string =>
    JSON.stringify(value)
      .replaceAll(TEMPLATE, nameOf(index))
      .replaceAll(template.nodeUid, `node-${nameOf(index)}`);
  const launch = JSON.parse(replaced(template.launch)) as LaunchIntent;
  return {
    objects: template.objects.map((object) => JSON.parse(replaced(written(object))) as Stored),
    launch: { ...launch, token: `floor-${index}` },
  };
};

const pathOf = ({ apiVersion, kind }: Stored): string =>
  KINDS.find(([version, name]) => version === apiVersion && name === kind)?.[2] ??
  childPath(NAMESPACE, { apiVersion, kind, metadata: { name: '' } });

const post = async (api: ApiClient, objects: readonly Stored[]): Promise<void> => {
  for (const body of objects) await api.call({ method: 'POST', path: pathOf(body), body });
};

type Pod = { metadata: { name: string }; status?: { conditions?: { type: string; status: string }[] } };

/** Those that are ready now. A Node whose heartbeat is late makes its pods not ready for a moment, so each counts once it was. */
const readyPods = async (api: ApiClient): Promise<string[]> => {
  const { items } = await api.call<{ items: Pod[] }>({ method: 'GET', path: `/api/v1/namespaces/${NAMESPACE}/pods` });
  return items
    .filter(({ status }) => status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'))
    .map(({ metadata }) => metadata.name);
};

/** The SDK reads its environment when it is used first, and parts that are started later read it too. */
const withSimulatedAccount = async <T>({ ports }: BenchCluster['settings'], act: () => Promise<T>): Promise<T> => {
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_EC2: `http://127.0.0.1:${ports.ec2}`,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  try {
    return await act();
  } finally {
    process.env = before;
  }
};

const FLOOR_SECONDS = 900;

/**
 * The floor: the same machines launched and the same objects posted directly, by twenty connections, with nobody reconciling, until all pods are
 * ready. In seconds.
 */
export const measureFloor = async (cluster: BenchCluster, count: number): Promise<number> => {
  const { api, settings } = cluster;
  const template = await readTemplate(api);
  for (const part of ['metacontroller', 'hooks']) await cluster.act(part, 'stop');
  return withSimulatedAccount(settings, () => postAll(api, template, count));
};

const postAll = async (api: ApiClient, template: Template, count: number): Promise<number> => {
  const { once } = createClients({ region: 'eu-west-1', onCall: () => undefined });
  const begin = Date.now();
  await forEach(count, async (index) => {
    const { objects, launch } = copiesOf(template, index + 1);
    const { outcome } = await launchInstance(once, launch);
    if (outcome !== 'Launched') throw new Error(`a machine was not launched: ${outcome}`);
    await post(api, objects);
  });
  const seenReady = new Set<string>();
  while (seenReady.size < count + 1) {
    for (const name of await readyPods(api)) seenReady.add(name);
    if (Date.now() - begin > FLOOR_SECONDS * 1000) throw new Error(`not all pods are ready after ${FLOOR_SECONDS} s`);
    await sleep(250);
  }
  return (Date.now() - begin) / 1000;
};

import { setTimeout as sleep } from 'node:timers/promises';
import { API_VERSION } from '../../hooks/api/labels.ts';
import { createClients } from '../../hooks/aws/client.ts';
import { launchInstance } from '../../hooks/aws/launch.ts';
import { childKinds, corePath, fleetPath, type ChildKind } from '../../hooks/cluster/paths.ts';
import { RetryLater } from '../../hooks/metacontroller/errors.ts';
import type { LaunchIntent } from '../../hooks/questdbnode/memory.ts';
import type { LaunchOutcome } from '../../hooks/questdbnode/ports.ts';
import type { ApiClient } from '../../local/metacontroller/api-client.ts';
import type { BenchCluster } from './cluster.ts';
import { create, forEach, NAMESPACE, nameOf, untilReady } from './fleet.ts';
import { untilPodsReady } from './pods.ts';
import { usageOf, usedBetween, type UsageByPart } from './usage.ts';

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

/** Its children, what it keeps beside them, and itself. PodMonitors are of a kind that this cluster does not know. */
const KINDS: readonly ChildKind[] = [
  ...childKinds.filter(({ kind }) => kind !== 'PodMonitor'),
  { apiVersion: 'v1', kind: 'Secret', path: (namespace) => corePath(namespace, 'secrets') },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    path: (namespace) => corePath(namespace, 'persistentvolumeclaims'),
  },
  { apiVersion: API_VERSION, kind: 'QuestDB', path: (namespace) => fleetPath(namespace, 'questdbs') },
];

/** Lets the operator make one database, and takes down what came of it. */
const readTemplate = async (api: ApiClient): Promise<Template> => {
  await untilReady(api, { count: 1, seconds: 120 }, (times) => create(api, 1, times));
  const lists = await Promise.all(
    KINDS.map(async ({ apiVersion, kind, path }) => {
      const { items } = await api.call<{ items: Stored[] }>({ method: 'GET', path: path(NAMESPACE) });
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

const pathOf = ({ apiVersion, kind }: Stored): string => {
  const found = KINDS.find((one) => one.apiVersion === apiVersion && one.kind === kind);
  if (found === undefined) throw new Error(`${kind} is none of what a database has`);
  return found.path(NAMESPACE);
};

const post = async (api: ApiClient, objects: readonly Stored[]): Promise<void> => {
  for (const body of objects) await api.call({ method: 'POST', path: pathOf(body), body });
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

/** How many databases, and how long all of them may take. */
type Size = { count: number; seconds: number };

export type Floor = { seconds: number; usage: UsageByPart };

/**
 * The floor: the same machines launched and the same objects posted directly, by twenty connections, with nobody reconciling, until all pods are
 * ready. Throws when they are not after the time that is given.
 */
export const measureFloor = async (cluster: BenchCluster, size: Size): Promise<Floor> => {
  const { api, settings } = cluster;
  const template = await readTemplate(api);
  for (const part of ['metacontroller', 'hooks']) await cluster.act(part, 'stop');
  const before = usageOf(settings);
  const seconds = await withSimulatedAccount(settings, () => postAll(api, template, size));
  return { seconds, usage: usedBetween(before, usageOf(settings)) };
};

/** Where EC2 limits how fast it is asked, it is asked again as soon as it said. */
const launchOne = async (launch: () => Promise<LaunchOutcome>): Promise<void> => {
  for (;;) {
    try {
      const { outcome } = await launch();
      if (outcome === 'Launched') return;
      throw new Error(`a machine was not launched: ${outcome}`);
    } catch (error) {
      if (!(error instanceof RetryLater)) throw error;
      await sleep(error.afterSeconds * 1000);
    }
  }
};

const postAll = async (api: ApiClient, template: Template, { count, seconds }: Size): Promise<number> => {
  const { once } = createClients({ region: 'eu-west-1', onCall: () => undefined });
  const begin = Date.now();
  await forEach(count, async (index) => {
    const { objects, launch } = copiesOf(template, index + 1);
    await launchOne(() => launchInstance(once, launch));
    await post(api, objects);
  });
  await untilPodsReady(api, { count: count + 1, seconds });
  return (Date.now() - begin) / 1000;
};

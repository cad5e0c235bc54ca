import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../local/metacontroller/api-client.ts';
import { askStatus } from '../../local/processes/control.ts';
import type { BenchCluster } from './cluster.ts';
import { untilQuiet } from './create-fleet.ts';
import { forEach, isReady, NAMESPACE, nameOf, patchAll, untilReady, type Database } from './fleet.ts';
import { untilPodsReady, type Pod } from './pods.ts';

type Options = { count: number; seconds: number };

/** One field changed on all of them at once, until all are Ready again. In seconds. */
const changeAll = async ({ api }: BenchCluster, { count, seconds }: Options, patch: object): Promise<number> => {
  const before = await generations(api);
  const isMet = ({ metadata }: Database): boolean => metadata.generation > (before.get(metadata.name) ?? 0);
  return (await untilReady(api, { count, seconds, isMet }, () => patchAll(api, count, patch))).seconds;
};

type Listed = { items: { metadata: { name: string; generation: number } }[] };

const generations = async (api: ApiClient): Promise<Map<string, number>> => {
  const path = `/apis/questdb-fleet.dev/v1alpha1/namespaces/${NAMESPACE}/questdbs`;
  const { items } = await api.call<Listed>({ method: 'GET', path });
  return new Map(items.map(({ metadata }) => [metadata.name, metadata.generation]));
};

const MARK = 'bench/round';

/** The floor of a change: each ConfigMap and each StatefulSet patched directly, with nobody reconciling, until all pods are ready again. */
const changeFloor = async (cluster: BenchCluster, { count, seconds: limit }: Options): Promise<number> => {
  for (const part of ['metacontroller', 'hooks']) await cluster.act(part, 'stop');
  const round = String(Date.now());
  const begin = Date.now();
  const patch = (path: string, body: object): Promise<unknown> =>
    cluster.api.call({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' });
  await forEach(count, async (index) => {
    const name = nameOf(index);
    await patch(`/api/v1/namespaces/${NAMESPACE}/configmaps/${name}-config`, { data: { 'bench.conf': round } });
    await patch(`/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets/${name}`, {
      spec: { template: { metadata: { annotations: { [MARK]: round } } } },
    });
  });
  const isMeant = ({ metadata }: Pod): boolean => metadata.annotations?.[MARK] === round;
  await untilPodsReady(cluster.api, { count, seconds: limit, isMeant });
  const seconds = (Date.now() - begin) / 1000;
  for (const part of ['hooks', 'metacontroller']) await cluster.act(part, 'start');
  await quiet(cluster);
  return seconds;
};

export type Changed = {
  config: { seconds: number; floorSeconds: number; ratio: number };
  image: { seconds: number };
  /** From the start of the process until it says that it is ready; and until nothing is written any more. */
  restart: { hooksSeconds: number; metacontrollerSeconds: number; quietSeconds: number };
  loss: { lost: number; seconds: number };
};

/** What an operator's day brings to a fleet that is there. */
export const measureChanges = async (cluster: BenchCluster, options: Options): Promise<Changed> => {
  const config = await changeAll(cluster, options, { spec: { config: { 'cairo.max.uncommitted.rows': '400000' } } });
  const image = await changeAll(cluster, options, { spec: { image: { repository: 'mirror/questdb' } } });
  const floorSeconds = await changeFloor(cluster, options);
  return {
    config: { seconds: config, floorSeconds, ratio: config / floorSeconds },
    image: { seconds: image },
    restart: await restart(cluster),
    loss: await loseSome(cluster, options),
  };
};

const QUIET_WITHIN_SECONDS = 600;

/** How long it took until nothing is written any more, in seconds. */
const quiet = async ({ settings }: BenchCluster): Promise<number> => {
  const seconds = await untilQuiet(settings, QUIET_WITHIN_SECONDS);
  if (seconds === undefined) throw new Error(`something is still written after ${QUIET_WITHIN_SECONDS} s`);
  return seconds;
};

const LOOK_MS = 50;

/** Until it says that it is ready, in seconds. */
const start = async ({ act, settings }: BenchCluster, part: string): Promise<number> => {
  const begin = Date.now();
  await act(part, 'start');
  for (;;) {
    const status = await askStatus(settings, [part]);
    if (status.parts.every(({ state }) => state === 'running')) return (Date.now() - begin) / 1000;
    await sleep(LOOK_MS);
  }
};

/** Hooks and Metacontroller are stopped and started anew, with the fleet there. */
const restart = async (cluster: BenchCluster): Promise<Changed['restart']> => {
  const begin = Date.now();
  for (const part of ['metacontroller', 'hooks']) await cluster.act(part, 'stop');
  const [hooksSeconds, metacontrollerSeconds] = [await start(cluster, 'hooks'), await start(cluster, 'metacontroller')];
  const waited = (Date.now() - begin) / 1000;
  return { hooksSeconds, metacontrollerSeconds, quietSeconds: waited + (await quiet(cluster)) };
};

const LOST_OF = 10;

type Node = { spec: { databaseName: string }; status?: { instanceId?: string } };

/** Every tenth machine is terminated at once; until each of their databases was seen not Ready, and is Ready again. */
const loseSome = async ({ api, ec2 }: BenchCluster, { count, seconds }: Options): Promise<Changed['loss']> => {
  const path = `/apis/questdb-fleet.dev/v1alpha1/namespaces/${NAMESPACE}/questdbnodes`;
  const { items } = await api.call<{ items: Node[] }>({ method: 'GET', path });
  const nodes = items.filter((_, index) => index % LOST_OF === 0);
  const lost = new Set(nodes.map(({ spec }) => spec.databaseName));
  const seenDown = new Set<string>();
  const isMet = (database: Database): boolean => {
    const { name } = database.metadata;
    if (lost.has(name) && !isReady(database)) seenDown.add(name);
    return !lost.has(name) || seenDown.has(name);
  };
  const times = await untilReady(api, { count, seconds, isMet }, () =>
    forEach(nodes.length, (index) => ec2('terminate-instance', { id: nodes[index]?.status?.instanceId })),
  );
  return { lost: lost.size, seconds: times.seconds };
};

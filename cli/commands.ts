import type { QuestDB } from '../hooks/api/generated/questdb.ts';
import { namespaceOf } from '../hooks/api/kinds.ts';
import { podName } from '../hooks/api/names.ts';
import { ApiError, type KubeApi } from '../hooks/cluster/kube-api.ts';
import { corePath } from '../hooks/cluster/paths.ts';
import { RetryLater } from '../hooks/metacontroller/errors.ts';
import type { Pod } from '../hooks/questdb/ports.ts';
import { USAGE, type Arguments } from './arguments.ts';
import { readNodeClass, readStored, tryChange } from './cluster.ts';
import { differenceOf, diffText, type Difference } from './diff.ts';
import { storyOf, type Event } from './explain.ts';
import { readManifests } from './manifests.ts';
import { childrenFor, textOf, type RenderOptions } from './render.ts';
import { UserError } from './user-error.ts';

export type Result = { text: string; exitCode: 0 | 1 };

type Connect = () => KubeApi;

/** Throws a UserError for everything that the user can mend. */
export const runCommand = async (given: Arguments, connect: Connect): Promise<Result> => {
  switch (given.command) {
    case 'help':
      return { text: USAGE, exitCode: 0 };
    case 'render':
      return { text: render(given.file, given), exitCode: 0 };
    case 'diff':
      return reaching(connect, (api) => diff(api, given.file, given));
    case 'explain':
      return { text: await reaching(connect, (api) => explain(api, given.namespace, given.name)), exitCode: 0 };
  }
};

const optionsOf = ({ allocatable, operatorNamespace }: Arguments): RenderOptions => ({
  assumptions: { allocatable },
  operatorNamespace,
  now: new Date(),
});

const render = (file: string, given: Arguments): string => {
  const { databases, nodeClasses } = readManifests(file, given.namespace);
  return databases
    .map((database) => textOf(database, childrenFor(database, nodeClasses, optionsOf(given))))
    .join('')
    .trimEnd();
};

const diff = async (api: KubeApi, file: string, given: Arguments): Promise<Result> => {
  const { databases } = readManifests(file, given.namespace);
  const differences = await Promise.all(databases.map((database) => differenceFor(api, database, optionsOf(given))));
  const isChanged = differences.some(({ difference }) => difference.verdict.kind !== 'Nothing');
  return {
    text: differences.map(({ database, difference }) => diffText(database, difference)).join('\n\n'),
    exitCode: isChanged ? 1 : 0,
  };
};

const differenceFor = async (
  api: KubeApi,
  manifest: QuestDB,
  options: RenderOptions,
): Promise<{ database: QuestDB; difference: Difference }> => {
  const { name } = manifest.metadata;
  const live = await readStored(api, namespaceOf(manifest), name);
  const nodeClass = await readNodeClass(api, manifest);
  if (live === undefined) {
    const children = childrenFor(manifest, nodeClass === undefined ? [] : [nodeClass], options);
    const changes = children.map(({ kind, metadata }) => ({ kind: 'Made' as const, name: `${kind}/${metadata.name}` }));
    return { database: manifest, difference: { verdict: { kind: 'Starts' }, changes } };
  }
  const database = await tryChange(api, live.database, manifest);
  return { database, difference: differenceOf({ ...live, nodeClass }, database, options) };
};

const explain = async (api: KubeApi, namespace: string, name: string): Promise<string> => {
  const stored = await readStored(api, namespace, name);
  if (stored === undefined) throw new UserError(`there is no QuestDB "${name}" in namespace "${namespace}"`);
  const pod = await api.get<Pod>(corePath(namespace, 'pods', podName(name)));
  const about = new Set([name, podName(name), ...stored.children.map(({ metadata }) => metadata.name)]);
  const events = await api.list<Event>(corePath(namespace, 'events'));
  const ours = events.filter(({ involvedObject }) => about.has(involvedObject.name ?? ''));
  return storyOf({ ...stored, pod, events: ours, now: new Date() });
};

const connected = (connect: Connect): KubeApi => {
  try {
    return connect();
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
};

/** What the cluster says no with, and that it cannot be reached, are the user's to mend. */
const reaching = async <T>(connect: Connect, act: (api: KubeApi) => Promise<T>): Promise<T> => {
  try {
    return await act(connected(connect));
  } catch (error) {
    if (error instanceof ApiError || error instanceof RetryLater) throw new UserError(error.message);
    throw error;
  }
};

import type { ApiClient } from '../../local/metacontroller/api-client.ts';

export const NAMESPACE = 'default';
const QUESTDBS = `/apis/questdb-fleet.dev/v1alpha1/namespaces/${NAMESPACE}/questdbs`;
const CONNECTIONS = 20;

export const nameOf = (index: number): string => `db-${String(index).padStart(4, '0')}`;

export const manifestOf = (name: string, spec: object = {}) => ({
  apiVersion: 'questdb-fleet.dev/v1alpha1',
  kind: 'QuestDB',
  metadata: { name, namespace: NAMESPACE },
  spec: { version: '9.3.4', node: { instanceType: 'r6i.large' }, storage: { size: '20Gi' }, ...spec },
});

/** Does something for each of so many databases, twenty at a time, over connections that are kept. */
export const forEach = async (count: number, act: (index: number) => Promise<unknown>): Promise<void> => {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await act(index);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
};

type Condition = { type: string; status: string; observedGeneration?: number };
/** As much of a QuestDB as a bench looks at. */
export type Database = { metadata: { name: string; generation: number }; status?: { conditions?: Condition[] } };

export const isReady = ({ metadata, status }: Database): boolean =>
  status?.conditions?.some(
    ({ type, status: said, observedGeneration }) =>
      type === 'Ready' && said === 'True' && observedGeneration === metadata.generation,
  ) === true;

/** When each database was first seen created and Ready, in milliseconds since the epoch. */
export type Times = { createdAt: Map<string, number>; readyAt: Map<string, number> };

/** A busy API server ends watches; each begins with all there is, so none misses anything. */
const watchUntil = async (api: ApiClient, stop: AbortSignal, look: (database: Database) => void): Promise<void> => {
  while (!stop.aborted) {
    await api
      .watch(`${QUESTDBS}?watch=true`, stop, ({ object }) => {
        if ((object as { kind?: string }).kind === 'QuestDB') look(object as Database);
      })
      .catch(() => undefined);
  }
};

/** Acts, and watches until all of the databases are Ready for the generation they have then and `isDone` holds. Throws after the time that is given. */
export const untilReady = async (
  api: ApiClient,
  { count, seconds, isMet = () => true }: { count: number; seconds: number; isMet?: (database: Database) => boolean },
  act: (times: Times) => Promise<unknown>,
): Promise<Times & { seconds: number }> => {
  const times: Times = { createdAt: new Map(), readyAt: new Map() };
  const stop = new AbortController();
  const begin = Date.now();
  const timer = setTimeout(() => {
    stop.abort();
  }, seconds * 1000);
  const look = (database: Database): void => {
    const { name } = database.metadata;
    if (!times.readyAt.has(name) && isMet(database) && isReady(database)) times.readyAt.set(name, Date.now());
    if (times.readyAt.size === count) stop.abort();
  };
  const watching = watchUntil(api, stop.signal, look);
  await act(times);
  await watching;
  clearTimeout(timer);
  if (times.readyAt.size < count) throw new Error(`${times.readyAt.size} of ${count} were Ready after ${seconds} s`);
  return { ...times, seconds: (Math.max(...times.readyAt.values()) - begin) / 1000 };
};

export const create = (api: ApiClient, count: number, times: Times): Promise<void> =>
  forEach(count, async (index) => {
    const name = nameOf(index);
    times.createdAt.set(name, Date.now());
    await api.call({ method: 'POST', path: QUESTDBS, body: manifestOf(name) });
  });

/** A JSON merge patch for each. */
export const patchAll = (api: ApiClient, count: number, patch: object): Promise<void> =>
  forEach(count, (index) =>
    api.call({
      method: 'PATCH',
      path: `${QUESTDBS}/${nameOf(index)}`,
      body: patch,
      contentType: 'application/merge-patch+json',
    }),
  );

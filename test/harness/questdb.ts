import { expect } from 'vitest';
import type { QuestDB } from '../../hooks/api/generated/questdb.ts';
import type { Cluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import type { Condition, Stored } from './kubectl.ts';

export const READY_SECONDS = 150;

export type DatabaseSpec = {
  version?: string;
  config?: Record<string, string>;
  suspend?: boolean;
  expireAfter?: string;
  credentials?: { secretName: string };
  resources?: QuestDB['spec']['resources'];
  service?: QuestDB['spec']['service'];
  network?: QuestDB['spec']['network'];
  pod?: QuestDB['spec']['pod'];
  node?:
    { instanceType: string; zone?: string; className?: string; replacement?: 'SurgeFirst' | 'Recreate' } | undefined;
  storage?: {
    size?: string;
    iops?: number;
    throughput?: number;
    storageClassName?: string;
    deletionPolicy?: 'Retain' | 'Delete';
    existing?: 'Adopt' | 'Refuse';
    from?: ({ claimName: string } | { volumeHandle: string }) & { layout?: 'Root' | 'DbOnly' };
  };
};

/** The manifest of a small database on an instance of its own, unless the spec says otherwise. */
export const manifestOf = (namespace: string, name: string, spec: DatabaseSpec = {}) => ({
  apiVersion: 'questdb-fleet.dev/v1alpha1',
  kind: 'QuestDB',
  metadata: { namespace, name },
  spec: {
    version: '9.3.4',
    ...('node' in spec ? {} : { node: { instanceType: 'r6i.large' } }),
    ...spec,
    storage: { size: '20Gi', ...spec.storage },
  },
});

export const conditionIn = (object: Stored | undefined, type: string): Condition | undefined =>
  object?.status?.conditions?.find((condition) => condition.type === type);

type SqlAnswer = { dataset?: unknown[][]; error?: string };

/** One database as its user has it: kubectl for the object, SQL through the router. */
export const createDatabase = (cluster: Cluster, namespace: string, name: string, spec: DatabaseSpec = {}) => {
  const { kubectl, reader, settings } = cluster;
  const manifest = manifestOf(namespace, name, spec);
  const url = `http://127.0.0.1:${settings.ports.router}/-/${namespace}/${name}`;
  const find = (kind: string, childName = name, apiVersion?: string) =>
    reader.find(kind, namespace, childName, apiVersion);

  const story = async (): Promise<string> => {
    const conditions = (await find('QuestDB'))?.status?.conditions ?? [];
    const lines = conditions.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);
    return [`${namespace}/${name}:`, ...lines].join('\n  ');
  };

  const sql = async (statement: string): Promise<unknown[][]> => {
    const response = await fetch(`${url}/exec?query=${encodeURIComponent(statement)}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`${namespace}/${name} answers ${response.status} to "${statement}": ${text}`);
    return (JSON.parse(text) as SqlAnswer).dataset ?? [];
  };

  const rows = () => sql('SELECT place, id FROM visits ORDER BY id');
  const written = [1, 2, 3].map((id) => [`${namespace}/${name}`, id]);

  return {
    namespace,
    name,
    manifest,
    url,
    find,
    sql,
    apply: () => kubectl.apply(manifest),
    /** The same manifest with another instance. */
    changeNode: (node: NonNullable<DatabaseSpec['node']>) =>
      kubectl.apply({ ...manifest, spec: { ...manifest.spec, node } }),
    /** The same manifest with other fields of its spec. */
    change: (changes: DatabaseSpec) => kubectl.apply({ ...manifest, spec: { ...manifest.spec, ...changes } }),
    /** The same manifest with other storage. */
    changeStorage: (storage: NonNullable<DatabaseSpec['storage']>) =>
      kubectl.apply({ ...manifest, spec: { ...manifest.spec, storage: { ...manifest.spec.storage, ...storage } } }),
    /** The QuestDBNodes, those that are being deleted too. */
    nodes: () => kubectl.list('questdbnodes', '-n', namespace, '-l', `questdb-fleet.dev/database=${name}`),
    /** As a person waits: `kubectl wait` returns and the database is there. */
    waitUntilReady: async (seconds = READY_SECONDS): Promise<void> => {
      const arguments_ = ['--for=condition=Ready', `questdb/${name}`, '-n', namespace, `--timeout=${seconds}s`];
      try {
        await kubectl.run('wait', ...arguments_);
      } catch (error) {
        throw new Error(`not Ready after ${seconds} s; last seen: ${await story()}`, { cause: error });
      }
    },
    /** The same by asking again and again: for tests that take the API server away meanwhile. */
    becomesReady: (seconds = READY_SECONDS): Promise<void> =>
      eventually(async () => {
        const object = await find('QuestDB');
        const ready = conditionIn(object, 'Ready');
        if (ready?.status === 'True' && ready.observedGeneration === object?.metadata.generation) return;
        throw new Error(`not Ready after ${seconds} s; last seen: ${await story()}`);
      }, seconds),
    /** Waits for a condition with this reason, and answers its message. */
    says: (type: string, reason: string, seconds = 60): Promise<string> =>
      eventually(async () => {
        const condition = conditionIn(await find('QuestDB'), type);
        expect(condition?.reason, await story()).toBe(reason);
        return condition?.message ?? '';
      }, seconds),
    /** Writes rows that say whose they are. Each statement is tried once. */
    write: async (): Promise<void> => {
      await sql('CREATE TABLE visits (ts TIMESTAMP, place SYMBOL, id INT) TIMESTAMP(ts) PARTITION BY DAY WAL');
      await sql(`INSERT INTO visits VALUES ${written.map(([place, id]) => `(now(), '${place}', ${id})`).join(', ')}`);
      // A WAL table shows its rows once they are applied.
      await eventually(async () => {
        expect(await rows()).toEqual(written);
      }, 20);
    },
    rows,
    /** What `write` wrote. */
    written,
    remove: (...flags: string[]) => kubectl.run('delete', 'questdb', name, '-n', namespace, '--timeout=120s', ...flags),
    exists: async () => (await find('QuestDB')) !== undefined,
    instances: () => cluster.simulator.instancesOf(namespace, name),
    liveInstances: async () =>
      (await cluster.simulator.liveInstances()).filter(
        ({ tags }) => tags['questdb-fleet.dev/namespace'] === namespace && tags['questdb-fleet.dev/database'] === name,
      ),
    claim: () => find('PersistentVolumeClaim', `${name}-data`, 'v1'),
    pod: () => find('Pod', `${name}-0`, 'v1'),
  };
};

export type Database = ReturnType<typeof createDatabase>;

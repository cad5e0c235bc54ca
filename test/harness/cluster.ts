import { afterAll, beforeAll, beforeEach, expect, inject } from 'vitest';
import { startCluster } from '../../local/processes/cluster.ts';
import { actOnPart, findSupervisor, type PartAction } from '../../local/processes/control.ts';
import { readSettings, type Settings } from '../../local/settings.ts';
import { eventually } from './eventually.ts';
import { keepEvidence, markFailed } from './failure.ts';
import { createKubectl, createReader, type Kubectl, type Reader } from './kubectl.ts';
import { createSimulatorClient, type Simulator } from './simulator.ts';

/** The local cluster of this run, as the tests of a file use it. */
export type Cluster = {
  settings: Settings;
  kubectl: Kubectl;
  reader: Reader;
  simulator: Simulator;
  /** Acts on one part: `kill` is a crash, and the supervisor starts it again. */
  act: (part: string, action: PartAction) => Promise<void>;
  /** Makes a namespace, which goes with what is in it when the file is done. */
  namespace: (name: string) => Promise<string>;
};

/** `process`: instances boot and run a real QuestDB. `kwok`: Nodes and pods are played, which takes no time. */
export type Boot = 'process' | 'kwok';

const CLEAN_UP_SECONDS = 120;

const connect = (settings: Settings, namespaces: Set<string>): Cluster => {
  const kubectl = createKubectl(settings);
  return {
    settings,
    kubectl,
    reader: createReader(settings),
    simulator: createSimulatorClient(settings),
    act: (part, action) => actOnPart(settings, part, action),
    namespace: async (name) => {
      namespaces.add(name);
      await kubectl.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      return name;
    },
  };
};

/** Boots the cluster of this run if no file before did. */
const ensureCluster = (stateDir: string): Promise<Settings> => {
  const settings = readSettings(stateDir);
  return findSupervisor(settings) === undefined ? startCluster({ stateDir }) : Promise.resolve(settings);
};

/** Deletes the databases of a file and sees that EC2 is left with none of their instances. */
const cleanUp = async ({ kubectl, simulator }: Cluster, namespaces: ReadonlySet<string>): Promise<void> => {
  const timeout = `--timeout=${CLEAN_UP_SECONDS}s`;
  await simulator.command('heal');
  const retain = ['--type=merge', '-p', '{"spec":{"storage":{"deletionPolicy":"Retain"}}}'];
  for (const { metadata } of await kubectl.list('questdbs', '-A')) {
    if (metadata.namespace === undefined || !namespaces.has(metadata.namespace)) continue;
    await kubectl.run('patch', 'questdb', metadata.name, '-n', metadata.namespace, ...retain);
  }
  await Promise.all([...namespaces].map((name) => kubectl.run('delete', 'questdb', '--all', '-n', name, timeout)));
  await eventually(async () => {
    expect(await simulator.liveInstances(), 'instances that no database has any more').toEqual([]);
  }, CLEAN_UP_SECONDS);
  // What is left in them goes by itself; no other file uses their names.
  await Promise.all([...namespaces].map((name) => kubectl.deleteConfirmed('namespace', name, '--wait=false')));
};

/**
 * Gives the tests of a file the cluster of this run. After the file no instance may be left, and the journal of the
 * simulated EC2 may tell nothing that must never happen.
 */
export const useCluster = (boot: Boot): (() => Cluster) => {
  const namespaces = new Set<string>();
  let cluster: Cluster | undefined;

  const get = (): Cluster => {
    if (cluster === undefined) throw new Error('the cluster is not up yet');
    return cluster;
  };

  beforeAll(async () => {
    const stateDir = inject('stateDir');
    const settings = await ensureCluster(stateDir).catch((error: unknown) => {
      markFailed(stateDir);
      throw error;
    });
    cluster = connect(settings, namespaces);
    await cluster.simulator.command('set', { bootAs: boot });
  });

  beforeEach(({ task, onTestFailed }) => {
    onTestFailed(() => keepEvidence(get().settings, get().kubectl, task.name));
  });

  afterAll(async () => {
    // It did not come up, which has been said.
    if (cluster === undefined) return;
    try {
      await cleanUp(cluster, namespaces);
      expect(await cluster.simulator.violations()).toEqual([]);
    } catch (error) {
      await keepEvidence(cluster.settings, cluster.kubectl, 'after all tests of a file');
      throw error;
    }
  });

  return get;
};

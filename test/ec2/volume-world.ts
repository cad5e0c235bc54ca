import { createBlockStorage } from '../../hooks/aws/volumes.ts';
import { conditionOf } from '../../hooks/api/conditions.ts';
import type { QuestDB } from '../../hooks/api/generated/questdb.ts';
import type { QuestDBVolume } from '../../hooks/api/generated/questdbvolume.ts';
import { DATABASE } from '../../hooks/api/labels.ts';
import { claimName } from '../../hooks/api/names.ts';
import type { FinalizeResponse, SyncRequest, SyncResponse } from '../../hooks/metacontroller/contract.ts';
import { volumeHooks } from '../../hooks/questdbvolume/hooks.ts';
import type { Claim } from '../../hooks/questdbvolume/ports.ts';
import type { VolumeStatus } from '../../hooks/questdbvolume/status.ts';
import type { Ec2Settings } from '../../local/ec2/settings.ts';
import type { Simulation } from '../../local/ec2/simulation.ts';
import { mapOf } from '../fixtures/questdb.ts';
import { inProcessClients, simulateEc2 } from './in-process-ec2.ts';
import { CLUSTER_NAME, NAMESPACE } from './objects.ts';
import { clusterOf, createVolumeApi, inNamespace, type VolumeApi } from './volume-api.ts';
import { createControllers } from './volume-controllers.ts';
import { createVolumeLaws } from './volume-laws.ts';

/** Where in a pass it ends: at which call of a port, before or after its effect. */
export type Crash = { at: number; when: 'before' | 'after' };
/** One pass: how far the cache is behind, whether the answer is lost, where the hooks crash. */
export type VolumePass = { behind?: number; losesAnswer?: boolean; crash?: Crash | undefined };

export type VolumeWorld = {
  api: VolumeApi;
  simulation: Simulation;
  now: () => Date;
  advance: (seconds: number) => void;
  command: (name: string, body?: Record<string, unknown>) => void;
  /** The hooks forget what they have read. */
  restart: () => void;
  pass: (name: string, pass?: VolumePass) => Promise<void>;
  /** What everything else in the cluster does once. */
  round: () => void;
  /** A volume whose deletion was asked for and confirmed. */
  allowDeletion: (database: QuestDB) => void;
  broken: () => string[];
};

type Answer = SyncResponse<unknown> | FinalizeResponse<unknown>;

const FINALIZER = 'metacontroller.io/compositecontroller-questdbvolume';

const isUsable = ({ status }: QuestDBVolume): boolean =>
  conditionOf(status?.conditions, 'Stalled')?.status !== 'True' ||
  conditionOf(status?.conditions, 'Resizing')?.status === 'True';

/** Lets each call of the ports be the last one of a pass. */
const interruptible = <P extends object>(ports: P, edge: () => void): P =>
  new Proxy(ports, {
    get: (target, name) => {
      const port = Reflect.get(target, name) as ((...args: unknown[]) => Promise<unknown>) | undefined;
      if (typeof port !== 'function') return port;
      return async (...args: unknown[]) => {
        edge();
        const result = await port(...args);
        edge();
        return result;
      };
    },
  });

export const openVolumeWorld = (seed: number, settings: Partial<Ec2Settings> = {}): VolumeWorld => {
  const simulation = simulateEc2(seed, new Date('2026-01-01T00:00:00Z'), settings);
  const now = (): Date => new Date(simulation.clock.now());
  const api = createVolumeApi(now);
  const controllers = createControllers(api, simulation);
  const laws = createVolumeLaws(api, simulation);
  let edges = 0;
  let crash: Crash | undefined;
  const edge = (): void => {
    const isHere = crash !== undefined && edges === crash.at * 2 + (crash.when === 'after' ? 1 : 0);
    edges += 1;
    if (isHere) throw new Error('the process died');
  };
  const open = () => {
    const options = {
      clients: inProcessClients(simulation),
      clusterName: CLUSTER_NAME,
      snapshotMaxAgeSeconds: 10,
      now,
    };
    return volumeHooks({
      cluster: interruptible(laws.watching(clusterOf(api)), edge),
      storage: interruptible(createBlockStorage({ ...options, volumeCheckSeconds: 300 }), edge),
      modificationRetrySeconds: 1800,
      now,
    });
  };
  let hooks = open();

  /** The finalizer is put on first, by a fresh read. */
  const parentOf = (name: string, behind: number): QuestDBVolume | undefined => {
    const cached = api.parents.versions(NAMESPACE, name).at(-1 - behind);
    if (cached === undefined || cached.metadata.finalizers !== undefined) return cached;
    const holding = (live: QuestDBVolume) => ({ ...live, metadata: { ...live.metadata, finalizers: [FINALIZER] } });
    const live = api.parents.read(NAMESPACE, name);
    return live?.metadata.uid === cached.metadata.uid ? api.parents.change(live, holding) : undefined;
  };

  const requestFor = (parent: QuestDBVolume): SyncRequest<QuestDBVolume> => ({
    parent,
    children: {},
    related: mapOf([
      api.storageClass,
      ...api.claims.list().filter(({ metadata }) => metadata.labels?.[DATABASE] === parent.spec.databaseName),
    ]),
    finalizing: parent.metadata.deletionTimestamp !== undefined,
  });

  const apply = (parent: QuestDBVolume, answer: Answer): void => {
    const said = answer.status as VolumeStatus;
    const status = { ...said, observedGeneration: parent.metadata.generation ?? 0 };
    const live = api.parents.change(parent, (one) => ({ ...one, status }), false);
    if (live === undefined || !('finalized' in answer) || !answer.finalized) return;
    const { finalizers: _gone, ...metadata } = live.metadata;
    api.parents.change(live, (one) => ({ ...one, metadata }), false);
  };

  const usersOfClaims = (): void => {
    for (const database of api.databases.list()) {
      const { name, deletionTimestamp } = database.metadata;
      const parent = api.parents.read(NAMESPACE, name);
      if (deletionTimestamp !== undefined) {
        // As with foreground deletion, where all goes at once and the pod takes its time.
        if (parent === undefined || parent.metadata.deletionTimestamp !== undefined) api.pods.delete(name);
        if (parent === undefined) removeDatabase(database);
        else api.parents.remove(parent);
      } else if (parent === undefined) api.parents.create(volumeOf(database));
    }
  };
  const removeDatabase = (database: QuestDB): void => {
    const { finalizers: _gone, ...metadata } = database.metadata;
    api.databases.change(database, (live) => ({ ...live, metadata }), false);
  };

  return {
    api,
    simulation,
    now,
    advance: (seconds) => {
      simulation.clock.advance(seconds);
    },
    command: (name, body = {}) => {
      laws.command(name, body);
    },
    restart: () => {
      hooks = open();
    },
    pass: async (name, { behind = 0, losesAnswer = false, crash: at } = {}) => {
      const parent = parentOf(name, behind);
      if (parent === undefined) return;
      [edges, crash] = [0, at];
      const request = requestFor(parent);
      try {
        const answer = await (request.finalizing ? hooks.finalize(request) : hooks.sync(request));
        if (!losesAnswer) apply(parent, answer);
      } catch {
        // Nothing is applied; it is asked again.
      } finally {
        crash = undefined;
      }
      laws.look();
    },
    round: () => {
      usersOfClaims();
      controllers.round(laws.note);
      laws.look();
    },
    allowDeletion: laws.allowDeletion,
    broken: laws.broken,
  };
};

/** The pod of a database starts where its QuestDBVolume says that there is a claim for it. */
export const startPod = ({ api }: VolumeWorld, name: string): void => {
  const database = api.databases.read(NAMESPACE, name);
  const parent = api.parents.read(NAMESPACE, name);
  if (database === undefined || database.metadata.deletionTimestamp !== undefined || parent === undefined) return;
  const claim = isUsable(parent) ? parent.status?.claimName : undefined;
  const live: Claim | undefined = claim === undefined ? undefined : api.claims.read(NAMESPACE, claim);
  if (live === undefined || live.metadata.deletionTimestamp !== undefined || api.pods.has(name)) return;
  api.pods.set(name, live.metadata.name);
};

/** What the hook of QuestDB makes of one. */
const volumeOf = ({ metadata, spec: { storage } }: QuestDB) => ({
  apiVersion: 'questdb-fleet.dev/v1alpha1',
  kind: 'QuestDBVolume',
  metadata: {
    ...inNamespace(metadata.name),
    ownerReferences: [
      {
        apiVersion: 'questdb-fleet.dev/v1alpha1',
        kind: 'QuestDB',
        name: metadata.name,
        uid: metadata.uid,
        controller: true,
      },
    ],
  },
  spec: {
    databaseName: metadata.name,
    size: storage.size,
    storageClassName: storage.storageClassName,
    ...(storage.iops === undefined ? {} : { iops: storage.iops }),
    ...(storage.throughput === undefined ? {} : { throughput: storage.throughput }),
    ...(storage.from === undefined ? {} : { from: storage.from }),
  },
});

export const ownClaim = (name: string): string => claimName(name);

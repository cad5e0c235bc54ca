import { describe, expect, it } from 'vitest';
import { conditionOf } from '../../hooks/api/conditions.ts';
import { volumeLabels } from '../../hooks/api/labels.ts';
import type { QuestDBVolume } from '../../hooks/api/generated/questdbvolume.ts';
import { createBlockStorage } from '../../hooks/aws/volumes.ts';
import type { SyncRequest } from '../../hooks/metacontroller/contract.ts';
import { volumeHooks } from '../../hooks/questdbvolume/hooks.ts';
import type { VolumeCluster } from '../../hooks/questdbvolume/ports.ts';
import { inProcessClients, simulateEc2 } from './in-process-ec2.ts';
import { CLUSTER_NAME, NAMESPACE, nodeClass, nodeSpec } from './objects.ts';
import { createVolume } from './volumes.ts';
import { openWorld, type World } from './world.ts';
import type { Simulation } from '../../local/ec2/simulation.ts';

/** One page holds all, as EC2's pages of 1000 do: what is left is what the hooks ask for. */
const WHOLE_PAGES = { shuffle: false, maxPageSize: 1000 };

/** One minute, in which every database is looked at again and again. */
const WAVES = 12;
const WAVE_SECONDS = 5;

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `db-${index}`);

const passOverAll = async ({ metacontroller }: World, count: number): Promise<void> => {
  for (const name of names(count)) await metacontroller.pass(name);
};

const isServed = ({ api }: World, name: string): boolean =>
  conditionOf(api.get(name).status?.conditions, 'Ready')?.status === 'True';

const servedFleet = async (count: number): Promise<World> => {
  const world = openWorld(7, { ...WHOLE_PAGES, visibilityDelaySeconds: 0 });
  // An image that is looked for, and tags that are held against the instance: all that costs a reading.
  world.api.nodeClass = nodeClass({ ami: { owner: 'amazon', name: 'amazon-eks-node-al2023-*' } });
  for (const name of names(count)) world.api.create(name, nodeSpec({ tags: { customer: name } }));
  for (let wave = 0; wave < 10 && !names(count).every((name) => isServed(world, name)); wave += 1) {
    await passOverAll(world, count);
    world.advance(40);
  }
  expect(names(count).filter((name) => !isServed(world, name))).toEqual([]);
  return world;
};

describe('a fleet that is steady', () => {
  const MINUTES = 3;
  const SECONDS_BETWEEN_PASSES = 20;

  /** How often each operation is asked for in that time; none of it may change anything. */
  const requestsOf = async (count: number): Promise<Record<string, number>> => {
    const world = await servedFleet(count);
    const versions = names(count).map((name) => world.api.get(name).metadata.resourceVersion);
    const mutations = world.simulation.journal.entries.length;
    const before = { ...world.simulation.calls };
    for (let seconds = 0; seconds < MINUTES * 60; seconds += SECONDS_BETWEEN_PASSES) {
      world.advance(SECONDS_BETWEEN_PASSES);
      await passOverAll(world, count);
    }
    expect(names(count).map((name) => world.api.get(name).metadata.resourceVersion)).toEqual(versions);
    expect(world.simulation.journal.entries).toHaveLength(mutations);
    expect(world.violations()).toEqual([]);
    const made = Object.entries(world.simulation.calls).map(
      ([action, calls]) => [action, calls - (before[action] ?? 0)] as const,
    );
    return Object.fromEntries(made.filter(([, calls]) => calls > 0));
  };

  it('asks EC2 as often with 500 QuestDBNodes as with 10: for the shared readings alone', async () => {
    const few = await requestsOf(10);
    expect(await requestsOf(500)).toEqual(few);
    expect(Object.keys(few).sort()).toEqual(['DescribeImages', 'DescribeInstanceStatus', 'DescribeInstances']);
    // The class asks for the newest image by name, which may be 5 minutes old; a class that gives an id asks for none.
    expect(few.DescribeImages).toBeLessThanOrEqual(1);
    // A snapshot may be 10 s old; that of the status checks 30 s, and it takes a request for each of two checks.
    expect(few.DescribeInstances).toBeLessThanOrEqual(MINUTES * 6 + 1);
    expect(few.DescribeInstanceStatus).toBeLessThanOrEqual((MINUTES * 2 + 1) * 2);
  });
});

const NEVER_USED: VolumeCluster = new Proxy({} as VolumeCluster, {
  get: (_cluster, use) => () => Promise.reject(new Error(`${String(use)} was called for a volume that is settled`)),
});

/** A volume that is bound and was so in an earlier pass. */
const settledRequest = (name: string, volumeId: string): SyncRequest<QuestDBVolume> => {
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: NAMESPACE, uid: `claim-${name}` },
    spec: { volumeName: `pv-${name}` },
    status: { phase: 'Bound', capacity: { storage: '10Gi' } },
  };
  const ready = { type: 'Ready', status: 'True' as const, observedGeneration: 1, reason: 'Bound', message: 'It is.' };
  return {
    parent: {
      apiVersion: 'questdb-fleet.dev/v1alpha1',
      kind: 'QuestDBVolume',
      metadata: { name, namespace: NAMESPACE, uid: `uid-${name}`, generation: 1 },
      spec: { size: '10Gi', storageClassName: 'questdb', databaseName: name },
      status: {
        conditions: [{ ...ready, lastTransitionTime: '2026-01-01T00:00:00Z' }],
        claimName: name,
        volumeName: `pv-${name}`,
        volumeId,
      },
    },
    children: {},
    related: { 'PersistentVolumeClaim.v1': { [name]: claim }, 'StorageClass.storage.k8s.io/v1': {} },
    finalizing: false,
  };
};

/** As the hook leaves the volume of that database. */
const aFleetVolume = (simulation: Simulation, database: string): string => {
  const volumeId = createVolume(simulation);
  const volume = simulation.account.volumes[volumeId];
  const tags = { ...volumeLabels({ namespace: NAMESPACE, database }), 'questdb-fleet.dev/cluster': CLUSTER_NAME };
  if (volume !== undefined) volume.tags = tags;
  return volumeId;
};

describe('a minute of volumes', () => {
  const openStorage = () => {
    const simulation = simulateEc2(7, new Date('2026-01-01T00:00:00Z'), WHOLE_PAGES);
    const now = (): Date => new Date(simulation.clock.now());
    const clients = inProcessClients(simulation);
    return {
      simulation,
      now,
      storage: createBlockStorage({
        clients,
        clusterName: CLUSTER_NAME,
        snapshotMaxAgeSeconds: 10,
        volumeCheckSeconds: 300,
        now,
      }),
    };
  };

  it('that are settled asks EC2 for one snapshot, and the API server nothing', async () => {
    const { simulation, storage, now } = openStorage();
    const { sync } = volumeHooks({ cluster: NEVER_USED, storage, modificationRetrySeconds: 1800, now });
    const requests = names(500).map((name) => settledRequest(name, aFleetVolume(simulation, name)));
    for (let wave = 0; wave < WAVES; wave += 1) {
      for (const request of requests) {
        expect((await sync(request)).status).toEqual({ ...request.parent.status, size: '10Gi' });
      }
      simulation.clock.advance(WAVE_SECONDS);
    }
    expect(simulation.calls).toEqual({ DescribeVolumes: 1 });
  });

  it('that EC2 does not answer for are as they were', async () => {
    const { simulation, storage, now } = openStorage();
    const { sync } = volumeHooks({ cluster: NEVER_USED, storage, modificationRetrySeconds: 1800, now });
    const request = settledRequest('orders', aFleetVolume(simulation, 'orders'));
    simulation.account.faults.push({
      action: 'DescribeVolumes',
      code: 'InternalError',
      when: 'before',
      times: 1,
      message: 'No.',
    });
    expect((await sync(request)).status).toEqual({ ...request.parent.status, size: '10Gi' });
  });

  it('one of which is gone looks for it', async () => {
    const { simulation, storage, now } = openStorage();
    const { sync } = volumeHooks({ cluster: NEVER_USED, storage, modificationRetrySeconds: 1800, now });
    aFleetVolume(simulation, 'quotes');
    await expect(sync(settledRequest('orders', 'vol-0123456789abcdef0'))).rejects.toThrow('readParent was called');
  });

  it.each([10, 500])('that look for their data, all %d of them, asks EC2 for one snapshot at a time', async (count) => {
    const { simulation, storage, now } = openStorage();
    const since = now();
    for (let wave = 0; wave < WAVES; wave += 1) {
      simulation.clock.advance(WAVE_SECONDS);
      await Promise.all(names(count).map((database) => storage.volumesOf({ namespace: NAMESPACE, database }, since)));
    }
    expect(simulation.calls).toEqual({ DescribeVolumes: 4 });
  });
});

import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import { createClients, type CallObserver } from './aws/client.ts';
import { createCompute, type AwsOptions } from './aws/compute.ts';
import { createBlockStorage } from './aws/volumes.ts';
import { readBasicCredentials } from './cluster/credentials.ts';
import { createDatabaseCluster } from './cluster/database-cluster.ts';
import { createRecorder } from './cluster/events.ts';
import { createKubeApi, type KubeApi } from './cluster/kube-api.ts';
import { createNodeCluster } from './cluster/node-cluster.ts';
import { createVolumeCluster } from './cluster/volume-cluster.ts';
import type { Config } from './config.ts';
import { createProbes } from './database/probes.ts';
import { createQuestDBClient } from './database/questdb-client.ts';
import { databaseHooks } from './questdb/hooks.ts';
import { nodeHooks } from './questdbnode/hooks.ts';
import { volumeHooks } from './questdbvolume/hooks.ts';
import type { Composition } from './server.ts';

/** Joins the pure core with the adapters. */
export const composeHooks = (config: Config, log: Logger, registry: Registry): Composition => {
  const now = () => new Date();
  const api = createKubeApi();
  const record = createRecorder(api, now, (reason, error) => log.warn({ reason, error }, 'an event was not recorded'));
  const aws: AwsOptions = {
    clients: createClients({ region: config.region, onCall: countCalls(registry) }),
    clusterName: config.clusterName,
    snapshotMaxAgeSeconds: config.ec2SnapshotMaxAgeSeconds,
    now,
  };
  const timing = {
    visibilitySeconds: config.ec2VisibilitySeconds,
    capacityRetrySeconds: config.ec2RetrySeconds,
    pollSeconds: config.ec2SnapshotMaxAgeSeconds,
    forceStopSeconds: config.ec2ForceStopSeconds,
  };
  const { clusterName } = config;
  return {
    kinds: {
      questdb: databaseHooks({
        cluster: createDatabaseCluster(api, record),
        probes: probesOf(config, api, now),
        capacityRetrySeconds: config.ec2RetrySeconds,
        now,
      }),
      questdbnode: nodeHooks({
        compute: createCompute(aws),
        cluster: createNodeCluster(api, record),
        timing,
        clusterName,
        now,
      }),
      questdbvolume: volumeHooks({ cluster: createVolumeCluster(api, record), storage: createBlockStorage(aws), now }),
    },
    ready: () => api.isReachable(),
  };
};

const probesOf = (config: Config, api: KubeApi, now: () => Date) =>
  createProbes({
    client: createQuestDBClient({
      urlTemplate: config.databaseUrlTemplate,
      credentialsOf: (identity) => readBasicCredentials(api, identity),
    }),
    intervalSeconds: config.probeIntervalSeconds,
    now,
  });

const countCalls = (registry: Registry): CallObserver => {
  const calls = new Counter({
    name: 'questdb_fleet_ec2_requests_total',
    help: 'EC2 requests by operation and outcome: ok, or the error code EC2 gave.',
    labelNames: ['operation', 'outcome'],
    registers: [registry],
  });
  return (operation, outcome) => calls.inc({ operation, outcome });
};

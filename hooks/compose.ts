import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import type { EventRecorder } from './api/event.ts';
import { createClients, type CallObserver } from './aws/client.ts';
import { createCompute, type AwsOptions } from './aws/compute.ts';
import { createBlockStorage } from './aws/volumes.ts';
import { readBasicCredentials } from './cluster/credentials.ts';
import { createDatabaseCluster } from './cluster/database-cluster.ts';
import { createRecorder } from './cluster/events.ts';
import { createKubeApi, type KubeApi } from './cluster/kube-api.ts';
import { createNodeCluster } from './cluster/node-cluster.ts';
import { readOwnerUids } from './cluster/owners.ts';
import { createVolumeCluster } from './cluster/volume-cluster.ts';
import type { Config } from './config.ts';
import { createProbes } from './database/probes.ts';
import { createQuestDBClient } from './database/questdb-client.ts';
import { checkForLeaks } from './leaks/check.ts';
import type { LeakPorts } from './leaks/ports.ts';
import { createLeakReport } from './leaks/report.ts';
import { databaseHooks } from './questdb/hooks.ts';
import type { DatabasePorts, DatabaseProbes } from './questdb/ports.ts';
import { nodeHooks } from './questdbnode/hooks.ts';
import type { NodeTiming } from './questdbnode/ports.ts';
import { volumeHooks } from './questdbvolume/hooks.ts';
import { repeat } from './repetition.ts';
import type { Composition } from './server.ts';

const now = (): Date => new Date();

/** Joins the pure core with the adapters. */
export const composeHooks = (config: Config, log: Logger, registry: Registry): Composition => {
  const api = createKubeApi();
  const record = createRecorder(api, now, (reason, error) => log.warn({ reason, error }, 'an event was not recorded'));
  const aws: AwsOptions = {
    clients: createClients({ region: config.region, onCall: countCalls(registry) }),
    clusterName: config.clusterName,
    snapshotMaxAgeSeconds: config.ec2SnapshotMaxAgeSeconds,
    now,
  };
  const { clusterName } = config;
  const compute = createCompute(aws);
  return {
    kinds: {
      questdb: databaseHooks(databasePorts(config, api, record)),
      questdbnode: nodeHooks({
        compute,
        cluster: createNodeCluster(api, record, now),
        timing: timingOf(config),
        clusterName,
        now,
      }),
      questdbvolume: volumeHooks({
        cluster: createVolumeCluster(api, record),
        storage: createBlockStorage({ ...aws, volumeCheckSeconds: config.ec2VolumeCheckSeconds }),
        modificationRetrySeconds: config.ec2ModificationRetrySeconds,
        now,
      }),
    },
    ready: () => api.isReachable(),
    ...leakChecks(config, {
      compute,
      ownerUids: () => readOwnerUids(api),
      report: createLeakReport(log, registry),
      clusterName,
      now,
    }),
  };
};

const databasePorts = (config: Config, api: KubeApi, record: EventRecorder): DatabasePorts => ({
  cluster: createDatabaseCluster(api, record),
  probes: probesOf(config, api),
  capacityRetrySeconds: config.ec2RetrySeconds,
  operatorNamespace: config.operatorNamespace,
  now,
});

const timingOf = (config: Config): NodeTiming => ({
  visibilitySeconds: config.ec2VisibilitySeconds,
  capacityRetrySeconds: config.ec2RetrySeconds,
  pollSeconds: config.ec2SnapshotMaxAgeSeconds,
  forceStopSeconds: config.ec2ForceStopSeconds,
});

/** Replicas that check at the same time do no harm: what one has terminated is no leak to the other. */
const leakChecks = (
  { leakCheckSeconds, leakAgeSeconds, collectLeaks }: Config,
  ports: Omit<LeakPorts, 'ageSeconds' | 'collects'>,
): Pick<Composition, 'background'> => {
  if (leakCheckSeconds === 0) return {};
  const work = checkForLeaks({ ...ports, ageSeconds: leakAgeSeconds, collects: collectLeaks });
  return { background: () => repeat({ everySeconds: leakCheckSeconds, work, onError: ports.report.failed }) };
};

const probesOf = (config: Config, api: KubeApi): DatabaseProbes =>
  createProbes({
    client: createQuestDBClient({
      urlTemplate: config.databaseUrlTemplate,
      credentialsOf: (source) => readBasicCredentials(api, source),
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

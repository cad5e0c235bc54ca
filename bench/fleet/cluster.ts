import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { createApiClient, type ApiClient } from '../../local/metacontroller/api-client.ts';
import { actOnPart } from '../../local/processes/control.ts';
import { startCluster, stopCluster } from '../../local/processes/cluster.ts';
import type { Settings } from '../../local/settings.ts';
import { startDatabases } from './databases.ts';

/** A local cluster of a bench's own, whose machines and pods KWOK plays. */
export type BenchCluster = {
  settings: Settings;
  api: ApiClient;
  act: (part: string, action: 'start' | 'stop' | 'restart') => Promise<void>;
  /** A command of the simulated EC2. */
  ec2: (command: string, body: object) => Promise<unknown>;
};

export type ClusterOptions = {
  /** EC2's own token buckets, or none. */
  throttling: boolean;
  /** With a line for each call that the hooks answered. */
  logsCalls: boolean;
};

/** Boots it, lets a bench have it, and takes it away again, whatever happens. */
export const withCluster = async <T>(
  { throttling, logsCalls }: ClusterOptions,
  act: (cluster: BenchCluster) => Promise<T>,
): Promise<T> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'questdb-fleet-bench-'));
  const databases = await startDatabases();
  process.env.LOCAL_AUDIT = '1';
  process.env.LOCAL_PACE = 'kubernetes';
  process.env.LOCAL_DATABASE_URL_TEMPLATE = databases.url;
  process.env.LOCAL_HOOKS_LOG_LEVEL = logsCalls ? 'debug' : 'info';
  try {
    const settings = await startCluster({ stateDir });
    const config = new KubeConfig();
    config.loadFromFile(settings.paths.kubeconfig);
    const api = await createApiClient(config);
    const ec2 = (command: string, body: object): Promise<unknown> => commandOf(settings, command, body);
    // Lists in another order each time, and in pages of any size, are for tests: they cost the stand-in, and no EC2, a hash of each machine.
    await ec2('set', { bootAs: 'kwok', throttling, shuffle: false, maxPageSize: 1000 });
    await trustHeartbeats(api);
    return await act({ settings, api, ec2, act: (part, action) => actOnPart(settings, part, action) });
  } finally {
    await stopCluster({ stateDir, remove: true });
    rmSync(stateDir, { recursive: true, force: true });
    databases.stop();
  }
};

/** On a machine that is busy with hundreds of played Nodes their heartbeats are late; no machine is to be given up for that. */
const trustHeartbeats = (api: ApiClient): Promise<unknown> =>
  api.call({
    method: 'PATCH',
    path: '/apis/questdb-fleet.dev/v1alpha1/questdbnodeclasses/default',
    body: { spec: { unreachableAfterSeconds: 600, joinTimeoutSeconds: 900 } },
    contentType: 'application/merge-patch+json',
  });

const commandOf = async ({ ports }: Settings, command: string, body: object): Promise<unknown> => {
  const url = `http://127.0.0.1:${ports.ec2}/_simulator/commands/${command}`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`EC2 command ${command}: ${await response.text()}`);
  return response.json();
};

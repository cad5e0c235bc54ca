import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { KubeConfig } from '@kubernetes/client-node';
import { Registry } from 'prom-client';
import { OWNER_UID } from '../../hooks/api/labels.ts';
import { createCompute } from '../../hooks/aws/compute.ts';
import { launchInput } from '../../hooks/aws/launch.ts';
import { createKubeApi } from '../../hooks/cluster/kube-api.ts';
import { readOwnerUids } from '../../hooks/cluster/owners.ts';
import { checkForLeaks } from '../../hooks/leaks/check.ts';
import { createLeakReport } from '../../hooks/leaks/report.ts';
import { keptLog } from '../fixtures/kept-log.ts';
import { startApiServer, type StubApiServer } from '../harness/api-server.ts';
import { createNodeLists, type NodeLists } from '../harness/questdbnode-lists.ts';
import { CLUSTER_NAME, intent } from './objects.ts';
import { openWire, type Wire } from './wire.ts';

const AGE_SECONDS = 900;

/** A simulated account and an API server that lists QuestDBNodes, both over the wire. */
export type LeakWorld = {
  wire: Wire;
  lists: NodeLists;
  apiServer: StubApiServer;
  /** Launches an instance for a QuestDBNode, or for nobody; answers its id. */
  launch: (ownerUid: string | undefined, changes?: Record<string, string>) => Promise<string>;
  /** Until every instance is old enough to be a leak. */
  growOld: () => void;
  /** A process that checks for leaks; with `collects` it terminates them. `between` happens after the first of its two reads. */
  openProcess: (collects: boolean, between?: () => Promise<void>) => LeakProcess;
  stateOf: (instanceId: string) => string | undefined;
  calls: (action: string) => number;
  close: () => Promise<void>;
};

export type LeakProcess = {
  check: (signal?: AbortSignal) => Promise<void>;
  /** What it logged: instance and reason of each line. */
  said: () => string[];
  /** The samples of its own metrics that are not 0. */
  figures: () => Promise<string[]>;
};

/** Lets something happen once, as soon as the first of some reads is over. */
const afterFirst = (happen: () => Promise<void>) => {
  let isOver = false;
  return <T>(read: () => Promise<T>) =>
    async (): Promise<T> => {
      const value = await read();
      const isFirst = !isOver;
      isOver = true;
      if (isFirst) await happen();
      return value;
    };
};

const launchIn =
  ({ clients }: Wire): LeakWorld['launch'] =>
  async (ownerUid, changes = {}) => {
    const { [OWNER_UID]: _owner, ...tags } = { ...intent().tags, ...changes };
    const input = launchInput(intent({ tags: ownerUid === undefined ? tags : { ...tags, [OWNER_UID]: ownerUid } }));
    const ClientToken = `${ownerUid ?? 'nobody'}-${JSON.stringify(changes)}`;
    const { Instances } = await clients.once.send(new RunInstancesCommand({ ...input, ClientToken }));
    return Instances?.[0]?.InstanceId ?? '';
  };

const processOf = (
  { clients, now }: Wire,
  kubeconfig: string,
  collects: boolean,
  between: () => Promise<void>,
): LeakProcess => {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = createKubeApi(config);
  const registry = new Registry();
  const logged = keptLog();
  const compute = createCompute({ clients, clusterName: CLUSTER_NAME, snapshotMaxAgeSeconds: 10, now });
  const interrupted = afterFirst(between);
  const check = checkForLeaks({
    compute: { ...compute, fleet: interrupted(() => compute.fleet()) },
    ownerUids: interrupted(() => readOwnerUids(api)),
    report: createLeakReport(logged.log, registry),
    clusterName: CLUSTER_NAME,
    ageSeconds: AGE_SECONDS,
    collects,
    now,
  });
  return {
    check: (signal = new AbortController().signal) => check(signal),
    said: () => logged.lines().map(({ instanceId, reason }) => `${String(instanceId)} ${String(reason)}`),
    figures: async () =>
      (await registry.metrics()).split('\n').filter((line) => /^questdb_fleet_.* [1-9]\d*$/.test(line)),
  };
};

/** Opens one in which nothing is there yet. */
export const openLeakWorld = async (): Promise<LeakWorld> => {
  const wire = await openWire();
  const lists = createNodeLists();
  const apiServer = await startApiServer((request) => lists.answer(request));
  const { simulator } = wire;
  return {
    wire,
    lists,
    apiServer,
    launch: launchIn(wire),
    growOld: () => simulator.advance(AGE_SECONDS),
    openProcess: (collects, between = () => Promise.resolve()) =>
      processOf(wire, apiServer.kubeconfig, collects, between),
    stateOf: (instanceId) => simulator.model.account.instances[instanceId]?.state,
    calls: (action) => simulator.model.calls[action] ?? 0,
    close: async () => {
      await apiServer.close();
      await wire.close();
    },
  };
};

/** What must never be terminated was not, and nothing was prepared for it. */
export const terminationsIn = ({ calls, wire }: LeakWorld) => ({
  ModifyInstanceAttribute: calls('ModifyInstanceAttribute'),
  TerminateInstances: calls('TerminateInstances'),
  violations: wire.simulator.violations(),
});

export const NO_TERMINATIONS = { ModifyInstanceAttribute: 0, TerminateInstances: 0, violations: [] };

import { join } from 'node:path';
import type { V1Pod, V1PodCondition } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { AddressBook } from './addresses.ts';
import type { Api } from './api.ts';
import { messageOf } from './api.ts';
import type { ContainerDeps } from './container.ts';
import { viewsOf } from './container-view.ts';
import type { Disks } from './disks.ts';
import { eventRecorder } from './events.ts';
import type { PodFacts } from './fields.ts';
import type { GrowFileSystem } from './growth.ts';
import type { Image } from './images.ts';
import { graceOf, isContradicted, sendStatus } from './pod-object.ts';
import type { PodView } from './pod-status.ts';
import { podVolumes, referencesOf } from './pod-volumes.ts';
import type { Processes } from './processes.ts';
import { reporter, type Reporter } from './status-reporter.ts';
import type { Timing } from './timing.ts';
import { identityOf, type Shape } from './shape.ts';

/** What a kubelet lends to each of its pods. */
export type PodDeps = {
  api: Api;
  log: Logger;
  timing: Timing;
  nodeName: string;
  hostIP: string;
  /** `<machines>/<node name>` */
  folder: string;
  disks: Disks;
  processes: Processes;
  addresses: AddressBook;
  findImage: (reference: string) => Image | undefined;
  grow: GrowFileSystem;
  /** Aborts when the machine loses its power: nothing more is done, and nothing told. */
  power: AbortSignal;
};

/** A pod while it is on this machine. */
export type PodRun = {
  deps: PodDeps;
  log: Logger;
  facts: PodFacts;
  view: PodView;
  status: Reporter & { seen: (pod: V1Pod) => void };
  container: ContainerDeps;
  /** Host ports by container port, one map a container. */
  ports: Map<string, Map<number, number>>;
  /** Tells the router where the container ports are. */
  publish: () => void;
};

const portsOf = (ports: PodRun['ports']): Record<string, number> =>
  Object.fromEntries([...ports.values()].flatMap((map) => [...map].map(([port, host]) => [String(port), host])));

const viewOf = (pod: V1Pod, podIP: string, hostIP: string): PodView => ({
  pod,
  podIP,
  hostIP,
  startTime: pod.status?.startTime ?? new Date(),
  isSandboxReady: false,
  isInitialized: false,
  isOver: false,
  containers: viewsOf(pod, 'containers'),
  initContainers: viewsOf(pod, 'initContainers'),
});

/** Reports what changed, and again what somebody else has changed since. */
const statusReporter = (deps: PodDeps, log: Logger, view: PodView): PodRun['status'] => {
  let conditions: Shape<V1PodCondition>[] = view.pod.status?.conditions ?? [];
  const send = async (): Promise<void> => {
    conditions = await sendStatus(deps.api, view, conditions);
  };
  const status = reporter(send, deps.power, (error) => {
    log.warn({ error: messageOf(error) }, 'pod status not sent');
  });
  return {
    ...status,
    seen: (pod) => {
      if (isContradicted(pod, conditions)) status.changed();
    },
  };
};

/** Gives the pod its address and everything its containers need. Nothing is started yet. */
export const createRun = (deps: PodDeps, pod: V1Pod, stop: AbortSignal): PodRun => {
  const { namespace, name, uid } = identityOf(pod);
  const log = deps.log.child({ pod: `${namespace}/${name}`, uid });
  const podIP = deps.addresses.takeAddress();
  const folder = join(deps.folder, 'pods', uid);
  const facts: PodFacts = { pod, podIP, hostIP: deps.hostIP };
  const view = viewOf(pod, podIP, deps.hostIP);
  const status = statusReporter(deps, log, view);
  const ports: PodRun['ports'] = new Map();
  const publish = (): void => {
    deps.addresses.publish(podIP, { namespace, name, uid, nodeName: deps.nodeName, ports: portsOf(ports) });
  };
  const container: ContainerDeps = {
    facts,
    folder,
    logs: join(deps.folder, 'logs'),
    processes: deps.processes,
    volumes: podVolumes(deps.api, deps.disks, folder, facts),
    references: referencesOf(deps.api, pod),
    findImage: deps.findImage,
    takePort: deps.addresses.takePort,
    events: eventRecorder(deps.api, deps.nodeName, pod),
    nested: [],
    changed: () => {
      publish();
      status.changed();
    },
    stop,
    graceSeconds: () => graceOf(facts.pod),
    backOffMs: deps.timing.backOff,
  };
  return { deps, log, facts, view, status, container, ports, publish };
};

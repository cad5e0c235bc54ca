import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Node } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { AddressBook } from './addresses.ts';
import { messageOf, type Api } from './api.ts';
import { removeTree } from './atomic-writer.ts';
import type { CsiNode } from './csi-client.ts';
import { disksOf, type Disks } from './disks.ts';
import { findImage } from './images.ts';
import type { NodeIdentity } from './node-object.ts';
import { renewLease, reportNodeStatus } from './node-status.ts';
import { runPods } from './pods.ts';
import type { Processes } from './processes.ts';
import { register } from './registration.ts';
import { insist, repeat } from './repeat.ts';
import type { Timing } from './timing.ts';

/** What a kubelet is made of. */
export type KubeletDeps = {
  api: Api;
  identity: NodeIdentity;
  log: Logger;
  timing: Timing;
  csi: CsiNode;
  addresses: AddressBook;
  processes: Processes;
  mavenRepository: string;
  /** `<machines>/<node name>` */
  folder: string;
  hasDevice: (volumeId: string) => boolean;
  power: AbortSignal;
};

const RETRY_MS = 500;

const joinCluster = async (deps: KubeletDeps, disks: Disks): Promise<V1Node | undefined> => {
  const { api, identity, log, power } = deps;
  const node = await insist(RETRY_MS, power, () => register(api, identity), (error) => {
    log.warn({ error: messageOf(error) }, 'not registered');
  }); // prettier-ignore
  await insist(RETRY_MS, power, () => reportNodeStatus(api, identity, disks.inUse()), (error) => {
    log.warn({ error: messageOf(error) }, 'node status not sent');
  }); // prettier-ignore
  return node;
};

/** A machine's mounts and the pods' folders do not outlive its power; its logs do. */
const cleanMachine = async (folder: string): Promise<void> => {
  await removeTree(join(folder, 'pods'));
  await rm(join(folder, 'plugins'), { recursive: true, force: true });
};

/** Starts the kubelet of a machine; it runs until the power goes. */
export const startKubelet = async (deps: KubeletDeps): Promise<void> => {
  const { api, identity, log, timing, power, csi, folder } = deps;
  await cleanMachine(folder);
  const disks = disksOf({ api, csi, nodeName: identity.name, folder, hasDevice: deps.hasDevice });
  const node = await joinCluster(deps, disks);
  if (node === undefined) return;
  log.info('the Node has joined');
  const tell = (what: string) => (error: unknown) => {
    log.warn({ error: messageOf(error) }, what);
  };
  void repeat(timing.lease, power, () => renewLease(api, node), tell('lease not renewed'));
  const report = () => reportNodeStatus(api, identity, disks.inUse(), timing.nodeReport);
  void repeat(timing.nodeStatus, power, report, tell('node status not sent'));
  runPods({
    api,
    log,
    timing,
    nodeName: identity.name,
    hostIP: identity.machine.privateIpAddress,
    folder,
    disks,
    processes: deps.processes,
    addresses: deps.addresses,
    findImage: (reference) => findImage(reference, deps.mavenRepository),
    grow: (volumeId, bytes) => csi.expand(volumeId, folder, bytes),
    power,
  });
};

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { fetchMachines, fetchUserData, type Machine } from './account.ts';
import type { AddressBook } from './addresses.ts';
import { apiWithCertificate, messageOf, type Api } from './api.ts';
import { issueNodeCertificate } from './client-certificate.ts';
import type { CsiNode } from './csi-client.ts';
import { startFakeNode } from './fake-node.ts';
import { startKubelet } from './kubelet.ts';
import { openLine } from './line.ts';
import { createNetwork, type Network } from './network.ts';
import type { NodeIdentity } from './node-object.ts';
import { killLeftOvers, processesIn, type Processes } from './processes.ts';
import { insist, isAborted, pause, repeat } from './repeat.ts';
import type { Timing } from './timing.ts';
import { parseUserData, UserDataError } from './user-data.ts';
import { isWorker, workerIdentity, WORKER_NODE } from './worker.ts';

export type MachinesDeps = {
  log: Logger;
  timing: Timing;
  ec2Url: string;
  /** The API in this program's own name, for what has no kubelet. */
  api: Api;
  /** The API server for the worker, which has no user data to read it from. */
  apiServerUrl: string;
  pkiFolder: string;
  machinesFolder: string;
  mavenRepository: string;
  csi: CsiNode;
  addresses: AddressBook;
};

/** A machine that has power. */
type Powered = {
  machine: Machine;
  power: AbortController;
  network: Network;
  processes: Processes;
  devices: Set<string>;
};

type Boot = { identity: NodeIdentity; api: Api };

type Join = { server: string; authority: string; identity: NodeIdentity };

/** A machine without the answer of its metadata service boots on when it has it. */
const userDataOf = async (
  { ec2Url, log }: MachinesDeps,
  { instanceId }: Machine,
  power: AbortSignal,
): Promise<string> =>
  (await insist(
    RETRY_MS,
    power,
    () => fetchUserData(ec2Url, instanceId),
    (error) => {
      log.warn({ instance: instanceId, error: messageOf(error) }, 'no user data yet');
    },
  )) ?? '';

const RETRY_MS = 500;

const joinOf = async (deps: MachinesDeps, { machine, power }: Powered): Promise<Join> => {
  if (isWorker(machine)) {
    const authority = await readFile(join(deps.pkiFolder, 'ca.crt'), 'utf8');
    return { server: deps.apiServerUrl, authority, identity: workerIdentity(machine) };
  }
  const { cluster, kubelet, labels, taints } = parseUserData(await userDataOf(deps, machine, power.signal));
  const identity = { name: machine.privateDnsName, machine, kubelet, labels, taints };
  return { server: cluster.apiServerEndpoint, authority: cluster.certificateAuthority, identity };
};

/** A kubelet reaches the API server through the network of its machine, and in no other way. */
const bootOf = async (deps: MachinesDeps, powered: Powered): Promise<Boot> => {
  const { network, power } = powered;
  const { server, authority, identity } = await joinOf(deps, powered);
  const certificate = await issueNodeCertificate(deps.pkiFolder, identity.name);
  const url = await openLine(server, network, power.signal);
  return { identity, api: apiWithCertificate(url, authority, certificate) };
};

/** A KWOK Node has no kubelet: it is made in the name of this program. */
const bootFake = async (deps: MachinesDeps, { machine, power, network }: Powered, log: Logger): Promise<void> => {
  const { kubelet, labels, taints } = parseUserData(await userDataOf(deps, machine, power.signal));
  const identity = { name: machine.privateDnsName, machine, kubelet, labels, taints };
  await startFakeNode({ api: deps.api, identity, log, timing: deps.timing, network, power: power.signal });
};

const bootReal = async (deps: MachinesDeps, powered: Powered, log: Logger): Promise<void> => {
  const { power, processes, devices } = powered;
  const { identity, api } = await bootOf(deps, powered);
  await startKubelet({
    ...deps,
    api,
    identity,
    log,
    processes,
    folder: join(deps.machinesFolder, identity.name),
    hasDevice: (volumeId) => devices.has(volumeId),
    power: power.signal,
  });
};

const nodeNameOf = (machine: Machine): string => (isWorker(machine) ? WORKER_NODE : machine.privateDnsName);

const boot = async (deps: MachinesDeps, powered: Powered, log: Logger): Promise<void> => {
  const { machine, power } = powered;
  if (!isWorker(machine)) await pause(deps.timing.boot, power.signal);
  if (power.signal.aborted) return;
  try {
    await (machine.bootAs === 'kwok' ? bootFake : bootReal)(deps, powered, log);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (isAborted(power.signal)) return;
    const what = error instanceof UserDataError ? 'the user data is wrong: this machine never joins' : 'boot failed';
    log.error({ error: messageOf(error) }, what);
  }
};

const switchOn = (deps: MachinesDeps, machine: Machine): Powered => {
  const folder = join(deps.machinesFolder, nodeNameOf(machine), 'processes');
  const log = deps.log.child({ instance: machine.instanceId, node: nodeNameOf(machine) });
  const killed = killLeftOvers(folder);
  if (killed > 0) log.warn({ killed }, 'ended processes of an earlier run');
  const powered = {
    machine,
    power: new AbortController(),
    network: createNetwork(machine.hasNetwork),
    processes: processesIn(folder),
    devices: new Set<string>(),
  };
  log.info('power on');
  void boot(deps, powered, log);
  return powered;
};

const switchOff = ({ power, processes }: Powered): void => {
  power.abort();
  processes.killAll();
};

/** Nobody boots a machine that is about to stop, whatever keeps it from stopping. */
const isOn = (machine: Machine, isPowered: boolean): boolean =>
  machine.hasPower && (machine.state === 'running' || isPowered) && (machine.bootAs !== 'none' || isWorker(machine));

/** What is plugged into a machine now. */
const plug = (deps: MachinesDeps, { network, devices }: Powered, machine: Machine): void => {
  if (network.isUp() !== machine.hasNetwork) {
    deps.log.info({ instance: machine.instanceId, hasNetwork: machine.hasNetwork }, 'network');
  }
  network.set(machine.hasNetwork);
  deps.addresses.setReachable(nodeNameOf(machine), machine.hasNetwork);
  devices.clear();
  for (const { volumeId } of machine.attachedVolumes) devices.add(volumeId);
};

const END_MS = 3500;
const END_POLL_MS = 50;

/** Boots every running instance of the simulated account and cuts the power of those that stop. */
export const runMachines = (deps: MachinesDeps): { close: () => Promise<void> } => {
  const powered = new Map<string, Powered>();
  const closing = new AbortController();

  const look = async (): Promise<void> => {
    const machines = (await fetchMachines(deps.ec2Url)).filter((one) => isOn(one, powered.has(one.instanceId)));
    const on = new Map(machines.map((machine) => [machine.instanceId, machine]));
    for (const [id, running] of powered) {
      if (on.has(id)) continue;
      deps.log.info({ instance: id }, 'power off');
      switchOff(running);
      deps.addresses.setReachable(nodeNameOf(running.machine), false);
      powered.delete(id);
    }
    for (const [id, machine] of on) {
      const running = powered.get(id) ?? switchOn(deps, machine);
      powered.set(id, running);
      plug(deps, running, machine);
    }
  };
  void repeat(deps.timing.poll, closing.signal, look, (error) => {
    // Without an answer nobody knows better: what runs keeps running.
    deps.log.warn({ error: messageOf(error) }, 'the simulated EC2 does not answer');
  });

  return {
    close: async () => {
      closing.abort();
      const machines = [...powered.values()];
      for (const { power, processes } of machines) {
        power.abort();
        processes.signalAll('SIGTERM');
      }
      const deadline = Date.now() + END_MS;
      while (machines.some(({ processes }) => processes.running() > 0) && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, END_POLL_MS));
      }
      for (const machine of machines) switchOff(machine);
    },
  };
};

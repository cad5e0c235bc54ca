import { rfc3339 } from '../../hooks/api/conditions.ts';
import { NODE, TERMINATION } from '../../hooks/api/labels.ts';
import type { ClusterNode } from '../../hooks/questdbnode/cluster-node.ts';
import { machinesView, userDataView, type Machine as View } from '../../local/ec2/views.ts';
import type { Simulation } from '../../local/ec2/simulation.ts';

/** Where the machines register. */
export type Registry = {
  /** Nodes by name. */
  nodes: Pick<Map<string, ClusterNode>, 'get' | 'set' | 'delete' | 'entries' | 'values'>;
  /** Names of the Nodes on which the EBS CSI driver is registered. */
  csiNodes: Set<string>;
};

/** What makes instances Nodes, and tells which of them are well: their kubelets, the node and cloud controllers. */
export type Machines = {
  /** Does what is due now; answers the uids of the QuestDBNodes whose Nodes came, went or changed. */
  step: () => Set<string>;
  /** Cuts the network of a machine, or mends it: EC2 sees nothing of that. */
  isolate: (instanceId: string, isolated: boolean) => void;
  isIsolated: (instanceId: string) => boolean;
  connectAll: () => void;
};

/** A machine, and what it boots with. */
type Machine = View & ReturnType<typeof userDataView>;

/** From running to registered, from there to Ready, from there to its CSI driver. */
const BOOT_SECONDS = [20, 5, 5] as const;
/** How long a kubelet is silent before its Node is said to be not Ready. */
const GRACE_SECONDS = 40;

/** The label the instance's own user data asks for: a wrong user data makes a Node that nobody finds. */
const labelsOf = ({ userData }: Machine): Record<string, string> => {
  const [, flags] = /--node-labels=(\S+)/.exec(Buffer.from(userData, 'base64').toString()) ?? [];
  return Object.fromEntries((flags ?? '').split(',').map((pair) => pair.split('=') as [string, string]));
};

/** What is left of a machine when its system has taken its share: m6i.large gives 1930m and 7291404Ki. */
const allocatableOf = ({ vcpus, memoryMiB }: Machine) => ({
  cpu: `${vcpus * 1000 - 70}m`,
  memory: `${memoryMiB * 1024 - 1_097_204}Ki`,
});

const registered = (machine: Machine): ClusterNode => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: machine.privateDnsName, uid: `node-of-${machine.instanceId}`, labels: labelsOf(machine) },
  spec: { providerID: `aws:///${machine.zone}/${machine.instanceId}` },
  status: { allocatable: allocatableOf(machine) },
});

const withReady = (node: ClusterNode, status: 'True' | 'False' | 'Unknown', now: number): ClusterNode => {
  const before = node.status?.conditions?.find(({ type }) => type === 'Ready');
  if (before?.status === status) return node;
  const lastTransitionTime = rfc3339(new Date(now));
  return { ...node, status: { ...node.status, conditions: [{ type: 'Ready', status, lastTransitionTime }] } };
};

export const instanceIdOf = ({ spec }: ClusterNode): string => spec?.providerID?.split('/').at(-1) ?? '';

/** Plays the machines of one account on one API server. */
export const createMachines = (simulation: Simulation, api: Registry): Machines => {
  const runningSince = new Map<string, number>();
  const silentSince = new Map<string, number>();
  const isolated = new Set<string>();

  const put = (node: ClusterNode, changed: Set<string>): void => {
    if (JSON.stringify(api.nodes.get(node.metadata.name)) === JSON.stringify(node)) return;
    api.nodes.set(node.metadata.name, node);
    changed.add(node.metadata.labels?.[NODE] ?? '');
  };

  /** A kubelet that has power and network. */
  const live = (machine: Machine, now: number, changed: Set<string>): void => {
    silentSince.delete(machine.instanceId);
    const since = runningSince.get(machine.instanceId) ?? now;
    runningSince.set(machine.instanceId, since);
    const [registers, ready, driver] = BOOT_SECONDS;
    const age = (now - since) / 1000;
    if (age < registers) return;
    const known = api.nodes.get(machine.privateDnsName);
    const node = known !== undefined && instanceIdOf(known) === machine.instanceId ? known : registered(machine);
    put(withReady(node, age >= registers + ready ? 'True' : 'False', now), changed);
    if (age >= registers + ready + driver) api.csiNodes.add(machine.privateDnsName);
  };

  const fallSilent = (instanceId: string, now: number, changed: Set<string>): void => {
    const since = silentSince.get(instanceId) ?? now;
    silentSince.set(instanceId, since);
    const node = [...api.nodes.values()].find((candidate) => instanceIdOf(candidate) === instanceId);
    if (node !== undefined && now - since >= GRACE_SECONDS * 1000) put(withReady(node, 'Unknown', now), changed);
  };

  /** The cloud controller takes the Nodes of instances away that are gone, once they are not Ready. */
  const removeNodesWithout = (machines: readonly Machine[], changed: Set<string>): void => {
    for (const [name, node] of api.nodes.entries()) {
      if (machines.some(({ instanceId }) => instanceIdOf(node) === instanceId)) continue;
      if (node.metadata.finalizers?.includes(TERMINATION) !== true) api.nodes.delete(name);
      else if (node.metadata.deletionTimestamp === undefined) {
        const deletionTimestamp = rfc3339(new Date(simulation.clock.now()));
        const dying = { ...node, metadata: { ...node.metadata, deletionTimestamp } };
        // The cloud controller takes no Node away that is Ready.
        api.nodes.set(name, withReady(dying, 'Unknown', simulation.clock.now()));
      } else continue;
      api.csiNodes.delete(name);
      changed.add(node.metadata.labels?.[NODE] ?? '');
    }
  };

  return {
    isolate: (instanceId, isIsolated) => {
      if (isIsolated) isolated.add(instanceId);
      else isolated.delete(instanceId);
    },
    isIsolated: (instanceId) => isolated.has(instanceId),
    connectAll: () => {
      isolated.clear();
    },
    step: () => {
      const changed = new Set<string>();
      const now = simulation.clock.now();
      const machines = machinesView(simulation)
        .filter(({ bootAs }) => bootAs !== 'none')
        .map((machine) => ({ ...machine, ...userDataView(simulation, machine.instanceId) }));
      for (const machine of machines) {
        if (machine.state !== 'running') {
          // What is started again is a machine like new.
          runningSince.delete(machine.instanceId);
          isolated.delete(machine.instanceId);
        }
        if (machine.state === 'running' && !isolated.has(machine.instanceId)) live(machine, now, changed);
        else fallSilent(machine.instanceId, now, changed);
      }
      removeNodesWithout(machines, changed);
      return changed;
    },
  };
};

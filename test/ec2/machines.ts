import { NODE } from '../../hooks/api/labels.ts';
import type { ClusterNode } from '../../hooks/questdbnode/cluster-node.ts';
import { machinesView, type Machine } from '../../local/ec2/views.ts';
import type { Simulation } from '../../local/ec2/simulation.ts';
import type { ApiServer } from './api-server.ts';

/** Everything in the cluster that reacts to instances: their kubelets, the cloud controller and the CSI driver. */
export type Machines = {
  /** Does what is due now; answers the uids of the QuestDBNodes whose Nodes came, went or became Ready. */
  step: () => Set<string>;
};

/** From running to registered, from there to Ready, from there to its CSI driver. */
const BOOT_SECONDS = [20, 5, 5] as const;

/** The label the instance's own user data asks for: a wrong user data makes a Node that nobody finds. */
const labelsOf = ({ userData }: Machine): Record<string, string> => {
  const [, flags] = /--node-labels=(\S+)/.exec(Buffer.from(userData, 'base64').toString()) ?? [];
  return Object.fromEntries((flags ?? '').split(',').map((pair) => pair.split('=') as [string, string]));
};

const nodeOf = (machine: Machine, uid: string, isReady: boolean): ClusterNode => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: machine.privateDnsName, uid, labels: labelsOf(machine) },
  spec: { providerID: `aws:///${machine.zone}/${machine.instanceId}` },
  status: {
    allocatable: { cpu: '1930m', memory: '7291404Ki' },
    conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
  },
});

/** Plays the machines of one account on one API server. */
export const createMachines = (simulation: Simulation, api: ApiServer): Machines => {
  const runningSince = new Map<string, number>();

  const boot = (machine: Machine, changed: Set<string>): void => {
    const now = simulation.clock.now();
    const since = runningSince.get(machine.instanceId) ?? now;
    runningSince.set(machine.instanceId, since);
    const [registers, ready, driver] = BOOT_SECONDS;
    const age = (now - since) / 1000;
    if (age < registers) return;
    const name = machine.privateDnsName;
    const node = nodeOf(machine, `node-of-${machine.instanceId}`, age >= registers + ready);
    if (JSON.stringify(api.nodes.get(name)) !== JSON.stringify(node)) {
      api.nodes.set(name, node);
      changed.add(node.metadata.labels?.[NODE] ?? '');
    }
    if (age >= registers + ready + driver) api.csiNodes.add(name);
  };

  const removeNodesWithout = (machines: readonly Machine[], changed: Set<string>): void => {
    for (const [name, node] of api.nodes) {
      if (machines.some(({ instanceId }) => node.spec?.providerID?.endsWith(`/${instanceId}`))) continue;
      api.nodes.delete(name);
      api.csiNodes.delete(name);
      changed.add(node.metadata.labels?.[NODE] ?? '');
    }
  };

  return {
    step: () => {
      const changed = new Set<string>();
      const machines = machinesView(simulation).filter(({ bootAs }) => bootAs !== 'none');
      for (const machine of machines) if (machine.state === 'running') boot(machine, changed);
      removeNodesWithout(machines, changed);
      return changed;
    },
  };
};

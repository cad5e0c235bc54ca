import { OUT_OF_SERVICE, RETIRING } from '../../hooks/api/labels.ts';
import type { ClusterNode } from '../../hooks/questdbnode/cluster-node.ts';
import type { InstanceState } from '../../hooks/questdbnode/ports.ts';
import type { Effect } from '../fixtures/effects.ts';
import type { NodeFacts } from '../fixtures/node-world.ts';
import { mapOf } from '../fixtures/questdb.ts';
import type { NodeCase } from './questdbnode-arbitrary.ts';

const STATES: Readonly<Record<string, InstanceState>> = {
  stop: 'stopped',
  forceStop: 'stopped',
  start: 'running',
  terminate: 'terminated',
};

const SPECS: Readonly<Record<string, NonNullable<ClusterNode['spec']>>> = {
  cordon: { unschedulable: true },
  taintRetiring: { taints: [RETIRING] },
  taintOutOfService: { taints: [OUT_OF_SERVICE] },
  untaintOutOfService: { taints: [] },
};

const onNode = (nodes: readonly ClusterNode[], { call, with: name }: Effect): ClusterNode[] =>
  nodes
    .filter(({ metadata }) => call !== 'deleteNode' || metadata.name !== name)
    .map((node) =>
      node.metadata.name === name && call in SPECS ? { ...node, spec: { ...node.spec, ...SPECS[call] } } : node,
    );

const onFleet = (fleet: NodeFacts['fleet'], { call, with: id }: Effect): NodeFacts['fleet'] =>
  fleet?.map((instance) => {
    const state = instance.instanceId === id ? STATES[call] : undefined;
    return state === undefined ? instance : { ...instance, state, dataVolumeIds: [] };
  });

/** What EC2 and the cluster show after the hook did these things, all of which work at once. */
export const aftermath = ({ request, facts }: NodeCase, effects: readonly Effect[]): NodeCase => {
  const nodes = effects.reduce(onNode, facts.nodes ?? []);
  const fleet = effects.reduce(onFleet, facts.fleet);
  const { 'Node.v1': _before, ...related } = request.related;
  return {
    request: { ...request, related: { ...related, ...mapOf(nodes) } },
    facts: { ...facts, nodes, ...(fleet === undefined ? {} : { fleet }) },
  };
};

import type { QuestDB } from '../../api/generated/questdb.ts';
import { MONITORING, selectorLabels } from '../../api/labels.ts';
import { networkPolicyName } from '../../api/names.ts';
import type { DesiredObject } from '../../metacontroller/contract.ts';
import { childMetadata } from './metadata.ts';
import { CLIENT_PORTS, portOf, type PortName } from './ports.ts';

type Peer = NonNullable<NonNullable<QuestDB['spec']['network']>['from']>[number];
type Rule = { from: readonly Peer[]; ports: readonly { port: number; protocol: 'TCP' }[] };
/** networking.k8s.io/v1. (The client library's type is not used: it says `_from` where the API says `from`.) */
export type NetworkPolicy = DesiredObject & {
  spec: {
    podSelector: { matchLabels: Record<string, string> };
    policyTypes: readonly string[];
    ingress: readonly Rule[];
    egress: readonly { to: readonly Peer[]; ports: readonly { port: number; protocol: 'TCP' | 'UDP' }[] }[];
  };
};

/** Who reaches the database, where the cluster's network enforces policies: its clients, the operator's probe, and monitoring. It reaches DNS alone. */
export const networkPolicy = ({ metadata, spec }: QuestDB, operatorNamespace: string): NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: childMetadata(metadata.name, networkPolicyName(metadata.name)),
  spec: {
    podSelector: { matchLabels: selectorLabels(metadata.name) },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      ...clientRules(spec.network?.from ?? [EVERY_POD]),
      { from: [hooksIn(operatorNamespace)], ports: portsOf(['http', 'http-min']) },
      { from: [MONITORS], ports: portsOf(['http-min']) },
    ],
    egress: [{ to: NAME_SERVERS, ports: (['UDP', 'TCP'] as const).map((protocol) => ({ port: 53, protocol })) }],
  },
});

const namespace = (matchLabels: Record<string, string>): Peer => ({ namespaceSelector: { matchLabels } });
const named = (name: string): Peer => namespace({ 'kubernetes.io/metadata.name': name });

const EVERY_POD: Peer = { namespaceSelector: {} };
const MONITORS = namespace({ [MONITORING]: 'true' });
/** The cluster's DNS, or a node-local cache in front of it (https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/). */
const NAME_SERVERS = [named('kube-system'), { ipBlock: { cidr: '169.254.20.10/32' } }];

const hooksIn = (operatorNamespace: string): Peer => ({
  ...named(operatorNamespace),
  podSelector: { matchLabels: { 'app.kubernetes.io/name': 'questdb-fleet-hooks' } },
});

/** A rule without peers would let everybody in. */
const clientRules = (from: readonly Peer[]): Rule[] =>
  from.length === 0 ? [] : [{ from, ports: portsOf(CLIENT_PORTS) }];

/** The protocol is written out: the API server would fill it in, and the two would never be the same. */
const portsOf = (names: readonly PortName[]): Rule['ports'] =>
  names.map((name) => ({ port: portOf(name), protocol: 'TCP' }));

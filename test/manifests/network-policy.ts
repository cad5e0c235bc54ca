import { BlockList, isIPv6 } from 'node:net';

type LabelSelector = {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
};
type RulePeer = {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: string[] };
};
type RulePort = { port?: number | string; endPort?: number; protocol?: string };

/** networking.k8s.io/v1. (The client library's type is not used: it says `_from` where the API says `from`.) */
export type NetworkPolicy = {
  metadata: { namespace?: string };
  spec: {
    podSelector: LabelSelector;
    policyTypes?: string[];
    ingress?: { from?: RulePeer[]; ports?: RulePort[] }[];
    egress?: { to?: RulePeer[]; ports?: RulePort[] }[];
  };
};

type Labels = Readonly<Record<string, string>>;

/** A pod as policies see it. `namespaceLabels` has kubernetes.io/metadata.name, which every namespace has. */
export type Pod = { namespace: string; labels: Labels; namespaceLabels: Labels };
/** The other end: a pod, or an address outside the cluster. */
export type Peer = Pod | { ip: string };
export type Connection = { direction: 'Ingress' | 'Egress'; peer: Peer; port: number; protocol?: 'TCP' | 'UDP' };

const holds = (labels: Labels, { matchLabels, matchExpressions }: LabelSelector): boolean =>
  Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
  (matchExpressions ?? []).every(({ key, operator, values }) => {
    const value = labels[key];
    switch (operator) {
      case 'In':
        return value !== undefined && (values ?? []).includes(value);
      case 'NotIn':
        return value === undefined || !(values ?? []).includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      default:
        throw new Error(`unknown operator ${operator}`);
    }
  });

const isWithin = (ip: string, cidr: string): boolean => {
  const [address = '', bits] = cidr.split('/');
  const list = new BlockList();
  list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  return list.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
};

const isPeer = (policyNamespace: string, rule: RulePeer, peer: Peer): boolean => {
  if (rule.ipBlock !== undefined) {
    // The API says of ipBlock that it is for addresses outside the cluster; whether it reaches pods is up to the network.
    if (!('ip' in peer)) return false;
    const { cidr, except } = rule.ipBlock;
    return isWithin(peer.ip, cidr) && !(except ?? []).some((excluded) => isWithin(peer.ip, excluded));
  }
  if ('ip' in peer) return false;
  const inNamespace =
    rule.namespaceSelector === undefined
      ? peer.namespace === policyNamespace
      : holds(peer.namespaceLabels, rule.namespaceSelector);
  return inNamespace && holds(peer.labels, rule.podSelector ?? {});
};

const isPort = (rule: RulePort, { port, protocol = 'TCP' }: Connection): boolean => {
  if ((rule.protocol ?? 'TCP') !== protocol) return false;
  if (rule.port === undefined) return true;
  if (typeof rule.port === 'string') throw new Error('named ports are not evaluated');
  return port >= rule.port && port <= (rule.endPort ?? rule.port);
};

const admitsAny = <T>(list: readonly T[] | undefined, matches: (entry: T) => boolean): boolean =>
  list === undefined || list.length === 0 || list.some(matches);

const admits = (policy: NetworkPolicy, connection: Connection): boolean => {
  const namespace = policy.metadata.namespace ?? 'default';
  const { ingress, egress } = policy.spec;
  const rules =
    connection.direction === 'Ingress'
      ? (ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
      : (egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));
  return rules.some(
    ({ peers, ports }) =>
      admitsAny(peers, (rule) => isPeer(namespace, rule, connection.peer)) &&
      admitsAny(ports, (rule) => isPort(rule, connection)),
  );
};

const appliesTo = (policy: NetworkPolicy, pod: Pod, direction: string): boolean =>
  (policy.metadata.namespace ?? 'default') === pod.namespace &&
  holds(pod.labels, policy.spec.podSelector) &&
  (policy.spec.policyTypes ?? ['Ingress']).includes(direction);

/**
 * Whether the policies let this connection of the pod through, as the API describes it: no policy for the pod and direction lets
 * everything through, else one that admits it is enough.
 */
export const isAllowed = (policies: readonly NetworkPolicy[], pod: Pod, connection: Connection): boolean => {
  const applicable = policies.filter((policy) => appliesTo(policy, pod, connection.direction));
  return applicable.length === 0 || applicable.some((policy) => admits(policy, connection));
};

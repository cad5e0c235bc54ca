import { describe, expect, it } from 'vitest';
import type { QuestDB } from '../../../../hooks/api/generated/questdb.ts';
import { networkPolicy } from '../../../../hooks/questdb/children/networkpolicy.ts';
import { podMonitor } from '../../../../hooks/questdb/children/podmonitor.ts';
import { aDatabase } from '../../../fixtures/questdb.ts';
import { isAllowed, type NetworkPolicy, type Peer, type Pod } from '../../../manifests/network-policy.ts';

const pod = (namespace: string, labels: Record<string, string> = {}, namespaceLabels = {}): Pod => ({
  namespace,
  labels,
  namespaceLabels: { 'kubernetes.io/metadata.name': namespace, ...namespaceLabels },
});

const DATABASE = pod('acme', { 'app.kubernetes.io/name': 'questdb', 'app.kubernetes.io/instance': 'trades' });
const CLIENT = pod('shop', { app: 'web' });
const HOOKS = pod('questdb-fleet', { 'app.kubernetes.io/name': 'questdb-fleet-hooks' });
const MONITOR = pod('monitoring', {}, { 'questdb-fleet.dev/monitoring': 'true' });
const OFFICE: Peer = { ip: '192.0.2.7' };

type Network = NonNullable<QuestDB['spec']['network']>;

const policyFor = (network?: Network): NetworkPolicy => {
  const made = networkPolicy(aDatabase({ spec: network === undefined ? {} : { network } }), 'questdb-fleet');
  return { ...made, metadata: { ...made.metadata, namespace: 'acme' } } as unknown as NetworkPolicy;
};

const connects = (
  network: Network | undefined,
  peer: Peer,
  port: number,
  direction: 'Ingress' | 'Egress' = 'Ingress',
) => isAllowed([policyFor(network)], DATABASE, { direction, peer, port });

const PORTS = [9000, 8812, 9009, 9003];
const portsFor = (peer: Peer, network?: Network): number[] => PORTS.filter((port) => connects(network, peer, port));

describe('who reaches a database', () => {
  it.each<[string, Peer, number[]]>([
    ['any pod of the cluster, where clients connect', CLIENT, [9000, 8812, 9009]],
    ['the operator, where it asks', HOOKS, [9000, 8812, 9009, 9003]],
    ['monitoring, where the metrics are', MONITOR, [9000, 8812, 9009, 9003]],
    ['nobody outside', OFFICE, []],
  ])('is by default %s', (_name, peer, ports) => {
    expect(portsFor(peer)).toEqual(ports);
  });

  const shop: Network = { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }] };

  it('is who spec.network.from names, and the operator and monitoring still', () => {
    expect(portsFor(CLIENT, shop)).toEqual([9000, 8812, 9009]);
    expect(portsFor(pod('other'), shop)).toEqual([]);
    expect(portsFor(HOOKS, shop)).toEqual([9000, 9003]);
    expect(portsFor(MONITOR, shop)).toEqual([9003]);
    expect(portsFor(OFFICE, { from: [{ ipBlock: { cidr: '192.0.2.0/24' } }] })).toEqual([9000, 8812, 9009]);
  });

  it('is nobody else when that names nobody', () => {
    expect([CLIENT, OFFICE, pod('acme')].flatMap((peer) => portsFor(peer, { from: [] }))).toEqual([]);
    expect(portsFor(HOOKS, { from: [] })).toEqual([9000, 9003]);
  });

  it('is no pod that only calls itself the operator', () => {
    const impostor = pod('shop', { 'app.kubernetes.io/name': 'questdb-fleet-hooks' });
    expect(portsFor(impostor, { from: [] })).toEqual([]);
    expect(portsFor(pod('questdb-fleet', { app: 'other' }), { from: [] })).toEqual([]);
  });

  it('reaches nothing itself but name servers', () => {
    const dns = pod('kube-system');
    expect([connects(undefined, dns, 53, 'Egress'), connects(undefined, dns, 443, 'Egress')]).toEqual([true, false]);
    expect([CLIENT, OFFICE].some((peer) => connects(undefined, peer, 443, 'Egress'))).toBe(false);
    expect(connects(undefined, { ip: '169.254.20.10' }, 53, 'Egress')).toBe(true);
  });

  it('has every protocol written out, as the API server keeps it', () => {
    const { ingress = [], egress = [] } = policyFor(shop).spec;
    const ports = [...ingress, ...egress].flatMap((rule) => rule.ports ?? []);
    expect(ports.length).toBeGreaterThan(5);
    expect(ports.every(({ protocol }) => protocol !== undefined)).toBe(true);
  });
});

describe('the PodMonitor', () => {
  it('reads the metrics of the database’s pod', () => {
    expect(podMonitor('trades')).toMatchObject({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      spec: {
        selector: { matchLabels: DATABASE.labels },
        podMetricsEndpoints: [{ port: 'http-min', path: '/metrics' }],
      },
    });
  });
});

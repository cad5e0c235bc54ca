import { describe, expect, it } from 'vitest';
import { isAllowed, type Connection, type Peer, type Pod } from './network-policy.ts';
import { allOf, oneOf, render } from './render.ts';

const base = render('base');
const policies = allOf(base, 'NetworkPolicy');

const podIn = (namespace: string, labels: Record<string, string> = {}, of: Record<string, string> = {}): Pod => ({
  namespace,
  labels,
  namespaceLabels: { 'kubernetes.io/metadata.name': namespace, ...of },
});

const template = oneOf(base, 'Deployment').spec?.template;
const hooks = podIn('questdb-fleet', template?.metadata?.labels ?? {});
const database = { 'app.kubernetes.io/name': 'questdb', 'app.kubernetes.io/managed-by': 'questdb-fleet' };

describe('who reaches the hooks', () => {
  it.each<[who: string, peer: Peer, port: number, allowed: boolean]>([
    ['Metacontroller', podIn('metacontroller', { 'app.kubernetes.io/name': 'metacontroller' }), 8080, true],
    ['Metacontroller, another port', podIn('metacontroller'), 9229, false],
    ['a pod of their own namespace', podIn('questdb-fleet'), 8080, false],
    ['any other pod', podIn('acme', { 'app.kubernetes.io/name': 'metacontroller' }), 8080, false],
    ['a database', podIn('acme', database), 8080, false],
    ['an unlabelled monitoring namespace', podIn('monitoring'), 8080, false],
    ['a labelled one', podIn('monitoring', {}, { 'questdb-fleet.dev/monitoring': 'true' }), 8080, true],
    ['one labelled false', podIn('monitoring', {}, { 'questdb-fleet.dev/monitoring': 'false' }), 8080, false],
    ['an address outside', { ip: '203.0.113.7' }, 8080, false],
  ])('%s', (_, peer, port, allowed) => {
    expect(isAllowed(policies, hooks, { direction: 'Ingress', peer, port })).toBe(allowed);
  });
});

describe('what the hooks reach', () => {
  it.each<[what: string, to: Omit<Connection, 'direction'>, allowed: boolean]>([
    ["the cluster's DNS", { peer: podIn('kube-system', { 'k8s-app': 'kube-dns' }), port: 53, protocol: 'UDP' }, true],
    ['the same over TCP', { peer: podIn('kube-system'), port: 53 }, true],
    ['a node-local DNS cache', { peer: { ip: '169.254.20.10' }, port: 53, protocol: 'UDP' }, true],
    ['a DNS server outside', { peer: { ip: '8.8.8.8' }, port: 53, protocol: 'UDP' }, false],
    ['the API server, EC2 or STS', { peer: { ip: '52.95.0.1' }, port: 443 }, true],
    ['the same over IPv6', { peer: { ip: '2a05:d000::1' }, port: 443 }, true],
    ['an API server on its own port', { peer: { ip: '10.0.0.5' }, port: 6443 }, true],
    ['plain HTTP outside', { peer: { ip: '52.95.0.1' }, port: 80 }, false],
    ['the agent of EKS Pod Identity', { peer: { ip: '169.254.170.23' }, port: 80 }, true],
    ["the Node's metadata service", { peer: { ip: '169.254.169.254' }, port: 80 }, false],
    ['a database', { peer: podIn('acme', database), port: 9000 }, true],
    ['a database by PostgreSQL wire', { peer: podIn('acme', database), port: 8812 }, false],
    ["somebody else's QuestDB", { peer: podIn('acme', { 'app.kubernetes.io/name': 'questdb' }), port: 9000 }, false],
    ['any pod', { peer: podIn('acme'), port: 443 }, false],
  ])('%s', (_, to, allowed) => {
    expect(isAllowed(policies, hooks, { direction: 'Egress', ...to })).toBe(allowed);
  });
});

describe('the evaluator', () => {
  const peer = podIn('a');
  it('lets everything through where no policy selects the pod', () => {
    expect(isAllowed(policies, podIn('acme'), { direction: 'Ingress', peer, port: 1 })).toBe(true);
  });

  it('lets nothing through where a policy has no rule', () => {
    const closed = { metadata: { namespace: 'acme' }, spec: { podSelector: {}, policyTypes: ['Ingress'] } };
    expect(isAllowed([closed], podIn('acme'), { direction: 'Ingress', peer, port: 1 })).toBe(false);
    expect(isAllowed([closed], podIn('acme'), { direction: 'Egress', peer, port: 1 })).toBe(true);
  });

  it('takes an empty rule as everything, and except out of a block', () => {
    const open = { metadata: { namespace: 'acme' }, spec: { podSelector: {}, ingress: [{}] } };
    expect(isAllowed([open], podIn('acme'), { direction: 'Ingress', peer, port: 1 })).toBe(true);
    const block = [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }];
    const egress = {
      metadata: { namespace: 'acme' },
      spec: { podSelector: {}, policyTypes: ['Egress'], egress: block },
    };
    const reaches = (ip: string) => isAllowed([egress], podIn('acme'), { direction: 'Egress', peer: { ip }, port: 1 });
    expect([reaches('10.2.0.1'), reaches('10.1.0.1')]).toEqual([true, false]);
  });
});

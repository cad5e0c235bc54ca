import { describe, expect, it } from 'vitest';
import { parseUserData } from '../../../local/machines/user-data.ts';

const CA = Buffer.from('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n').toString('base64');

const CONFIG = `apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  cluster:
    name: local
    apiServerEndpoint: https://127.0.0.1:8073
    certificateAuthority: ${CA}
    cidr: 10.0.0.0/16
  kubelet:
    config:
      maxPods: 20
      shutdownGracePeriod: 30s
    flags:
      - --node-labels=questdb-fleet.dev/node=4f2c,team=acme
      - --register-with-taints=questdb-fleet.dev/dedicated=4f2c:NoSchedule
`;

const SCRIPT = '#!/bin/bash\nsysctl --system\n';

const part = (type: string, body: string): string => `--XX\nContent-Type: ${type}; charset="us-ascii"\n\n${body}\n`;

const wrap = (...parts: string[]): string =>
  `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="XX"\n\n${parts.join('')}--XX--\n`;

const document = (config = CONFIG): string =>
  wrap(part('text/x-shellscript', SCRIPT), part('application/node.eks.aws', config));

const parse = (text: string) => parseUserData(Buffer.from(text).toString('base64'));

const change = (from: string, to: string): string => document(CONFIG.replace(from, to));

describe('user data', () => {
  it('says which cluster to join, and as what', () => {
    expect(parse(document())).toEqual({
      cluster: {
        name: 'local',
        apiServerEndpoint: 'https://127.0.0.1:8073',
        certificateAuthority: Buffer.from(CA, 'base64').toString(),
        cidr: '10.0.0.0/16',
      },
      kubelet: { maxPods: 20 },
      labels: { 'questdb-fleet.dev/node': '4f2c', team: 'acme' },
      taints: [{ key: 'questdb-fleet.dev/dedicated', value: '4f2c', effect: 'NoSchedule' }],
    });
  });

  it('may have its lines ended as MIME has them', () => {
    expect(parse(document().replaceAll('\n', '\r\n')).labels).toHaveProperty('team', 'acme');
  });

  it('may keep resources for the system and the kubelet', () => {
    const reserved = 'systemReserved: { memory: 200Mi, pid: "1000" }\n      kubeReserved: { cpu: 80m }';
    expect(parse(change('maxPods: 20', reserved)).kubelet).toEqual({
      systemReserved: { memory: '200Mi', pid: '1000' },
      kubeReserved: { cpu: '80m' },
    });
  });

  it('needs no kubelet section', () => {
    expect(parse(document(CONFIG.slice(0, CONFIG.indexOf('  kubelet:'))))).toMatchObject({ labels: {}, taints: [] });
  });

  it.each([
    ['', /no user data/],
    [CONFIG, /MIME|multipart/],
    [document().replace('boundary="XX"', ''), /boundary/],
    [document().replace('--XX--', ''), /closing boundary/],
    [document().replace('--XX--\n', '--XX'), /closing boundary/],
    [wrap(part('text/x-shellscript', SCRIPT)), /one application\/node.eks.aws part, not 0/],
    [wrap(part('application/node.eks.aws', CONFIG), part('application/node.eks.aws', CONFIG)), /not 2/],
    [wrap(part('text/cloud-config', 'a: b'), part('application/node.eks.aws', CONFIG)), /text\/cloud-config/],
    [wrap(part('text/x-shellscript', 'echo'), part('application/node.eks.aws', CONFIG)), /#!/],
    [change('kind: NodeConfig', 'kind: Nodeconfig'), /not a NodeConfig/],
    [change('v1alpha1', 'v1'), /not a NodeConfig/],
    [change('    name: local\n', ''), /spec.cluster.name is required/],
    [change('    cidr: 10.0.0.0/16\n', ''), /spec.cluster.cidr is required/],
    [change('https://', 'http://'), /no https URL/],
    [change(CA, 'AAAA'), /certificateAuthority/],
    [change('    cidr:', '    vpc: x\n    cidr:'), /unknown field vpc/],
    [change('  kubelet:', '  kubelets:'), /unknown field kubelets/],
    [change('maxPods: 20', 'maxPods: many'), /maxPods/],
    [change('maxPods: 20', 'kubeReserved: 80m'), /kubeReserved is no map/],
    [change('maxPods: 20', 'kubeReserved: { gpu: "1" }'), /gpu cannot be reserved/],
    [change('maxPods: 20', 'systemReserved: { pid: 1000 }'), /systemReserved.pid is no text/],
    [change('maxPods: 20', 'systemReserved: { memory: lots }'), /not a quantity/],
    [change('name: local', 'name: on'), /spec.cluster.name is required/],
    [change('30s', '30'), /shutdownGracePeriod/],
    [change('--node-labels=', '--node-label='), /unknown kubelet flag/],
    [change('team=acme', 'team'), /not a label/],
    [change('team=acme', 'node-role.kubernetes.io/db=x'), /unknown 'kubernetes.io'/],
    [change(':NoSchedule', ':Never'), /not a taint/],
    [change('spec:', 'spec: ['), /not YAML/],
  ])('that is wrong lets the machine never join: case %#', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import type { V1Node } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { ensurePki } from '../../../local/controlplane/pki.ts';
import { addressBook } from '../../../local/machines/addresses.ts';
import { issueNodeCertificate } from '../../../local/machines/client-certificate.ts';
import { csiNodeObject, nodeObject, resourcesOf, type NodeIdentity } from '../../../local/machines/node-object.ts';
import { conditionsOf, isOutdated } from '../../../local/machines/node-status.ts';
import { DEFAULT_TIMING, timingFrom } from '../../../local/machines/timing.ts';
import { nodeOf } from './objects.ts';

const identity: NodeIdentity = {
  name: 'ip-10-2-3-4.eu-west-1.compute.internal',
  machine: {
    instanceId: 'i-0abc',
    instanceType: 'r6i.large',
    vcpus: 2,
    memoryMiB: 16384,
    architecture: 'x86_64',
    zone: 'eu-west-1a',
    privateIpAddress: '10.2.3.4',
  },
  maxPods: undefined,
  labels: { 'questdb-fleet.dev/node': 'u1' },
  taints: [{ key: 'questdb-fleet.dev/dedicated', value: 'u1', effect: 'NoSchedule' }],
};

describe('a Node', () => {
  it('says which instance it is, where, and for whom', () => {
    expect(nodeObject(identity)).toMatchObject({
      metadata: {
        name: identity.name,
        labels: {
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/hostname': identity.name,
          'node.kubernetes.io/instance-type': 'r6i.large',
          'topology.kubernetes.io/region': 'eu-west-1',
          'topology.kubernetes.io/zone': 'eu-west-1a',
          'topology.ebs.csi.aws.com/zone': 'eu-west-1a',
          'questdb-fleet.dev/node': 'u1',
        },
        annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      },
      spec: {
        providerID: 'aws:///eu-west-1a/i-0abc',
        taints: [
          { key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' },
          { key: 'questdb-fleet.dev/dedicated', value: 'u1', effect: 'NoSchedule' },
        ],
      },
    });
  });

  it('has a CSINode under the name of its instance, which goes with it', () => {
    const csiNode = csiNodeObject(identity, nodeOf({ metadata: { uid: 'node-uid' } }));
    expect(csiNode.metadata?.ownerReferences).toMatchObject([{ kind: 'Node', uid: 'node-uid' }]);
    expect(csiNode.spec.drivers).toMatchObject([{ name: 'ebs.csi.aws.com', nodeID: 'i-0abc', topologyKeys: ['topology.ebs.csi.aws.com/zone'] }]); // prettier-ignore
  });

  it('keeps back what the system needs', () => {
    const { capacity, allocatable } = resourcesOf(identity);
    expect(capacity).toMatchObject({ cpu: '2', memory: `${String(15892 * 1024)}Ki`, pods: '29' });
    expect(allocatable).toMatchObject({ cpu: '1930m', memory: `${String((15892 - 255 - 11 * 29 - 100) * 1024)}Ki` });
  });

  it('tells since when it is Ready', () => {
    const since = new Date('2026-01-01T00:00:00Z');
    const now = new Date('2026-01-02T00:00:00Z');
    const seen = (status: string) =>
      nodeOf({ status: { conditions: [{ type: 'Ready', status, lastTransitionTime: since }] } });
    const readyOf = (node: V1Node) => conditionsOf(node, now).find(({ type }) => type === 'Ready');
    expect(readyOf(seen('True'))).toMatchObject({ status: 'True', lastTransitionTime: since, lastHeartbeatTime: now });
    expect(readyOf(seen('Unknown'))).toMatchObject({ status: 'True', lastTransitionTime: now });
  });
});

describe("a Node's status", () => {
  const now = new Date('2026-01-01T00:01:00Z');
  const sentAt = (time: string) =>
    conditionsOf(nodeOf({}), new Date(time)).map((condition) => ({ ...condition, lastHeartbeatTime: new Date(time) }));
  const fresh = sentAt('2026-01-01T00:00:30Z');
  const inUse = ['kubernetes.io/csi/ebs.csi.aws.com^vol-1'];

  it.each<[string, V1Node, readonly string[], boolean]>([
    ['is there already', nodeOf({ status: { conditions: fresh } }), [], false],
    ['is old', nodeOf({ status: { conditions: sentAt('2026-01-01T00:00:00Z') } }), [], true],
    ['was never sent', nodeOf({}), [], true],
    [
      'was doubted by the node controller',
      nodeOf({ status: { conditions: fresh.map((one) => ({ ...one, status: 'Unknown' })) } }),
      [],
      true,
    ],
    ['lacks a volume', nodeOf({ status: { conditions: fresh } }), inUse, true],
    ['has a volume too many', nodeOf({ status: { conditions: fresh, volumesInUse: inUse } }), [], true],
    ['has the volumes', nodeOf({ status: { conditions: fresh, volumesInUse: inUse } }), inUse, false],
  ])('that %s', (_what, seen, volumes, outdated) => {
    expect(isOutdated(seen, volumes, now, 60_000)).toBe(outdated);
  });
});

describe('the certificate of a kubelet', () => {
  it('is of the cluster authority and names the Node', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pki-'));
    await ensurePki(folder);
    const { cert, key } = await issueNodeCertificate(folder, 'n1');
    const parsed = new X509Certificate(cert);
    const authority = new X509Certificate(await import('node:fs').then(({ readFileSync }) => readFileSync(join(folder, 'ca.crt')))); // prettier-ignore
    expect(parsed.subject.split('\n').toSorted()).toEqual(['CN=system:node:n1', 'O=system:nodes']);
    expect(parsed.verify(authority.publicKey)).toBe(true);
    expect(key).toContain('BEGIN PRIVATE KEY');
    await rm(folder, { recursive: true });
  });
});

describe('addresses', () => {
  it('are nobody else, and what an earlier run published is gone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'addresses-'));
    await writeFile(join(folder, '10.1.128.9.json'), '{}');
    const book = addressBook(folder);
    const addresses = Array.from({ length: 600 }, () => book.takeAddress());
    expect(new Set(addresses).size).toBe(600);
    for (const address of addresses)
      expect(address).toMatch(/^10\.1\.1(2[89]|3\d)\.([1-9]\d?|1\d\d|2[0-4]\d|25[0-4])$/);
    const ports = [await book.takePort(), await book.takePort()];
    expect(new Set(ports).size).toBe(2);
    const { readdir } = await import('node:fs/promises');
    expect(await readdir(folder)).toEqual([]);
    book.publish('10.1.128.1', { namespace: 'a', name: 'b', uid: 'c', nodeName: 'd', ports: { 9000: 1 } });
    expect(await readdir(folder)).toEqual(['10.1.128.1.json']);
    book.setReachable('n1', false);
    book.setReachable('n1', false);
    expect(await readdir(folder)).toEqual(['10.1.128.1.json', 'unreachable-n1']);
    book.setReachable('n1', true);
    book.setReachable('n1', true);
    book.release('10.1.128.1', ports);
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });
});

describe('timing', () => {
  it('has defaults, and says which variable is no number', () => {
    expect(timingFrom({})).toEqual(DEFAULT_TIMING);
    expect(timingFrom({ MACHINES_BOOT_MS: '5' }).boot).toBe(5);
    expect(() => timingFrom({ MACHINES_BACK_OFF_MS: '1s' })).toThrow('MACHINES_BACK_OFF_MS');
  });
});

import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { intentOf } from '../../../hooks/questdbnode/intent.ts';
import { userDataOf } from '../../../hooks/questdbnode/userdata.ts';
import { NOW, STAMP } from '../../fixtures/clock.ts';
import { aNodeClass, aNodeParent, CLUSTER_NAME, PARENT_UID } from '../../fixtures/questdbnode.ts';

const INPUT = { nodeClass: aNodeClass(), subnetId: 'subnet-a', attempt: 1, clusterName: CLUSTER_NAME, now: NOW };
const intent = (parent = aNodeParent(), changes: Partial<typeof INPUT> = {}) =>
  intentOf(parent, { ...INPUT, ...changes });

describe('the intent of a launch', () => {
  it('has all that RunInstances needs', () => {
    expect(intent()).toEqual({
      attempt: 1,
      token: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      imageId: 'ami-0123456789abcdef0',
      subnetId: 'subnet-a',
      instanceType: 'r6i.2xlarge',
      instanceProfile: 'questdb-node',
      securityGroupIds: ['sg-1', 'sg-2'],
      userData: userDataOf(aNodeParent(), aNodeClass()),
      tags: {
        Name: 'acme/trades-abcdef01',
        'questdb-fleet.dev/cluster': 'fleet-1',
        'questdb-fleet.dev/namespace': 'acme',
        'questdb-fleet.dev/database': 'trades',
        'questdb-fleet.dev/owner-uid': PARENT_UID,
        'questdb-fleet.dev/attempt': '1',
      },
      requestedAt: STAMP,
    });
  });

  it('has the root volume and the tags of the class, but no tag in the place of its own', () => {
    const tags = { team: 'data', 'questdb-fleet.dev/owner-uid': 'forged' };
    const made = intent(aNodeParent(), { nodeClass: aNodeClass({ rootVolume: { size: 40 }, tags }) });
    expect(made.rootVolumeGiB).toBe(40);
    expect(made.tags).toMatchObject({ team: 'data', 'questdb-fleet.dev/owner-uid': PARENT_UID });
  });

  it('has a token that is the same for the same attempt at any time, and another for any other', () => {
    const { token } = intent();
    expect(intent(aNodeParent({ status: { nodeName: 'x' } }), { now: new Date(0), subnetId: 'subnet-b' }).token).toBe(
      token,
    );
    const others = [
      intent(aNodeParent(), { attempt: 2 }),
      intent(aNodeParent(), { clusterName: 'fleet-2' }),
      intent(aNodeParent({ metadata: { uid: 'another' } })),
      intent(aNodeParent({ spec: { zone: 'eu-west-1b' } })),
    ].map((other) => other.token);
    expect(new Set([token, ...others]).size).toBe(5);
  });
});

/** The parts of a MIME multi-part text, as RFC 2046 has them. */
const partsOf = (text: string) => {
  const boundary = /boundary="([^"]+)"/.exec(text)?.[1] ?? '';
  const [preamble = '', ...rest] = text.split(new RegExp(`^--${boundary}(?:--)?\\n`, 'm'));
  const parts = rest
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [headers = '', ...body] = part.split('\n\n');
      return { type: /^Content-Type: ([^;\n]+)/m.exec(headers)?.[1], body: body.join('\n\n') };
    });
  return { preamble, parts, isClosed: text.includes(`\n--${boundary}--\n`) };
};

describe('the user data of an instance', () => {
  const { preamble, parts, isClosed } = partsOf(userDataOf(aNodeParent(), aNodeClass()));

  it('is a MIME multi-part of a shell script and a NodeConfig', () => {
    expect(preamble).toBe('MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="questdb-fleet"\n\n');
    expect(parts.map(({ type }) => type)).toEqual(['text/x-shellscript', 'application/node.eks.aws']);
    expect(isClosed).toBe(true);
  });

  it('joins the cluster with the label and the taint of this very QuestDBNode', () => {
    expect(parse(parts[1]?.body ?? '')).toEqual({
      apiVersion: 'node.eks.aws/v1alpha1',
      kind: 'NodeConfig',
      spec: {
        cluster: {
          name: 'eks-1',
          apiServerEndpoint: 'https://example.eks.amazonaws.com',
          certificateAuthority: 'LS0tLS1CRUdJTg==',
          cidr: '10.100.0.0/16',
        },
        kubelet: {
          config: { shutdownGracePeriod: '150s', shutdownGracePeriodCriticalPods: '15s' },
          flags: [
            `--node-labels=questdb-fleet.dev/node=${PARENT_UID}`,
            `--register-with-taints=questdb-fleet.dev/dedicated=${PARENT_UID}:NoSchedule`,
          ],
        },
        containerd: {
          baseRuntimeSpec: { process: { rlimits: [{ type: 'RLIMIT_NOFILE', soft: 1048576, hard: 1048576 }] } },
        },
      },
    });
  });

  it('raises the limits of the kernel that QuestDB needs', () => {
    const script = parts[0]?.body ?? '';
    expect(script).toMatch(/^#!\/bin\/bash\n/);
    expect(script).toContain('\nvm.max_map_count=1048576\n');
    expect(script).toContain('\nfs.file-max=1048576\n');
    expect(script).toContain('\nsysctl --system\n');
  });

  it('leaves a long certificate in one piece', () => {
    const certificateAuthority = 'QUJD'.repeat(600);
    const nodeClass = aNodeClass({ cluster: { ...aNodeClass().spec.cluster, certificateAuthority } });
    const text = userDataOf(aNodeParent(), nodeClass);
    expect(text).toContain(`certificateAuthority: ${certificateAuthority}\n`);
    expect(text.length).toBeLessThan(16_384);
  });
});

import { Ajv } from 'ajv';
import PostalMime from 'postal-mime';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { QuestDBNodeClass } from '../../../hooks/api/generated/questdbnodeclass.ts';
import { userDataOf } from '../../../hooks/questdbnode/userdata.ts';
import { parseUserData } from '../../../local/machines/user-data.ts';
import { NODE_CONFIG_SCHEMA } from '../../fixtures/nodeadm.ts';
import { aNodeClass, aNodeParent, PARENT_UID } from '../../fixtures/questdbnode.ts';

type Kubelet = NonNullable<QuestDBNodeClass['spec']['kubelet']>;

const PEM = Buffer.from('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n').toString('base64');
const CLUSTER = { ...aNodeClass().spec.cluster, certificateAuthority: PEM };

const userData = (spec: Partial<QuestDBNodeClass['spec']> = {}): string =>
  userDataOf(aNodeParent(), aNodeClass({ cluster: CLUSTER, ...spec }));

const EVERYTHING: Kubelet = {
  maxPods: 20,
  systemReserved: { memory: '200Mi', pid: '1000' },
  kubeReserved: { cpu: '80m', 'ephemeral-storage': '2Gi' },
};

/** What a MIME parser of mail makes of it, part by part. */
const partsOf = async (text: string) => {
  const { attachments, headers } = await PostalMime.parse(text, { attachmentEncoding: 'utf8' });
  return {
    headers: Object.fromEntries(headers.map(({ key, value }) => [key, value])),
    parts: attachments.map(({ mimeType, content }) => ({ type: mimeType, body: content as string })),
  };
};

const nodeConfig = async (text: string): Promise<unknown> => {
  const { parts } = await partsOf(text);
  // As Go reads it.
  return parse(parts.find(({ type }) => type === 'application/node.eks.aws')?.body ?? '', { version: '1.1' });
};

const kubeletOf = async (kubelet?: Kubelet): Promise<unknown> => {
  const config = (await nodeConfig(userData(kubelet === undefined ? {} : { kubelet }))) as {
    spec: { kubelet: { config: unknown } };
  };
  return config.spec.kubelet.config;
};

describe('the user data of an instance', () => {
  it('is a MIME multi-part of a shell script and a NodeConfig', async () => {
    const { headers, parts } = await partsOf(userData());
    expect(headers).toEqual({
      'mime-version': '1.0',
      'content-type': 'multipart/mixed; boundary="questdb-fleet"',
    });
    expect(parts.map(({ type }) => type)).toEqual(['text/x-shellscript', 'application/node.eks.aws']);
  });

  it('joins the cluster with the label and the taint of this very QuestDBNode', async () => {
    expect(await nodeConfig(userData())).toEqual({
      apiVersion: 'node.eks.aws/v1alpha1',
      kind: 'NodeConfig',
      spec: {
        cluster: {
          name: 'eks-1',
          apiServerEndpoint: 'https://example.eks.amazonaws.com',
          certificateAuthority: PEM,
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

  it('raises the limits of the kernel that QuestDB needs', async () => {
    const [script] = (await partsOf(userData())).parts;
    expect(script?.body).toMatch(/^#!\/bin\/bash\n/);
    expect(script?.body).toContain('\nvm.max_map_count=1048576\n');
    expect(script?.body).toContain('\nfs.file-max=1048576\n');
    expect(script?.body).toContain('\nsysctl --system\n');
  });

  it.each<[string, Kubelet | undefined, object]>([
    ['none', undefined, {}],
    ['all of them', EVERYTHING, EVERYTHING],
    ['one', { maxPods: 4 }, { maxPods: 4 }],
  ])("gives the kubelet the class's settings: %s", async (_name, kubelet, expected) => {
    const always = { shutdownGracePeriod: '150s', shutdownGracePeriodCriticalPods: '15s' };
    expect(await kubeletOf(kubelet)).toEqual({ ...always, ...expected });
  });

  it.each<[string, Kubelet | undefined]>([
    ['nothing', undefined],
    ['everything', EVERYTHING],
  ])('is what nodeadm takes when the class says %s of the kubelet', async (_name, kubelet) => {
    const validate = new Ajv({ strict: true, allErrors: true }).compile(NODE_CONFIG_SCHEMA);
    validate(await nodeConfig(userData(kubelet === undefined ? {} : { kubelet })));
    expect(validate.errors).toBeNull();
  });

  it("is what the local cluster's machines take", () => {
    const encoded = Buffer.from(userData({ kubelet: EVERYTHING })).toString('base64');
    expect(parseUserData(encoded)).toMatchObject({ kubelet: EVERYTHING });
  });

  it.each(['on', 'yes', '0123', '1:20', '2024-01-01'])('keeps the name of a cluster that is called %s', (name) => {
    const encoded = Buffer.from(userData({ cluster: { ...CLUSTER, name } })).toString('base64');
    expect(parseUserData(encoded).cluster.name).toBe(name);
  });

  it('leaves a long certificate in one piece', async () => {
    const certificateAuthority = 'QUJD'.repeat(600);
    const text = userData({ cluster: { ...CLUSTER, certificateAuthority } });
    expect(text).toContain(`certificateAuthority: ${certificateAuthority}\n`);
    expect(await nodeConfig(text)).toMatchObject({ spec: { cluster: { certificateAuthority } } });
    expect(text.length).toBeLessThan(16_384);
  });
});

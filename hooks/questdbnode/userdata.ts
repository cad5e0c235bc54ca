import { stringify } from 'yaml';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../api/generated/questdbnodeclass.ts';
import { DEDICATED, NODE } from '../api/labels.ts';

/**
 * The configuration nodeadm joins the cluster with
 * (https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/, `node.eks.aws/v1alpha1`).
 */
const nodeConfig = (node: QuestDBNode, { spec }: QuestDBNodeClass): string =>
  stringify(
    {
      apiVersion: 'node.eks.aws/v1alpha1',
      kind: 'NodeConfig',
      spec: {
        cluster: {
          name: spec.cluster.name,
          apiServerEndpoint: spec.cluster.apiServerEndpoint,
          certificateAuthority: spec.cluster.certificateAuthority,
          cidr: spec.cluster.cidr,
        },
        kubelet: {
          // Merged over nodeadm's own, map by map: what the class does not say stays as nodeadm reckons it.
          config: { shutdownGracePeriod: '150s', shutdownGracePeriodCriticalPods: '15s', ...spec.kubelet },
          flags: [
            `--node-labels=${NODE}=${node.metadata.uid}`,
            `--register-with-taints=${DEDICATED}=${node.metadata.uid}:NoSchedule`,
          ],
        },
        containerd: {
          baseRuntimeSpec: { process: { rlimits: [{ type: 'RLIMIT_NOFILE', soft: 1048576, hard: 1048576 }] } },
        },
      },
    },
    // nodeadm reads YAML 1.1, in which a cluster that is called `on` must be in quotes.
    { lineWidth: 0, version: '1.1' },
  );

/** QuestDB maps its files into memory: https://questdb.io/docs/operations/capacity-planning/ names both limits. */
const SHELL = `#!/bin/bash
set -euo pipefail
cat > /etc/sysctl.d/90-questdb.conf <<'END'
vm.max_map_count=1048576
fs.file-max=1048576
END
sysctl --system
`;

const BOUNDARY = 'questdb-fleet';

/** The user data of an instance on Amazon Linux 2023: a MIME multi-part of nodeadm's configuration and a shell script. */
export const userDataOf = (node: QuestDBNode, nodeClass: QuestDBNodeClass): string =>
  [
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    '',
    `--${BOUNDARY}`,
    'Content-Type: text/x-shellscript; charset="us-ascii"',
    '',
    SHELL,
    `--${BOUNDARY}`,
    'Content-Type: application/node.eks.aws',
    '',
    nodeConfig(node, nodeClass),
    `--${BOUNDARY}--`,
    '',
  ].join('\n');

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assetPath, binaryPath, type Tool } from '../controlplane/binaries.ts';
import { apiServerUrl, kubeconfigOf, tokensFile } from '../controlplane/credentials.ts';
import type { Settings } from '../settings.ts';
import type { Component } from './component.ts';
import { awsEnvironment, ec2EndpointOf, findMetacontroller, partEnvironment } from './environment.ts';
import { acceptsConnections, answersHttp, runs, type HealthCheck } from './health.ts';
import { paceOf } from './pace.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** What the builders below share. */
type Context = { settings: Settings; env: NodeJS.ProcessEnv };

type Choices = Partial<Pick<Component, 'healthy' | 'env'>> & { tier: number };

const tool = ({ settings, env }: Context, name: Tool, args: string[], choices: Choices): Component => ({
  name,
  command: binaryPath(name),
  args,
  healthy: runs,
  ...choices,
  env: { ...partEnvironment(settings, env), ...choices.env },
});

const program = ({ settings, env }: Context, name: string, main: string, choices: Choices): Component => ({
  name,
  command: process.execPath,
  args: [join(REPOSITORY, main)],
  healthy: runs,
  ...choices,
  env: { ...partEnvironment(settings, env), ...choices.env },
});

const etcd = (context: Context): Component => {
  const { ports, paths } = context.settings;
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return tool(
    context,
    'etcd',
    [
      `--data-dir=${paths.etcd}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync=true',
    ],
    { tier: 0, healthy: answersHttp(`${client}/health`) },
  );
};

const apiServer = (context: Context): Component => {
  const { settings } = context;
  const { ports, paths } = settings;
  const pki = (name: string) => join(paths.pki, name);
  return tool(
    context,
    'kube-apiserver',
    [
      `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.apiserver}`,
      `--cert-dir=${join(settings.stateDir, 'apiserver')}`,
      `--tls-cert-file=${pki('apiserver.crt')}`,
      `--tls-private-key-file=${pki('apiserver.key')}`,
      `--client-ca-file=${pki('ca.crt')}`,
      `--token-auth-file=${tokensFile(settings)}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--allow-privileged=true',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${pki('sa.pub')}`,
      `--service-account-signing-key-file=${pki('sa.key')}`,
      '--service-cluster-ip-range=10.0.0.0/16',
      '--endpoint-reconciler-type=none',
      ...auditing(context),
    ],
    { tier: 1, healthy: answersHttp(`${apiServerUrl(settings)}/readyz`) },
  );
};

/** With LOCAL_AUDIT=1: who asked for what, without what was said, in logs/audit.jsonl. For benches; it costs the API server something. */
const auditing = ({ settings, env }: Context): string[] => {
  if (env.LOCAL_AUDIT !== '1') return [];
  const policy = join(settings.stateDir, 'audit-policy.json');
  const rules = [
    {
      level: 'Metadata',
      userGroups: ['system:serviceaccounts:questdb-fleet', 'system:serviceaccounts:metacontroller'],
    },
    { level: 'None' },
  ];
  writeFileSync(
    policy,
    JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules }),
  );
  return [
    `--audit-policy-file=${policy}`,
    `--audit-log-path=${join(settings.paths.logs, 'audit.jsonl')}`,
    // One file, in MiB: what counts lines reads on from where it was, and by default another file begins after 100.
    '--audit-log-maxsize=10240',
  ];
};

/** Controller manager and scheduler take the same kubeconfig three times over. */
const ownServer = (context: Context, name: 'controller-manager' | 'scheduler', port: number): string[] => {
  const kubeconfig = kubeconfigOf(context.settings, name);
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(context.settings.stateDir, name)}`,
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ];
};

const controllerManager = (context: Context): Component => {
  const { ports, paths } = context.settings;
  const port = ports.controllerManager;
  const { nodeGraceSeconds, nodeMonitorSeconds } = paceOf(context.env);
  return tool(
    context,
    'kube-controller-manager',
    [
      ...ownServer(context, 'controller-manager', port),
      `--root-ca-file=${join(paths.pki, 'ca.crt')}`,
      `--service-account-private-key-file=${join(paths.pki, 'sa.key')}`,
      '--use-service-account-credentials=true',
      `--node-monitor-period=${nodeMonitorSeconds}s`,
      `--node-monitor-grace-period=${nodeGraceSeconds}s`,
    ],
    { tier: 2, healthy: answersHttp(`https://127.0.0.1:${port}/healthz`) },
  );
};

const scheduler = (context: Context): Component => {
  const port = context.settings.ports.scheduler;
  return tool(context, 'kube-scheduler', ownServer(context, 'scheduler', port), {
    tier: 2,
    healthy: answersHttp(`https://127.0.0.1:${port}/healthz`),
  });
};

const sidecar = (context: Context, name: Tool, ...extra: string[]): Component => {
  const { settings } = context;
  const socket = name === 'snapshot-controller' ? [] : [`--csi-address=${settings.paths.csiSocket}`];
  const args = [
    `--kubeconfig=${kubeconfigOf(settings, 'csi')}`,
    '--kube-api-qps=100',
    '--kube-api-burst=200',
    '--retry-interval-max=10s',
    ...socket,
    ...extra,
  ];
  return tool(context, name, args, { tier: 4 });
};

/** The storage side: our driver, the real sidecars on its socket. */
const storage = (context: Context): Component[] => {
  const { settings, env } = context;
  return [
    program(context, 'csi', 'local/csi/main.ts', {
      tier: 3,
      env: { ...awsEnvironment(settings, env), CSI_PROTO: assetPath('csi.proto') },
      healthy: acceptsConnections({ path: settings.paths.csiSocket }),
    }),
    sidecar(
      context,
      'csi-provisioner',
      '--feature-gates=Topology=true',
      '--strict-topology',
      '--extra-create-metadata',
      '--default-fstype=ext4',
    ),
    sidecar(context, 'csi-attacher'),
    sidecar(context, 'csi-resizer'),
    sidecar(context, 'csi-snapshotter'),
    sidecar(context, 'snapshot-controller'),
  ];
};

/** The simulated account and what stands for EC2's machines; absent when the caller brings an endpoint. */
const simulation = (context: Context): Component[] => {
  const { ports } = context.settings;
  const { environment: pace } = paceOf(context.env);
  const machines = { ...pace, ...awsEnvironment(context.settings, context.env), CSI_PROTO: assetPath('csi.proto') };
  return [
    program(context, 'ec2', 'local/ec2/main.ts', {
      tier: 0,
      healthy: answersHttp(`http://127.0.0.1:${ports.ec2}/_simulator/machines`),
    }),
    program(context, 'cloudcontroller', 'local/cloudcontroller/main.ts', { tier: 4, env: pace }),
    program(context, 'machines', 'local/machines/main.ts', {
      tier: 4,
      env: machines,
    }),
  ];
};

/** KWOK ends pods by name and would take a StatefulSet's next pod with the last one: a finisher of ours does that. */
const kwok = (context: Context): Component[] => {
  const stages = ['node/fast/node-initialize.yaml', 'pod/fast/pod-ready.yaml'];
  const args = [
    `--kubeconfig=${kubeconfigOf(context.settings, 'kwok')}`,
    '--manage-all-nodes=false',
    '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
    '--cidr=10.1.0.0/16',
    '--node-ip=10.0.0.1',
    `--node-lease-duration-seconds=${paceOf(context.env).kwokLeaseSeconds}`,
    ...stages.map((stage) => `--config=${join(assetPath('kwok-stages'), stage)}`),
  ];
  return [
    tool(context, 'kwok', args, { tier: 4 }),
    program(context, 'kwok-finisher', 'local/controlplane/kwok-finisher.ts', { tier: 4 }),
  ];
};

const router = (context: Context): Component =>
  program(context, 'router', 'local/router/main.ts', {
    tier: 4,
    healthy: answersHttp(`http://127.0.0.1:${context.settings.ports.router}/-/`),
  });

const hooks = (context: Context): Component => {
  const { settings, env } = context;
  const { ports, paths } = settings;
  return program(context, 'hooks', 'hooks/main.ts', {
    tier: 5,
    healthy: answersHttp(`http://127.0.0.1:${ports.hooks}/readyz`),
    env: {
      ...awsEnvironment(settings, env),
      HOST: '127.0.0.1',
      PORT: String(ports.hooks),
      KUBECONFIG: kubeconfigOf(settings, 'hooks'),
      CLUSTER_NAME: 'local',
      HOOK_TOKEN_FILE: paths.hookTokenFile,
      DATABASE_URL_TEMPLATE: env.LOCAL_DATABASE_URL_TEMPLATE ?? `http://127.0.0.1:${ports.router}/-/{namespace}/{name}`,
      ...paceOf(env).hooks,
      LOG_LEVEL: env.LOCAL_HOOKS_LOG_LEVEL ?? 'info',
    },
  });
};

const metacontroller = (context: Context): Component => {
  const { settings, env } = context;
  const port = settings.ports.metacontroller;
  const real = findMetacontroller(env);
  const choices = { tier: 6, env: { KUBECONFIG: kubeconfigOf(settings, 'metacontroller') } };
  const healthy: HealthCheck = answersHttp(`http://127.0.0.1:${port}/healthz`);
  const standIn = program(context, 'metacontroller', 'local/metacontroller/main.ts', { ...choices, healthy });
  if (real === undefined) return standIn;
  const args = [
    `--kubeconfig=${kubeconfigOf(settings, 'metacontroller')}`,
    '--client-go-qps=1000',
    '--client-go-burst=2000',
    '--workers=5',
    '--metrics-address=0',
    `--health-probe-bind-address=127.0.0.1:${port}`,
  ];
  return { ...standIn, command: real, args };
};

/** etcd, the API server and the controller manager: enough to test CRDs on. */
export const controlPlane = (settings: Settings, env: NodeJS.ProcessEnv): Component[] => {
  const context = { settings, env };
  return [etcd(context), apiServer(context), controllerManager(context)];
};

/** Every part of the local cluster, for the environment `up` was called in. */
export const allComponents = (settings: Settings, env: NodeJS.ProcessEnv): Component[] => {
  const context = { settings, env };
  return [
    ...controlPlane(settings, env),
    scheduler(context),
    ...(ec2EndpointOf(settings, env).simulated ? simulation(context) : []),
    ...storage(context),
    ...kwok(context),
    router(context),
    hooks(context),
    metacontroller(context),
  ];
};

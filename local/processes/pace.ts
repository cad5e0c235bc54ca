/** How fast the parts around the operator look at each other. */
export type Pace = {
  /** A silent Node is noticed after this many seconds. */
  nodeGraceSeconds: number;
  nodeMonitorSeconds: number;
  /** KWOK renews a lease four times in its duration: often enough for two renewals that come late. */
  kwokLeaseSeconds: number;
  /** For local/cloudcontroller and local/machines, who say what each means. */
  environment: Readonly<Record<string, string>>;
  /** For the hooks: docs/configuration.md. */
  hooks: Readonly<Record<string, string>>;
};

const QUICK_HOOKS = {
  EC2_SNAPSHOT_MAX_AGE_SECONDS: '2',
  EC2_VISIBILITY_SECONDS: '10',
  EC2_RETRY_SECONDS: '5',
  EC2_MODIFICATION_RETRY_SECONDS: '10',
  EC2_VOLUME_CHECK_SECONDS: '5',
  EC2_FORCE_STOP_SECONDS: '20',
};

const PACES: Readonly<Record<string, Pace>> = {
  /** Nobody wants to wait for what takes a minute in a cluster, and nothing here is far away. */
  quick: { nodeGraceSeconds: 6, nodeMonitorSeconds: 1, kwokLeaseSeconds: 8, environment: {}, hooks: QUICK_HOOKS },
  /**
   * The defaults of Kubernetes and of the hooks, with which hundreds of Nodes do not ask for more than their machine has: a grace of 50 s, a lease that is renewed
   * every 10 s. Source: kube-controller-manager --help; https://kubernetes.io/docs/concepts/architecture/nodes/#heartbeats
   */
  kubernetes: {
    nodeGraceSeconds: 50,
    nodeMonitorSeconds: 5,
    kwokLeaseSeconds: 40,
    environment: { CLOUD_CONTROLLER_POLL_MS: '2000', MACHINES_POLL_MS: '1000', MACHINES_REFRESH_MS: '60000' },
    hooks: {},
  },
};

/** As LOCAL_PACE says: `quick`, which is the default, or `kubernetes`. Throws on any other word. */
export const paceOf = (env: NodeJS.ProcessEnv): Pace => {
  const name = env.LOCAL_PACE ?? 'quick';
  const pace = Object.hasOwn(PACES, name) ? PACES[name] : undefined;
  if (pace === undefined) throw new Error(`LOCAL_PACE is ${name}; it can be ${Object.keys(PACES).join(' or ')}`);
  return pace;
};

/** How fast the parts around the operator look at each other. */
export type Pace = {
  /** A silent Node is noticed after this many seconds. */
  nodeGraceSeconds: number;
  nodeMonitorSeconds: number;
  /** KWOK renews a lease four times in its duration: often enough for two renewals that come late. */
  kwokLeaseSeconds: number;
  /** For local/cloudcontroller and local/machines, who say what each means. */
  environment: Readonly<Record<string, string>>;
};

const PACES: Readonly<Record<string, Pace>> = {
  /** Nobody wants to wait for what takes a minute in a cluster, and nothing here is far away. */
  quick: { nodeGraceSeconds: 6, nodeMonitorSeconds: 1, kwokLeaseSeconds: 8, environment: {} },
  /**
   * The defaults of Kubernetes, with which hundreds of Nodes do not ask for more than their machine has: a grace of 50 s, a lease that is renewed
   * every 10 s. Source: kube-controller-manager --help; https://kubernetes.io/docs/concepts/architecture/nodes/#heartbeats
   */
  kubernetes: {
    nodeGraceSeconds: 50,
    nodeMonitorSeconds: 5,
    kwokLeaseSeconds: 40,
    environment: { CLOUD_CONTROLLER_POLL_MS: '2000', MACHINES_POLL_MS: '1000', MACHINES_REFRESH_MS: '60000' },
  },
};

/** As LOCAL_PACE says: `quick`, which is the default, or `kubernetes`. Throws on any other word. */
export const paceOf = (env: NodeJS.ProcessEnv): Pace => {
  const name = env.LOCAL_PACE ?? 'quick';
  const pace = PACES[name];
  if (pace === undefined) throw new Error(`LOCAL_PACE is ${name}; it can be ${Object.keys(PACES).join(' or ')}`);
  return pace;
};

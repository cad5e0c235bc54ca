/** How fast a machine and its kubelet go; all milliseconds. */
export type Timing = {
  /** From `running` to the kubelet's first call. */
  boot: number;
  /** How often the simulated account is looked at: a stopped instance is dead after at most this. */
  poll: number;
  /** Lease renewal. */
  lease: number;
  /** How often the Node's status is looked at, and sent when it is not what it should be. */
  nodeStatus: number;
  /** How often it is sent when nothing changed. */
  nodeReport: number;
  /** First back-off of a crashing container and of an image that cannot be had; doubles up to 30 times this. */
  backOff: number;
  /** ConfigMap, Secret and projected volumes of running pods are read again, and claims are looked at for growth. */
  refresh: number;
};

/**
 * A real kubelet renews its lease every 10 s, looks at its status every 10 s and sends it every 5 minutes. Here all of that
 * fits the short grace of the local node controller.
 */
export const DEFAULT_TIMING: Timing = {
  boot: 1000,
  poll: 250,
  lease: 1000,
  nodeStatus: 2000,
  nodeReport: 60_000,
  backOff: 10_000,
  refresh: 2000,
};

const VARIABLES: Readonly<Record<keyof Timing, string>> = {
  boot: 'MACHINES_BOOT_MS',
  poll: 'MACHINES_POLL_MS',
  lease: 'MACHINES_LEASE_MS',
  nodeStatus: 'MACHINES_NODE_STATUS_MS',
  nodeReport: 'MACHINES_NODE_REPORT_MS',
  backOff: 'MACHINES_BACK_OFF_MS',
  refresh: 'MACHINES_REFRESH_MS',
};

/** Reads the timing from the environment: MACHINES_BOOT_MS, MACHINES_BACK_OFF_MS and so on; what is not set has its default. */
export const timingFrom = (environment: NodeJS.ProcessEnv): Timing => {
  const read = (name: keyof Timing): number => {
    const value = environment[VARIABLES[name]];
    if (value === undefined) return DEFAULT_TIMING[name];
    if (!/^\d+$/.test(value)) throw new Error(`${VARIABLES[name]} is no number of milliseconds: ${value}`);
    return Number(value);
  };
  return {
    boot: read('boot'),
    poll: read('poll'),
    lease: read('lease'),
    nodeStatus: read('nodeStatus'),
    nodeReport: read('nodeReport'),
    backOff: read('backOff'),
    refresh: read('refresh'),
  };
};

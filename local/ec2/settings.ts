/** What of the simulated EC2 can be set, at the start and by the command `set`. Durations are virtual seconds. */
export type Ec2Settings = {
  /** Virtual seconds a real one: 0 stands still and moves only by `advance`. */
  speed: number;
  /** How long a new instance id is unknown to every call but the repeated launch. */
  visibilityDelaySeconds: number;
  /** The same for volumes and snapshots. */
  volumeVisibilityDelaySeconds: number;
  /** How long a modification is not shown by those calls that look; the call that modifies knows it. */
  modificationVisibilityDelaySeconds: number;
  /** How new instances boot: with a kubelet that runs processes, or as a KWOK Node. */
  bootAs: 'process' | 'kwok';
  /** EC2's token buckets: RequestLimitExceeded when calls come too fast. */
  throttling: boolean;
  /** Lists come in random order and in pages of random size, some of them empty. */
  shuffle: boolean;
  /** The longest page. */
  maxPageSize: number;
  /** A new instance takes the lowest free address instead of one that was not used lately. */
  reuseAddresses: boolean;
  /** vCPUs that may run at a time; null is without limit. */
  vcpuLimit: number | null;
  pendingSeconds: number;
  /** From running to passed status checks. */
  initializingSeconds: number;
  stoppingSeconds: number;
  shuttingDownSeconds: number;
  /** How long a terminated instance is still described. */
  terminatedSeconds: number;
  creatingSeconds: number;
  attachingSeconds: number;
  detachingSeconds: number;
  modifyingSeconds: number;
  optimizingSeconds: number;
  snapshotSeconds: number;
  /** How long a client token is known after its instance has terminated, or its volume was made. */
  tokenSeconds: number;
};

export const DEFAULT_SETTINGS: Ec2Settings = {
  speed: 1,
  visibilityDelaySeconds: 1,
  volumeVisibilityDelaySeconds: 0,
  modificationVisibilityDelaySeconds: 0,
  bootAs: 'process',
  throttling: false,
  shuffle: true,
  maxPageSize: 100,
  reuseAddresses: false,
  vcpuLimit: null,
  pendingSeconds: 2,
  initializingSeconds: 5,
  stoppingSeconds: 2,
  shuttingDownSeconds: 2,
  terminatedSeconds: 3600,
  creatingSeconds: 0.5,
  attachingSeconds: 0.5,
  detachingSeconds: 0.5,
  modifyingSeconds: 1,
  optimizingSeconds: 5,
  snapshotSeconds: 3,
  tokenSeconds: 86_400,
};

const CHOICES: Record<string, readonly string[]> = { bootAs: ['process', 'kwok'] };

const problemOf = (name: keyof Ec2Settings, value: unknown): string | undefined => {
  const choices = CHOICES[name];
  if (choices) return choices.includes(String(value)) ? undefined : `is one of ${choices.join(', ')}`;
  if (name === 'vcpuLimit' && value === null) return undefined;
  const expected = name === 'vcpuLimit' ? 'number' : typeof DEFAULT_SETTINGS[name];
  if (typeof value !== expected) return `is a ${expected}`;
  return typeof value === 'number' && !(value >= 0) ? 'is not negative' : undefined;
};

/** Checks a JSON object as settings; the message of the error names the first wrong one and what is allowed. */
export const parseSettings = (input: Record<string, unknown>): Partial<Ec2Settings> => {
  for (const [name, value] of Object.entries(input)) {
    if (!(name in DEFAULT_SETTINGS)) {
      throw new Error(`no setting ${name}; there are ${Object.keys(DEFAULT_SETTINGS).join(', ')}`);
    }
    const problem = problemOf(name as keyof Ec2Settings, value);
    if (problem) throw new Error(`${name} ${problem}`);
  }
  return input;
};

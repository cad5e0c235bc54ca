import type { Compute } from '../questdbnode/ports.ts';
import type { Leak } from './leaks.ts';

/** What is told of the leaks. */
export type LeakReport = {
  /** All of them, as the last look found them. */
  found: (leaks: readonly Leak[]) => void;
  /** Before an instance is terminated. */
  terminating: (leak: Leak) => void;
  /** After EC2 has taken that. */
  terminated: (leak: Leak) => void;
  /** The check came to its end. */
  succeeded: () => void;
  /** It did not. */
  failed: (error: unknown) => void;
};

/** What a check for leaks works with. */
export type LeakPorts = {
  compute: Pick<Compute, 'fleet' | 'describe' | 'terminate'>;
  /** The uids of all QuestDBNodes of the cluster, read now: all, or it throws. */
  ownerUids: () => Promise<ReadonlySet<string>>;
  report: LeakReport;
  clusterName: string;
  ageSeconds: number;
  /** Whether leaks are terminated. */
  collects: boolean;
  now: () => Date;
};

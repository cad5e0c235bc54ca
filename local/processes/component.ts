import type { HealthCheck } from './health.ts';

/** One program of the local cluster, as the supervisor runs it. */
export type Component = {
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  healthy: HealthCheck;
  /** Parts of a higher tier need those of a lower one: they start later and stop earlier. */
  tier: number;
};

/** How a process ended the last time. */
export type Exit = { at: string; code: number | null; signal: NodeJS.Signals | null };

export type PartState = 'stopped' | 'starting' | 'running' | 'unhealthy' | 'crashed';

/** What `status` shows of one part. `crashed`: it ended by itself and waits for its next start. */
export type PartStatus = {
  name: string;
  state: PartState;
  pid?: number;
  since?: string;
  restarts: number;
  lastExit?: Exit;
};

/** How an exit reads in a sentence. */
export const exitText = (exit: Exit): string =>
  exit.signal === null ? `ended with code ${exit.code}` : `was ended by ${exit.signal}`;

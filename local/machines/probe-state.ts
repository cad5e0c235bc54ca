import type { V1Probe } from '@kubernetes/client-node';

/** What a probe has come to: unknown until one of its thresholds is reached for the first time. */
export type ProbeState = { successes: number; failures: number; verdict: 'unknown' | 'success' | 'failure' };

export type Thresholds = { success: number; failure: number };

export const NO_RESULT: ProbeState = { successes: 0, failures: 0, verdict: 'unknown' };

/** A probe's numbers with the API's defaults; seconds. */
export const probeNumbers = (probe: V1Probe) => ({
  delay: probe.initialDelaySeconds ?? 0,
  period: probe.periodSeconds ?? 10,
  timeout: probe.timeoutSeconds ?? 1,
  thresholds: { success: probe.successThreshold ?? 1, failure: probe.failureThreshold ?? 3 },
});

/** Counts one result: the verdict turns when enough of the same came in a row. */
export const judge = (state: ProbeState, isSuccess: boolean, thresholds: Thresholds): ProbeState => {
  const successes = isSuccess ? state.successes + 1 : 0;
  const failures = isSuccess ? 0 : state.failures + 1;
  if (successes >= thresholds.success) return { successes, failures, verdict: 'success' };
  if (failures >= thresholds.failure) return { successes, failures, verdict: 'failure' };
  return { successes, failures, verdict: state.verdict };
};

import type { V1Probe } from '@kubernetes/client-node';
import { checkProbe, type ProbeTarget } from './probe-check.ts';
import { judge, NO_RESULT, probeNumbers, type ProbeState } from './probe-state.ts';
import { isAborted, pause } from './repeat.ts';

export type ProbeKind = 'Startup' | 'Liveness' | 'Readiness';

/** What the probes of a container have to tell. */
export type ProbeReports = {
  started: () => void;
  ready: (isReady: boolean) => void;
  /** One failed probe, for an event. */
  failed: (kind: ProbeKind, message: string) => void;
  /** The startup or the liveness probe has failed for good: the container is to be killed. */
  unhealthy: (kind: ProbeKind, probe: V1Probe) => void;
};

type Run = { target: ProbeTarget; signal: AbortSignal; reports: ProbeReports };

/** Probes until told to stop, or until `onVerdict` answers that it has heard enough. */
const probeLoop = async (
  { target, signal, reports }: Run,
  kind: ProbeKind,
  probe: V1Probe,
  onVerdict: (verdict: ProbeState['verdict']) => boolean,
): Promise<void> => {
  const { delay, period, timeout, thresholds } = probeNumbers(probe);
  let state = NO_RESULT;
  await pause(delay * 1000, signal);
  while (!isAborted(signal)) {
    const result = await checkProbe(target, probe, timeout);
    if (isAborted(signal)) return;
    const before = state.verdict;
    state = judge(state, result.isSuccess, thresholds);
    if (!result.isSuccess) reports.failed(kind, result.message);
    if (state.verdict !== before && onVerdict(state.verdict)) return;
    await pause(period * 1000, signal);
  }
};

const probeRunning = async (run: Run): Promise<void> => {
  const { livenessProbe, readinessProbe } = run.target.container;
  const liveness =
    livenessProbe &&
    probeLoop(run, 'Liveness', livenessProbe, (verdict) => {
      if (verdict === 'failure') run.reports.unhealthy('Liveness', livenessProbe);
      return verdict === 'failure';
    });
  const readiness =
    readinessProbe &&
    probeLoop(run, 'Readiness', readinessProbe, (verdict) => {
      run.reports.ready(verdict === 'success');
      return false;
    });
  await Promise.all([liveness, readiness]);
};

/**
 * Runs a container's probes until `signal` aborts. The startup probe goes first, and the others wait for it. Without a
 * startup probe the container counts as started from the beginning, and that is reported by who started it.
 */
export const runProbes = async (run: Run): Promise<void> => {
  const { startupProbe } = run.target.container;
  let isStarted = startupProbe === undefined;
  if (startupProbe) {
    await probeLoop(run, 'Startup', startupProbe, (verdict) => {
      isStarted = verdict === 'success';
      if (isStarted) run.reports.started();
      else run.reports.unhealthy('Startup', startupProbe);
      return true;
    });
  }
  if (isStarted) await probeRunning(run);
};

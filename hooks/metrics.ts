import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Notes the start of one hook call; what it returns notes its end. `outcome` is `ok` or the code of an error in lower case. */
export type HookMetrics = { start: (hook: string) => (outcome: string) => void };

/** A registry with the figures of the process itself; the adapters add their own to it. */
export const createRegistry = (): Registry => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
};

/** The figures of the hook routes. `hook` is the route without its first slash, for example `questdb/sync`. */
export const createHookMetrics = (registry: Registry): HookMetrics => {
  const registers = [registry];
  const requests = new Counter({
    name: 'questdb_fleet_hook_requests_total',
    help: 'Hook requests by hook and outcome: ok, or the code of the error in lower case.',
    labelNames: ['hook', 'outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'questdb_fleet_hook_duration_seconds',
    help: 'Time from a hook request to its answer.',
    labelNames: ['hook'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 10],
    registers,
  });
  const inFlight = new Gauge({
    name: 'questdb_fleet_hook_requests_in_flight',
    help: 'Hook requests that are not answered yet.',
    labelNames: ['hook'],
    registers,
  });
  return {
    start: (hook) => {
      inFlight.inc({ hook });
      const observeDuration = duration.startTimer({ hook });
      return (outcome) => {
        inFlight.dec({ hook });
        observeDuration();
        requests.inc({ hook, outcome });
      };
    },
  };
};

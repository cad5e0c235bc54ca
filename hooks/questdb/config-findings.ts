import { fails, holds, type Finding } from '../api/conditions.ts';
import { podName } from '../api/names.ts';
import { configMap, SERVER_CONF } from './children/configmap.ts';
import { configRevision, isOwned } from './config.ts';
import { saidBefore, type Observed } from './observe.ts';
import { sourcesOf } from './statefulset.ts';
import type { ConfigReport } from './ports.ts';
import { isServedAsPlanned } from './served.ts';
import type { DatabasePlan } from './steps.ts';

/** The pod is restarted for a configuration only when the ConfigMap has it: a pod that starts first would read the old one. */
export const nextConfigRevision = (observed: Observed): string => {
  const { database, statefulSet } = observed;
  const next = configRevision(database.spec.config, database.spec.version);
  return statefulSet === undefined || isConfigMapRight(observed) ? next : sourcesOf(statefulSet).configRevision;
};

/** Of its files this is the user's; a new release may change the others, and restarts nothing. */
const isConfigMapRight = ({ configMap: current, database }: Observed): boolean =>
  current?.data?.[SERVER_CONF] === configMap(database).data?.[SERVER_CONF];

/** Whether the running database has the configuration of this spec. */
export const configFinding = (observed: Observed, plan: DatabasePlan): Finding => {
  const { database, probe } = observed;
  const owned = Object.keys(database.spec.config ?? {}).filter(isOwned);
  if (owned.length > 0) {
    return fails('KeysRefused', `The operator owns these keys of spec.config: ${named(owned)}. Remove them.`);
  }
  if (!isConfigMapRight(observed)) {
    return fails('ConfigUpdating', 'The ConfigMap is given what spec.config says.');
  }
  if (probe.result?.answered !== true) return saidBefore(observed, 'ConfigAccepted');
  const { notLoaded } = probe.result.config;
  return notLoaded.length > 0 && !isServedAsPlanned(observed, plan)
    ? fails('ConfigRestarting', `The database is restarted to take over: ${named(notLoaded)}.`)
    : reportFinding(probe.result.config, podName(database.metadata.name));
};

const reportFinding = ({ unknown, reloading, notLoaded }: ConfigReport, pod: string): Finding => {
  if (reloading.length > 0) {
    return fails(
      'ConfigReloading',
      `Waiting for the running database to take over: ${named(reloading)}. The file reaches its pod within about a minute; if this lasts, the log of the database says why it refuses the value.`,
    );
  }
  if (notLoaded.length > 0) {
    return fails(
      'ConfigNotLoaded',
      `The database was started with other values of: ${named(notLoaded)}. Restart it: kubectl delete pod ${pod}.`,
    );
  }
  return unknown.length > 0
    ? holds(
        'UnknownKeys',
        `The database has its configuration, and ignores keys that it does not know: ${named(unknown)}.`,
      )
    : holds('ConfigApplied', 'The database has its configuration.');
};

const KEYS_NAMED = 20;

const named = (keys: readonly string[]): string =>
  keys.length > KEYS_NAMED
    ? `${keys.slice(0, KEYS_NAMED).join(', ')} and ${keys.length - KEYS_NAMED} more`
    : keys.join(', ');

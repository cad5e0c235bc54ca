import { fails, holds, type Finding } from '../api/conditions.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
import { compareVersions, parseVersion } from '../api/version.ts';
import { wasReady, type Observed } from './observe.ts';
import { isServedAsPlanned } from './served.ts';
import { refuse, type DatabasePlan, type Refusal } from './steps.ts';

/**
 * A version that may not follow the one that has answered. One that never answered has written nothing that an older one could not read, so the
 * way back from a failed upgrade is open.
 */
export const refusedVersion = ({ spec, status }: QuestDB): Refusal | undefined => {
  const ran = status?.version ?? '';
  const [from, to] = [parseVersion(ran), parseVersion(spec.version)];
  if (from === undefined || to === undefined) return undefined;
  const isOtherMajor = from.major !== to.major;
  if (!isOtherMajor && compareVersions(to, from) >= 0) return undefined;
  return refuse(
    isOtherMajor ? 'MajorVersionRefused' : 'DowngradeRefused',
    `The database has run ${ran}, and its files may not be readable by ${spec.version}. It goes on with the version it has: ` +
      `set spec.version to ${ran} or a later one of ${from.major}.x.`,
  );
};

/** Whether the database is on its way to another version. `ready` is why it is not Ready, which is what the way waits for. */
export const upgradingFinding = (observed: Observed, plan: DatabasePlan, ready: Finding): Finding => {
  const way = upgradeOf(observed, plan);
  return way === undefined ? NOT_UPGRADING : holds(ready.reason, `${way} ${ready.message}`);
};

const NOT_UPGRADING = fails('NotUpgrading', 'The database is not on its way to another version.');

/** From which version to which, until the new one has answered. */
export const upgradeOf = (observed: Observed, plan: DatabasePlan): string | undefined => {
  const { database, probe } = observed;
  const from = database.status?.version;
  if (plan.step === 'Refuse' || from === undefined || from === database.spec.version) return undefined;
  const hasAnswered = probe.result?.answered === true || wasReady(database);
  return hasAnswered && isServedAsPlanned(observed, plan) ? undefined : `From ${from} to ${database.spec.version}.`;
};

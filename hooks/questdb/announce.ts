import { conditionOf } from '../api/conditions.ts';
import { assertLiving, assertSameSpec } from '../metacontroller/live-parent.ts';
import type { Observed } from './observe.ts';
import type { DatabasePorts } from './ports.ts';
import { describeNode, replacementStory } from './replacing.ts';
import { isServedAsPlanned } from './served.ts';
import type { DatabaseStatus } from './status.ts';
import type { DatabasePlan } from './steps.ts';
import { upgradeOf } from './upgrade.ts';
import { nodeNamed } from './whereabouts.ts';

type News = { type?: 'Warning'; reason: string; message: string };

/** Tells when the way to another instance or version begins and ends, and when the database rests. Told by what status said before, so a pass that is repeated says the same. */
export const announce = async (
  { cluster }: DatabasePorts,
  observed: Observed,
  plan: DatabasePlan,
  status: DatabaseStatus,
): Promise<void> => {
  const news = newsOf(observed, plan, status);
  if (news.length === 0) return;
  const { namespace, database } = observed.identity;
  assertLiving(assertSameSpec(observed.database, await cluster.readParent(namespace, database)));
  for (const { type = 'Normal', reason, message } of news) {
    await cluster.record(observed.database, type, reason, message);
  }
};

const newsOf = (observed: Observed, plan: DatabasePlan, status: DatabaseStatus): News[] =>
  [replacementNews(observed, plan, status), upgradeNews(observed, plan, status), ...restNews(observed, status)].filter(
    (news) => news !== undefined,
  );

const replacementNews = (observed: Observed, plan: DatabasePlan, status: DatabaseStatus): News | undefined => {
  const change = changeOf('Replacing', observed, status);
  if (change === 'Ended') {
    const before = conditionOf(observed.database.status?.conditions, 'Replacing');
    return arrival(observed, plan, before?.reason);
  }
  const message = change === 'Begun' ? replacementStory(observed, plan) : undefined;
  return message === undefined ? undefined : { reason: 'ReplacementStarted', message };
};

const upgradeNews = (observed: Observed, plan: DatabasePlan, status: DatabaseStatus): News | undefined => {
  const change = changeOf('Upgrading', observed, status);
  if (change === 'Begun') return { reason: 'UpgradeStarted', message: upgradeOf(observed, plan) ?? '' };
  const { version: before } = observed.database.status ?? {};
  return change === 'Ended' && status.version !== undefined && status.version !== before
    ? { reason: 'Upgraded', message: `The database runs ${status.version}.` }
    : undefined;
};

/** That its end is near is a warning: its user may not look at conditions. */
const restNews = (observed: Observed, status: DatabaseStatus): News[] => {
  const [suspended, expiring] = ['Suspended', 'Expiring'].map((type) => conditionOf(status.conditions, type));
  const change = changeOf('Suspended', observed, status);
  const isWarned = changeOf('Expiring', observed, status) === 'Begun' && expiring !== undefined;
  return [
    ...(change === 'Begun' && suspended !== undefined
      ? [{ reason: suspended.reason, message: suspended.message }]
      : []),
    ...(change === 'Ended' ? [{ reason: 'Resumed', message: 'The database is started again.' }] : []),
    ...(isWarned ? [{ type: 'Warning' as const, reason: expiring.reason, message: expiring.message }] : []),
  ];
};

/** Whether what a condition tells of has begun or ended in this very pass. */
const changeOf = (
  type: string,
  { database }: Observed,
  { conditions }: DatabaseStatus,
): 'Begun' | 'Ended' | undefined => {
  const [was, is] = [database.status?.conditions, conditions].map((list) => conditionOf(list, type)?.status === 'True');
  if (was === is) return undefined;
  return is === true ? 'Begun' : 'Ended';
};

/** It came to rest: where it was going, or where it was because the wish went back. */
const arrival = (observed: Observed, plan: DatabasePlan, step: string | undefined): News | undefined => {
  const target = plan.step === 'Serve' && isServedAsPlanned(observed, plan) ? plan.target : undefined;
  const node = nodeNamed(observed, target?.name);
  if (node === undefined) return undefined;
  return step === 'PodMoving'
    ? { reason: 'Moved', message: `The database runs on ${describeNode(node)}.` }
    : { reason: 'ReplacementStopped', message: `The database stays on ${describeNode(node)}.` };
};

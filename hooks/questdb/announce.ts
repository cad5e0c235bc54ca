import { conditionOf } from '../api/conditions.ts';
import { assertLiving, assertSameSpec } from '../metacontroller/live-parent.ts';
import type { Observed } from './observe.ts';
import type { DatabasePorts } from './ports.ts';
import { describeNode, replacementStory } from './replacing.ts';
import { isServedAsPlanned } from './served.ts';
import type { DatabaseStatus } from './status.ts';
import type { DatabasePlan } from './steps.ts';

type News = { reason: string; message: string };

/** Tells when the way to another instance begins and ends. Told by what status said before, so a pass that is repeated says the same. */
export const announce = async (
  { cluster }: DatabasePorts,
  observed: Observed,
  plan: DatabasePlan,
  status: DatabaseStatus,
): Promise<void> => {
  const news = newsOf(observed, plan, status);
  if (news === undefined) return;
  const { namespace, database } = observed.identity;
  assertLiving(assertSameSpec(observed.database, await cluster.readParent(namespace, database)));
  await cluster.record(observed.database, 'Normal', news.reason, news.message);
};

const newsOf = (observed: Observed, plan: DatabasePlan, { conditions }: DatabaseStatus): News | undefined => {
  const before = conditionOf(observed.database.status?.conditions, 'Replacing');
  const isReplacing = conditionOf(conditions, 'Replacing')?.status === 'True';
  if (isReplacing === (before?.status === 'True')) return undefined;
  if (!isReplacing) return arrival(observed, plan, before?.reason);
  const message = replacementStory(observed, plan);
  return message === undefined ? undefined : { reason: 'ReplacementStarted', message };
};

/** It came to rest: where it was going, or where it was because the wish went back. */
const arrival = (observed: Observed, plan: DatabasePlan, step: string | undefined): News | undefined => {
  const target = plan.step === 'Serve' && isServedAsPlanned(observed, plan) ? plan.target : undefined;
  const node = observed.nodes.find(({ metadata }) => metadata.name === target?.name);
  if (node === undefined) return undefined;
  return step === 'PodMoving'
    ? { reason: 'Moved', message: `The database runs on ${describeNode(node)}.` }
    : { reason: 'ReplacementStopped', message: `The database stays on ${describeNode(node)}.` };
};

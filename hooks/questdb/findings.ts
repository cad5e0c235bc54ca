import { conditionOf, fails, holds, isUnknown, type Finding } from '../api/conditions.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { configFinding } from './config-findings.ts';
import { hasSpoken, saidBefore, wasReady, type Observed } from './observe.ts';
import { rolloutFinding } from './rollout.ts';
import { isServedAsPlanned } from './served.ts';
import type { DatabasePlan } from './steps.ts';
import { throughputWarning } from './throughput.ts';
import { resizingFinding, volumeFinding } from './volume-findings.ts';
import { nodeNamed, placedNode } from './whereabouts.ts';

/** What is found of one database: a condition for each. */
export type Parts = { node: Finding; volume: Finding; resizing: Finding; config: Finding; writes: Finding };

export const partsOf = (observed: Observed, plan: DatabasePlan): Parts => ({
  node: nodeFinding(observed, plan),
  volume: volumeFinding(observed),
  resizing: resizingFinding(observed),
  config: configFinding(observed, plan),
  writes: writesFinding(observed, plan),
});

/** The first thing that is waited for, in the order in which things can come true. */
export const readyFinding = (observed: Observed, plan: DatabasePlan, parts: Parts): Finding => {
  if (plan.step !== 'Serve') return fails(plan.reason, plan.message);
  if (parts.node.status !== 'True') return fails(parts.node.reason, parts.node.message);
  if (!isServedAsPlanned(observed, plan)) return rolloutFinding(observed, plan);
  if (parts.volume.status !== 'True') return fails(parts.volume.reason, parts.volume.message);
  const answer = answerFinding(observed);
  if (answer.status !== 'True') return answer;
  // What has not been asked yet says nothing against what was found before.
  const part = [parts.config, parts.writes].find(({ status }) => status === 'False');
  return part === undefined ? answer : fails(part.reason, part.message);
};

/** Without fresh news what was found before still holds: hooks that were restarted must not flip a fleet. */
const answerFinding = ({ database, probe }: Observed): Finding => {
  const ready = holds('Ready', 'The database answers SQL and accepts writes.');
  if (probe.result === undefined) {
    return wasReady(database) ? ready : fails('WaitingForAnswer', 'Waiting for the database to answer SQL.');
  }
  return probe.result.answered
    ? ready
    : fails('NotAnswering', `The database does not answer SQL: ${probe.result.message}`);
};

const writesFinding = (observed: Observed, plan: DatabasePlan): Finding => {
  if (plan.step === 'Suspend') return isUnknown('NotAsked', 'The database is not to run.');
  const { result } = observed.probe;
  if (result?.answered !== true) return saidBefore(observed, 'WriteHealthy');
  const { suspendedTables } = result;
  return suspendedTables.length === 0
    ? holds('NoTableSuspended', 'No table refuses writes.')
    : fails('TablesSuspended', suspendedStory(suspendedTables));
};

const TABLES_NAMED = 5;

const suspendedStory = (tables: readonly string[]): string => {
  const named = tables.slice(0, TABLES_NAMED).join(', ');
  const others = tables.length > TABLES_NAMED ? ` and ${tables.length - TABLES_NAMED} more` : '';
  return `Tables that refuse writes: ${named}${others}. Find the cause with select * from wal_tables(), then ALTER TABLE ... RESUME WAL.`;
};

const nodeFinding = (observed: Observed, plan: DatabasePlan): Finding => {
  const { database } = observed;
  if (database.spec.node === undefined) return holds('NotDedicated', 'The database runs on any node of the cluster.');
  switch (plan.step) {
    case 'Refuse':
    case 'AwaitNode':
    case 'StopPod':
    case 'RetireNodes':
    case 'Suspend':
      return fails(plan.reason, plan.message);
    case 'AwaitVolume': {
      const placed = placedNode(observed);
      return placed === undefined
        ? isUnknown('WaitingForVolume', 'The instance is chosen when the volume is known.')
        : servingNodeFinding(observed, placed);
    }
    case 'Serve':
      return servingNodeFinding(observed, nodeNamed(observed, plan.target?.name));
  }
};

const servingNodeFinding = (observed: Observed, node: QuestDBNode | undefined): Finding => {
  const said = node !== undefined && hasSpoken(node) ? conditionOf(node.status?.conditions, 'Ready') : undefined;
  if (node === undefined || said === undefined) {
    return fails('NodeUnknown', 'The QuestDBNode has not been looked at.');
  }
  const { name } = node.metadata;
  if (!hasTagsOf(observed, node)) return fails('NodeUpdating', `QuestDBNode "${name}" is given the tags of spec.node.`);
  return said.status === 'True'
    ? holds('Ready', `QuestDBNode "${name}" is Ready.${throughputWarning(observed.volume, node)}`)
    : fails(said.reason, said.message);
};

const hasTagsOf = ({ database }: Observed, { spec }: QuestDBNode): boolean => {
  const wanted = Object.entries(database.spec.node?.tags ?? {});
  const given = spec.tags ?? {};
  return wanted.length === Object.keys(given).length && wanted.every(([key, value]) => given[key] === value);
};

/** A human must act: what the parts say, or what this hook itself refuses. */
export const stalledFinding = (observed: Observed, plan: DatabasePlan): Finding => {
  if (plan.step === 'Refuse') return holds(plan.reason, plan.message);
  const node = nodeNamed(observed, 'target' in plan ? plan.target?.name : placedNode(observed)?.metadata.name);
  const stalled = [observed.volume, node]
    .map((part) => conditionOf(part?.status?.conditions, 'Stalled'))
    .find((condition) => condition?.status === 'True');
  return stalled === undefined
    ? fails('NotStalled', 'Nothing waits for a human.')
    : holds(stalled.reason, stalled.message);
};

import { conditionOf, fails, holds, isUnknown, transition, type Finding } from '../api/conditions.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
import { generationOf } from '../api/kinds.ts';
import { serviceName } from '../api/names.ts';
import { isServedAsPlanned } from './children/children.ts';
import { portOf } from './children/ports.ts';
import { hasSpoken, isReady, isSettled, wasReady, type Observed } from './observe.ts';
import { usableClaim, type DatabasePlan } from './plan.ts';
import { podFinding } from './pod.ts';

export type DatabaseStatus = NonNullable<QuestDB['status']>;

/** The status of one pass: what was observed, never what is hoped for. */
export const statusOf = (observed: Observed, plan: DatabasePlan): DatabaseStatus => {
  const { database, probe, now } = observed;
  const findings = findingsOf(observed, plan);
  const version = probe.result?.answered === true ? probe.result.version : database.status?.version;
  const node = nodeStatus(observed, plan);
  return {
    conditions: transition(findings, {
      previous: database.status?.conditions,
      generation: generationOf(database),
      now,
    }),
    ...(version === undefined ? {} : { version }),
    endpoints: endpointsOf(observed),
    ...(node === undefined ? {} : { node }),
    volume: volumeStatus(observed),
  };
};

const findingsOf = (observed: Observed, plan: DatabasePlan) => {
  const parts = {
    node: nodeFinding(observed, plan),
    volume: volumeFinding(observed),
    writes: writesFinding(observed),
  };
  return {
    NodeReady: parts.node,
    VolumeReady: parts.volume,
    WriteHealthy: parts.writes,
    Stalled: stalledFinding(observed, plan),
    Ready: readyFinding(observed, plan, parts),
  };
};

type Parts = { node: Finding; volume: Finding; writes: Finding };

/** The first thing that is waited for, in the order in which things can come true. */
const readyFinding = (observed: Observed, plan: DatabasePlan, parts: Parts): Finding => {
  if (plan.step !== 'Serve') return fails(plan.reason, plan.message);
  if (parts.node.status !== 'True') return fails(parts.node.reason, parts.node.message);
  if (!isServedAsPlanned(observed, plan)) return rolloutFinding(observed);
  if (parts.volume.status !== 'True') return fails(parts.volume.reason, parts.volume.message);
  const answer = answerFinding(observed);
  if (answer.status !== 'True') return answer;
  return parts.writes.status === 'True' ? answer : fails(parts.writes.reason, parts.writes.message);
};

/** The StatefulSet is not there as planned yet; when its pod has nothing to complain of, it is the old one. */
const rolloutFinding = ({ pod, statefulSet }: Observed): Finding => {
  const isOldPodReady = statefulSet !== undefined && isSettled(statefulSet);
  const finding = isOldPodReady ? undefined : podFinding(pod);
  return finding === undefined || finding.status === 'True'
    ? fails('PodUpdating', 'Waiting for the StatefulSet controller to finish with the new pod template.')
    : finding;
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

const writesFinding = ({ database, probe: { result } }: Observed): Finding => {
  if (result?.answered !== true) {
    const before = conditionOf(database.status?.conditions, 'WriteHealthy');
    return before?.observedGeneration === database.metadata.generation && before !== undefined
      ? { status: before.status, reason: before.reason, message: before.message }
      : isUnknown('NotAsked', 'The database has not been asked yet.');
  }
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

const nodeFinding = ({ database, nodes }: Observed, plan: DatabasePlan): Finding => {
  if (database.spec.node === undefined) return holds('NotDedicated', 'The database runs on any node of the cluster.');
  switch (plan.step) {
    case 'Refuse':
    case 'AwaitNode':
      return fails(plan.reason, plan.message);
    case 'AwaitVolume':
      return isUnknown('WaitingForVolume', 'The instance is chosen when the volume is known.');
    case 'Serve':
      return servingNodeFinding(nodes.find(({ metadata }) => metadata.name === plan.target?.name));
  }
};

const servingNodeFinding = (node: Observed['nodes'][number] | undefined): Finding => {
  if (node !== undefined && isReady(node)) return holds('Ready', `QuestDBNode "${node.metadata.name}" is Ready.`);
  const said = conditionOf(node?.status?.conditions, 'Ready');
  return fails(said?.reason ?? 'NodeUnknown', said?.message ?? 'The QuestDBNode has not been looked at.');
};

const volumeFinding = ({ volume }: Observed): Finding => {
  const ready =
    volume === undefined || !hasSpoken(volume) ? undefined : conditionOf(volume.status?.conditions, 'Ready');
  return ready === undefined
    ? isUnknown('VolumeUnknown', 'The QuestDBVolume has not been looked at yet.')
    : { status: ready.status, reason: ready.reason, message: ready.message };
};

/** A human must act: what the parts say, or what this hook itself refuses. */
const stalledFinding = ({ volume, nodes }: Observed, plan: DatabasePlan): Finding => {
  if (plan.step === 'Refuse') return holds(plan.reason, plan.message);
  const target = plan.step === 'AwaitVolume' ? undefined : plan.target;
  const node = nodes.find(({ metadata }) => metadata.name === target?.name);
  const stalled = [volume, node]
    .map((part) => conditionOf(part?.status?.conditions, 'Stalled'))
    .find((condition) => condition?.status === 'True');
  return stalled === undefined
    ? fails('NotStalled', 'Nothing waits for a human.')
    : holds(stalled.reason, stalled.message);
};

const endpointsOf = ({ identity }: Observed): NonNullable<DatabaseStatus['endpoints']> => {
  const host = `${serviceName(identity.database)}.${identity.namespace}.svc`;
  return {
    http: `http://${host}:${portOf('http')}`,
    ilp: `${host}:${portOf('ilp')}`,
    postgres: `${host}:${portOf('postgres')}`,
  };
};

const nodeStatus = ({ nodes }: Observed, plan: DatabasePlan): DatabaseStatus['node'] => {
  const target = plan.step === 'Serve' || plan.step === 'AwaitNode' ? plan.target : undefined;
  if (target === undefined) return undefined;
  const node = nodes.find(({ metadata }) => metadata.name === target.name);
  return {
    name: target.name,
    instanceType: target.need.instanceType,
    zone: target.need.zone,
    ...(node?.status?.instanceId === undefined ? {} : { instanceId: node.status.instanceId }),
  };
};

const volumeStatus = ({ volume }: Observed): NonNullable<DatabaseStatus['volume']> => {
  const { volumeId, size } = volume?.status ?? {};
  const claimName = volume === undefined ? undefined : usableClaim(volume);
  return {
    ...(claimName === undefined ? {} : { name: claimName }),
    ...(volumeId === undefined ? {} : { volumeId }),
    ...(size === undefined ? {} : { size }),
  };
};

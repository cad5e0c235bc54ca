import { rfc3339, transition } from '../api/conditions.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { generationOf } from '../api/kinds.ts';
import { serviceName } from '../api/names.ts';
import { portOf } from './children/ports.ts';
import { expiringFinding, expiryOf } from './expiry.ts';
import { partsOf, readyFinding, stalledFinding } from './findings.ts';
import type { Observed } from './observe.ts';
import { usableClaim } from './plan.ts';
import { replacingFinding } from './replacing.ts';
import type { DatabasePlan } from './steps.ts';
import { suspendedFinding } from './suspend.ts';
import { upgradingFinding } from './upgrade.ts';
import { isPodOn, nodeNamed, placedNode } from './whereabouts.ts';
import { unavailableZones } from './zones.ts';

export type DatabaseStatus = NonNullable<QuestDB['status']>;

/** The status of one pass: what was observed, never what is hoped for. */
export const statusOf = (observed: Observed, plan: DatabasePlan): DatabaseStatus => {
  const { database, probe, now } = observed;
  const version = probe.result?.answered === true ? probe.result.version : database.status?.version;
  const node = nodeStatus(observed, plan);
  const zones = unavailableZones(observed);
  const expiry = expiryOf(database);
  return {
    conditions: transition(findingsOf(observed, plan), {
      previous: database.status?.conditions,
      generation: generationOf(database),
      now,
    }),
    ...(version === undefined ? {} : { version }),
    endpoints: endpointsOf(observed),
    ...(node === undefined ? {} : { node }),
    ...(zones.length === 0 ? {} : { unavailableZones: zones }),
    volume: volumeStatus(observed),
    ...(expiry === undefined ? {} : { expiresAt: rfc3339(expiry.at) }),
  };
};

const findingsOf = (observed: Observed, plan: DatabasePlan) => {
  const parts = partsOf(observed, plan);
  const ready = readyFinding(observed, plan, parts);
  return {
    NodeReady: parts.node,
    VolumeReady: parts.volume,
    Resizing: parts.resizing,
    ConfigAccepted: parts.config,
    WriteHealthy: parts.writes,
    Stalled: stalledFinding(observed, plan),
    Replacing: replacingFinding(observed, plan, ready),
    Suspended: suspendedFinding(plan),
    Expiring: expiringFinding(observed),
    Upgrading: upgradingFinding(observed, plan, ready),
    Ready: ready,
  };
};

const endpointsOf = ({ identity }: Observed): NonNullable<DatabaseStatus['endpoints']> => {
  const host = `${serviceName(identity.database)}.${identity.namespace}.svc`;
  return {
    http: `http://${host}:${portOf('http')}`,
    ilp: `${host}:${portOf('ilp')}`,
    postgres: `${host}:${portOf('postgres')}`,
  };
};

/** The node the database runs on, also while another one is on its way; before it runs anywhere, the one that is to be. */
const nodeStatus = (observed: Observed, plan: DatabasePlan): DatabaseStatus['node'] => {
  const target = 'target' in plan ? plan.target : undefined;
  const node = servingNode(observed) ?? nodeNamed(observed, target?.name);
  if (node !== undefined) {
    const { metadata, spec, status } = node;
    const { instanceType, zone } = spec;
    return { name: metadata.name, instanceType, zone, ...instanceIdOf(status) };
  }
  return target === undefined
    ? undefined
    : { name: target.name, instanceType: target.need.instanceType, zone: target.need.zone };
};

const instanceIdOf = (status: QuestDBNode['status']): { instanceId?: string } =>
  status?.instanceId === undefined ? {} : { instanceId: status.instanceId };

/** Where the pod is, if it was looked at; else where the StatefulSet puts it. */
const servingNode = (observed: Observed): QuestDBNode | undefined => {
  const { pod, nodes, dyingNodes, statefulSet } = observed;
  if (statefulSet === undefined) return undefined;
  const under = pod === undefined ? undefined : [...nodes, ...dyingNodes].find((node) => isPodOn(pod, node));
  return under ?? placedNode(observed);
};

/** While the QuestDBVolume is in doubt, a database that runs has what it had. */
const volumeStatus = ({ volume, statefulSet, database }: Observed): NonNullable<DatabaseStatus['volume']> => {
  const { volumeId, size } = volume?.status ?? {};
  const claimName = volume === undefined ? undefined : usableClaim(volume);
  const known = statefulSet === undefined || claimName !== undefined ? {} : database.status?.volume;
  return {
    ...known,
    ...(claimName === undefined ? {} : { name: claimName }),
    ...(volumeId === undefined ? {} : { volumeId }),
    ...(size === undefined ? {} : { size }),
  };
};

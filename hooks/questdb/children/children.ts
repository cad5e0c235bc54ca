import type { QuestDBNode } from '../../api/generated/questdbnode.ts';
import type { DesiredObject } from '../../metacontroller/contract.ts';
import type { Observed } from '../observe.ts';
import { placementOf, replicasOf, sourcesOf, templateHashOf, type StatefulSet } from '../statefulset.ts';
import type { PodInput } from '../pod-input.ts';
import { servingSet } from '../served.ts';
import type { DatabasePlan } from '../steps.ts';
import { asWanted } from '../wish.ts';
import { placedNode } from '../whereabouts.ts';
import { configMap } from './configmap.ts';
import { networkPolicy } from './networkpolicy.ts';
import { nodesFor } from './nodes.ts';
import { podDisruptionBudget } from './poddisruptionbudget.ts';
import { podMonitor } from './podmonitor.ts';
import { questdbNode } from './questdbnode.ts';
import { questdbVolume } from './questdbvolume.ts';
import { headlessService, service } from './service.ts';
import { statefulSet } from './statefulset.ts';

/**
 * Everything the database has. What is observed and not named is deleted by Metacontroller: so a StatefulSet that is there is always named,
 * and a node is only left out when it is of no more use and not among `inUse`, the nodes the pod may be on.
 */
export const childrenOf = (
  observed: Observed,
  plan: DatabasePlan,
  inUse: readonly QuestDBNode[] = [],
): DesiredObject[] => {
  const { database } = observed;
  const { name } = database.metadata;
  const nodes = [...nodesFor(observed, plan), ...inUse.map(asWanted)].sort((a, b) => (a.name < b.name ? -1 : 1));
  const set = statefulSetFor(observed, plan);
  return [
    configMap(database),
    questdbVolume(database),
    service(database),
    headlessService(name),
    networkPolicy(database, observed.operatorNamespace),
    ...(observed.hasPodMonitors ? [podMonitor(name)] : []),
    ...(database.spec.node === undefined ? [] : [podDisruptionBudget(name)]),
    ...nodes.map((node) => questdbNode(database, node)),
    ...(set === undefined ? [] : [set]),
  ];
};

const statefulSetFor = (observed: Observed, plan: DatabasePlan): ReturnType<typeof statefulSet> | undefined => {
  const current = observed.statefulSet;
  if (plan.step === 'Serve') return servingSet(observed, plan);
  if (current === undefined) return undefined;
  const rendered = statefulSet(observed.database, asItIs(current), {
    current,
    replicas: replicasFor(observed, plan, replicasOf(current)),
  });
  return templateHashOf(rendered) === templateHashOf(current) ? rendered : withTemplateOf(current, rendered);
};

/** What spec.pod or spec.resources change while something is waited for takes effect with it, by the same restart. */
const withTemplateOf = ({ spec }: StatefulSet, rendered: ReturnType<typeof statefulSet>): typeof rendered =>
  rendered.spec === undefined || spec === undefined
    ? rendered
    : { ...rendered, spec: { ...rendered.spec, template: spec.template } };

/** What the StatefulSet that is there was made from: one restart is enough for all that changes meanwhile. */
const asItIs = (current: StatefulSet): PodInput => ({ ...sourcesOf(current), placement: placementOf(current) });

/** A database that was stopped is served where it was while another node is waited for, unless that one goes too. */
const replicasFor = (observed: Observed, { step }: DatabasePlan, current: number): number => {
  switch (step) {
    case 'StopPod':
    case 'RetireNodes':
    case 'Suspend':
      return 0;
    case 'AwaitNode':
      return observed.nodes.some((node) => node === placedNode(observed)) ? 1 : current;
    default:
      return current;
  }
};

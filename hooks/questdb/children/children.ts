import type { DesiredObject } from '../../metacontroller/contract.ts';
import { credentialsUidOf, isSettled, placementOf, type Observed } from '../observe.ts';
import type { DatabasePlan, WantedNode } from '../plan.ts';
import { configMap } from './configmap.ts';
import { questdbNode } from './questdbnode.ts';
import { questdbVolume } from './questdbvolume.ts';
import { headlessService, service } from './service.ts';
import { statefulSet } from './statefulset.ts';
import { TEMPLATE_HASH } from '../../api/labels.ts';

/**
 * Everything the database has. What is observed and not named is deleted by Metacontroller: so a plan that waits or refuses names
 * all that runs, and a node is only left out when the database is served from another one.
 */
export const childrenOf = (observed: Observed, plan: DatabasePlan): DesiredObject[] => {
  const { database } = observed;
  const { name } = database.metadata;
  const set = statefulSetFor(observed, plan);
  return [
    configMap(database),
    questdbVolume(database),
    service(name),
    headlessService(name),
    ...nodesFor(observed, plan).map((node) => questdbNode(name, node.name, node.need)),
    ...(set === undefined ? [] : [set]),
  ];
};

const statefulSetFor = (observed: Observed, plan: DatabasePlan): ReturnType<typeof statefulSet> | undefined => {
  if (plan.step === 'Serve') return statefulSet(observed.database, plan);
  const current = observed.statefulSet;
  if (current === undefined) return undefined;
  const claim = current.spec?.template.spec?.volumes?.find(({ name }) => name === 'data')?.persistentVolumeClaim;
  return statefulSet(observed.database, {
    placement: placementOf(current),
    claimName: claim?.claimName ?? '',
    credentialsUid: credentialsUidOf(current) ?? '',
  });
};

const nodesFor = (observed: Observed, plan: DatabasePlan): WantedNode[] => {
  const target = plan.step === 'Serve' || plan.step === 'AwaitNode' ? plan.target : undefined;
  const others = isServedAsPlanned(observed, plan) ? [] : observed.nodes.map(wanted);
  const byName = new Map([...others, ...(target === undefined ? [] : [target])].map((node) => [node.name, node]));
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
};

const wanted = ({ metadata, spec }: Observed['nodes'][number]): WantedNode => ({
  name: metadata.name,
  need: { instanceType: spec.instanceType, zone: spec.zone, className: spec.className },
});

/** Whether the pod that is wanted is there and ready: only then is another node of no more use. */
export const isServedAsPlanned = ({ statefulSet: current, database }: Observed, plan: DatabasePlan): boolean =>
  plan.step === 'Serve' &&
  current !== undefined &&
  isSettled(current) &&
  hashOf(current) === hashOf(statefulSet(database, plan));

const hashOf = (set: {
  spec?: { template: { metadata?: { annotations?: Record<string, string> } } };
}): string | undefined => set.spec?.template.metadata?.annotations?.[TEMPLATE_HASH];

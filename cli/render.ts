import { stringify } from 'yaml';
import type { QuestDB } from '../hooks/api/generated/questdb.ts';
import type { QuestDBNodeClass } from '../hooks/api/generated/questdbnodeclass.ts';
import { credentialsName } from '../hooks/api/names.ts';
import type { DesiredObject } from '../hooks/metacontroller/contract.ts';
import type { Facts } from '../hooks/questdb/observe.ts';
import type { Assumptions } from './settle.ts';
import { simulate } from './simulate.ts';
import { UserError } from './user-error.ts';

export type RenderOptions = { assumptions: Assumptions; operatorNamespace: string; now: Date };

/** The facts about a database that nobody has made yet. */
export const factsFor = ({ metadata, spec }: QuestDB, { operatorNamespace, now }: RenderOptions): Facts => ({
  pod: undefined,
  credentials: {
    state: 'Found',
    credentials: {
      secretName: spec.credentials?.secretName ?? credentialsName(metadata.name),
      revision: 'not-made-yet',
      hasReadonly: false,
    },
    rotation: undefined,
  },
  probe: { result: undefined, isFresh: false },
  capacityRetrySeconds: 0,
  operatorNamespace,
  now,
});

/** The children that a new database of this manifest would get, in a cluster that has the class and the room for it. Throws a UserError where it would get none. */
export const childrenFor = (
  database: QuestDB,
  nodeClasses: readonly QuestDBNodeClass[],
  options: RenderOptions,
): DesiredObject[] => {
  const className = database.spec.node?.className;
  const nodeClass = nodeClasses.find(({ metadata }) => metadata.name === className);
  if (className !== undefined && nodeClass === undefined && database.spec.node?.zone === undefined) {
    throw new UserError(
      `the zone of ${database.metadata.name} depends on QuestDBNodeClass "${className}": put it into the file, or set spec.node.zone`,
    );
  }
  const world = { database, children: [], nodeClass };
  const { plan, children } = simulate(world, factsFor(database, options), options.assumptions);
  if (plan.step === 'Refuse') throw new UserError(plan.message);
  return children;
};

/** Manifests as `kubectl apply` takes them. */
export const textOf = ({ metadata }: QuestDB, children: readonly DesiredObject[]): string =>
  children
    .map((child) => ({ ...child, metadata: { ...child.metadata, namespace: metadata.namespace } }))
    .map((child) => `---\n${stringify(child, { lineWidth: 0, aliasDuplicateObjects: false })}`)
    .join('');

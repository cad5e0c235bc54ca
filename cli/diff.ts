import type { QuestDB } from '../hooks/api/generated/questdb.ts';
import { podName } from '../hooks/api/names.ts';
import type { Facts } from '../hooks/questdb/observe.ts';
import { noNodeClass } from '../hooks/questdb/wish.ts';
import { credentialsOf, type StatefulSet } from '../hooks/questdb/statefulset.ts';
import { changesBetween, type Change } from './changes.ts';
import { factsFor, type RenderOptions } from './render.ts';
import { simulate, type Outcome } from './simulate.ts';
import { sentenceOf, verdictOn, type Verdict } from './verdict.ts';
import type { World } from './world.ts';

export type Difference = { verdict: Verdict; changes: Change[] };

/** What a changed spec would do to a database that is there: to its children, and to those who use it. */
export const differenceOf = (live: World, wanted: QuestDB, options: RenderOptions): Difference => {
  const before = outcomeOf(live, options);
  const after = outcomeOf({ ...live, database: wanted }, options);
  const changes = changesBetween(before.children, after.children);
  const className = wanted.spec.node?.className;
  // In the world that is made up a launch succeeds, also one that nobody says how to make.
  return className === undefined || live.nodeClass?.metadata.name === className
    ? { verdict: verdictOn(before, after), changes }
    : { verdict: { kind: 'Waits', message: noNodeClass(className).message }, changes };
};

const outcomeOf = (world: World, options: RenderOptions): Outcome =>
  simulate(world, liveFacts(world, options), options.assumptions);

/** A Secret is not read: one that stays by its name is taken to be as it is. */
const liveFacts = ({ database, children }: World, options: RenderOptions): Facts => {
  const facts = factsFor(database, options);
  const set = children.find(({ kind }) => kind === 'StatefulSet') as StatefulSet | undefined;
  const known = set === undefined ? undefined : credentialsOf(set);
  const { credentials } = facts;
  return credentials.state === 'Found' && known?.secretName === credentials.credentials.secretName
    ? { ...facts, credentials: { ...credentials, credentials: known } }
    : facts;
};

/** The difference as a person reads it: first what it does, then what changes. */
export const diffText = (wanted: QuestDB, { verdict, changes }: Difference): string => {
  const { namespace = '', name } = wanted.metadata;
  const lines = changes.flatMap(linesOf);
  return [
    `QuestDB ${namespace}/${name} (pod ${podName(name)}): this ${sentenceOf(verdict)}`,
    ...(lines.length === 0 ? [] : ['', ...lines]),
  ].join('\n');
};

const linesOf = (change: Change): string[] => {
  switch (change.kind) {
    case 'Made':
      return [`+ ${change.name}`];
    case 'Removed':
      return [`- ${change.name}`];
    case 'Changed':
      return [`~ ${change.name}`, ...change.fields.map((field) => `    ${field}`)];
  }
};

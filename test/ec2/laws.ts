import { isDeepStrictEqual } from 'node:util';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import { OWNER_UID } from '../../hooks/api/labels.ts';
import type { LaunchIntent } from '../../hooks/questdbnode/ports.ts';
import { violationsIn } from '../../local/ec2/invariants.ts';
import type { JournalEntry } from '../../local/ec2/journal.ts';
import type { Simulation } from '../../local/ec2/simulation.ts';

/** Watches one call of a hook: what it read of its parent, and what it then does to the account. */
export type Witness = {
  sawParent: (live: QuestDBNode | undefined) => void;
  launches: (intent: LaunchIntent) => void;
  terminates: (instanceId: string) => void;
};

/** Says in one sentence each what a hook must never do. */
export type Laws = { witness: () => Witness; broken: () => string[] };

const launchFault = (parent: QuestDBNode | undefined, intent: LaunchIntent): string | undefined => {
  if (parent === undefined) return 'a launch without a live parent';
  if (parent.metadata.deletionTimestamp !== undefined) return 'a launch for a parent that is being deleted';
  if (intent.tags?.[OWNER_UID] !== parent.metadata.uid) return 'a launch for another object than the live parent';
  if (!isDeepStrictEqual(parent.status?.launch, intent)) return 'a launch that is not written down in the live status';
  return undefined;
};

const terminationFault = (parent: QuestDBNode | undefined, owner: string | undefined): string | undefined => {
  if (parent === undefined) return 'a termination without a live parent';
  if (parent.metadata.deletionTimestamp === undefined) return 'a termination for a parent that is not being deleted';
  return owner === parent.metadata.uid ? undefined : `a termination of an instance of ${owner ?? 'nobody'}`;
};

/** More than the simulator asks: one instance a QuestDBNode at a time, whatever attempt launched it. */
const doubles = (journal: readonly JournalEntry[]): string[] => {
  const live = new Map<string, string>();
  const found: string[] = [];
  for (const effect of journal.flatMap(({ effects }) => effects)) {
    if (effect.effect === 'instance-launched') {
      const owner = effect.tags[OWNER_UID];
      const other = [...live].find(([, uid]) => owner !== undefined && uid === owner)?.[0];
      if (other !== undefined) found.push(`${effect.id} was launched for ${owner ?? ''} beside ${other}`);
      if (owner !== undefined) live.set(effect.id, owner);
    }
    if (effect.effect === 'instance-state' && effect.to === 'shutting-down') live.delete(effect.id);
  }
  return found;
};

/** The laws on one account: what its journal shows, and what each call of a hook may do with what it read. */
export const createLaws = (simulation: Simulation): Laws => {
  const broken: string[] = [];
  const note = (fault: string | undefined): void => {
    if (fault !== undefined) broken.push(fault);
  };
  return {
    witness: () => {
      let parent: QuestDBNode | undefined;
      return {
        sawParent: (live) => (parent = live),
        launches: (intent) => note(launchFault(parent, intent)),
        terminates: (id) => note(terminationFault(parent, simulation.account.instances[id]?.tags[OWNER_UID])),
      };
    },
    broken: () => {
      simulation.present(() => undefined);
      const { entries } = simulation.journal;
      return [...broken, ...violationsIn(entries), ...doubles(entries)];
    },
  };
};

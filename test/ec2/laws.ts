import { isDeepStrictEqual } from 'node:util';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import { OWNER_UID } from '../../hooks/api/labels.ts';
import type { ClusterNode } from '../../hooks/questdbnode/cluster-node.ts';
import type { LaunchIntent } from '../../hooks/questdbnode/memory.ts';
import { violationsIn } from '../../local/ec2/invariants.ts';
import type { Simulation } from '../../local/ec2/simulation.ts';

/** Watches one call of a hook: what it read of its parent, and what it then does to the account. */
export type Witness = {
  sawParent: (live: QuestDBNode | undefined) => void;
  launches: (intent: LaunchIntent) => void;
  terminates: (instanceId: string) => void;
  stops: (instanceId: string) => void;
  starts: (instanceId: string) => void;
  takesOutOfService: (node: ClusterNode) => void;
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

type Deed = { parent: QuestDBNode | undefined; instanceId: string; owner: string | undefined };

const isDying = (parent: QuestDBNode): boolean => parent.metadata.deletionTimestamp !== undefined;

const terminationFault = ({ parent, instanceId, owner }: Deed): string | undefined => {
  if (parent === undefined) return 'a termination without a live parent';
  const isReplaced = parent.status?.retiring?.some((replaced) => replaced.instanceId === instanceId) === true;
  if (!isDying(parent) && !isReplaced)
    return 'a termination of what is neither being deleted nor written down as replaced';
  return owner === parent.metadata.uid ? undefined : `a termination of an instance of ${owner ?? 'nobody'}`;
};

const stopFault = ({ parent, instanceId }: Deed): string | undefined =>
  parent?.status?.fence?.instanceId === instanceId ? undefined : 'a stop that is not written down in the live status';

const startFault = ({ parent, instanceId, owner }: Deed): string | undefined => {
  if (parent === undefined || isDying(parent)) return 'a start without a parent that lives';
  if (parent.status?.fence?.instanceId === instanceId) return 'a start of a machine that is taken for lost';
  return owner === parent.metadata.uid ? undefined : `a start of an instance of ${owner ?? 'nobody'}`;
};

/** A machine that may write is never said to be out of service: another one would write to the same volume. */
const outOfServiceFault = (simulation: Simulation, { spec }: ClusterNode): string | undefined => {
  simulation.present(() => undefined);
  const state = simulation.account.instances[spec?.providerID?.split('/').at(-1) ?? '']?.state;
  return state === undefined || state === 'stopped' || state === 'terminated'
    ? undefined
    : `a Node was taken out of service while its instance is ${state}`;
};

/** The laws on one account: what its journal shows, and what each call of a hook may do with what it read. */
export const createLaws = (simulation: Simulation): Laws => {
  const broken: string[] = [];
  const note = (fault: string | undefined): void => {
    if (fault !== undefined) broken.push(fault);
  };
  const deed = (parent: QuestDBNode | undefined, instanceId: string): Deed => ({
    parent,
    instanceId,
    owner: simulation.account.instances[instanceId]?.tags[OWNER_UID],
  });
  return {
    witness: () => {
      let parent: QuestDBNode | undefined;
      return {
        sawParent: (live) => (parent = live),
        launches: (intent) => note(launchFault(parent, intent)),
        terminates: (instanceId) => note(terminationFault(deed(parent, instanceId))),
        stops: (instanceId) => note(stopFault(deed(parent, instanceId))),
        starts: (instanceId) => note(startFault(deed(parent, instanceId))),
        takesOutOfService: (node) => note(outOfServiceFault(simulation, node)),
      };
    },
    broken: () => {
      simulation.present(() => undefined);
      const { entries } = simulation.journal;
      return [...broken, ...violationsIn(entries)];
    },
  };
};

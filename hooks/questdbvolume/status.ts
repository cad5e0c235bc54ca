import { fails, holds, transition, type Finding } from '../api/conditions.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { generationOf } from '../api/kinds.ts';
import { isDataOf } from '../api/labels.ts';
import { claimName } from '../api/names.ts';
import { layoutFor, layoutOfClaim } from './layouts.ts';
import { volumeHandleOf, zoneOf, type Observed } from './observe.ts';
import type { VolumeOutcome } from './steps.ts';
import type { Claim, PersistentVolume } from './ports.ts';

export type VolumeStatus = NonNullable<QuestDBVolume['status']>;

/** The status after the plan was carried out. What is known of the volume is never forgotten: the guard reads it. */
export const statusOf = (observed: Observed, plan: VolumeOutcome): VolumeStatus => {
  const { parent, now } = observed;
  const { claim, volume } = subjectsOf(observed, plan);
  const known = parent.status ?? {};
  return {
    conditions: transition(
      { Ready: readyOf(observed, plan), Resizing: resizingOf(plan), Stalled: stalledOf(plan) },
      { previous: known.conditions, generation: generationOf(parent), now },
    ),
    ...factsOf(known),
    ...(claim === undefined ? {} : { claimName: claim }),
    ...(volume === undefined ? {} : { ...volumeFacts(volume), ...performanceFacts(observed) }),
    ...(plan.step === 'MakePersistentVolume' ? { zone: plan.volume.zone } : {}),
    ...(claim === undefined ? {} : { ...sizeFact(observed.claim), ...layoutFact(observed, plan) }),
    ...('refused' in plan && plan.refused !== undefined ? { refusedModification: plan.refused } : {}),
  };
};

/** The claim and the PersistentVolume the plan is about, when it is sure that they are this database's. */
const subjectsOf = (
  observed: Observed,
  plan: VolumeOutcome,
): { claim: string | undefined; volume: PersistentVolume | undefined } => {
  switch (plan.step) {
    case 'AwaitGrowth':
    case 'Keep':
      return { claim: plan.claim.metadata.name, volume: plan.persistentVolume };
    case 'TakeClaim':
      return { claim: plan.claim.metadata.name, volume: observed.persistentVolume };
    case 'Bind':
      return { claim: claimName(observed.identity.database), volume: plan.persistentVolume };
    case 'CreateBlank':
      return { claim: claimName(observed.identity.database), volume: undefined };
    case 'Wait': {
      const { claim, persistentVolume, identity } = observed;
      return claim !== undefined && isDataOf(identity, claim.metadata)
        ? { claim: claim.metadata.name, volume: persistentVolume }
        : { claim: undefined, volume: undefined };
    }
    case 'MakePersistentVolume':
    case 'Refuse':
      return { claim: undefined, volume: undefined };
  }
};

const readyOf = ({ identity }: Observed, plan: VolumeOutcome): Finding => {
  switch (plan.step) {
    case 'Keep':
      return holds(
        'Bound',
        `Claim "${plan.claim.metadata.name}" is bound to ${volumeHandleOf(plan.persistentVolume) ?? plan.persistentVolume.metadata.name}.`,
      );
    case 'CreateBlank':
      return fails(
        'WaitingForFirstConsumer',
        `Claim "${claimName(identity.database)}" gets its volume when the database's pod is scheduled.`,
      );
    case 'Bind':
      return fails(
        'WaitingForBinding',
        `Data from before was found: claim "${claimName(identity.database)}" waits to be bound to PersistentVolume "${plan.persistentVolume.metadata.name}".`,
      );
    case 'MakePersistentVolume':
      return fails(
        'WaitingForBinding',
        `Data from before was found on volume ${plan.volume.volumeId}; its PersistentVolume is made, the claim comes next.`,
      );
    case 'TakeClaim':
      return fails(
        'WaitingForBinding',
        `Claim "${plan.claim.metadata.name}" is this database's now; its volume is looked at next.`,
      );
    case 'AwaitGrowth':
    case 'Wait':
    case 'Refuse':
      return fails(plan.reason, plan.message);
  }
};

const stalledOf = (plan: VolumeOutcome): Finding =>
  plan.step === 'Refuse' || (plan.step === 'AwaitGrowth' && plan.needsHuman)
    ? holds(plan.reason, plan.message)
    : fails('NotStalled', 'Nothing waits for a human.');

const resizingOf = (plan: VolumeOutcome): Finding =>
  plan.step === 'AwaitGrowth'
    ? holds(plan.reason, plan.message)
    : fails('NotResizing', 'The volume is not on its way to another size or speed.');

const factsOf = ({
  conditions: _said,
  observedGeneration: _set,
  refusedModification: _over,
  ...facts
}: VolumeStatus): VolumeStatus => facts;

const volumeFacts = (volume: PersistentVolume): VolumeStatus => {
  const [volumeId, zone] = [volumeHandleOf(volume), zoneOf(volume)];
  return {
    volumeName: volume.metadata.name,
    ...(volumeId === undefined ? {} : { volumeId }),
    ...(zone === undefined ? {} : { zone }),
  };
};

const performanceFacts = ({ bound }: Observed): VolumeStatus => {
  const { iops, throughput } = bound === undefined || bound === 'Gone' ? {} : bound;
  return { ...(iops === undefined ? {} : { iops }), ...(throughput === undefined ? {} : { throughput }) };
};

/** Told together with the claim: a pod that mounted the one without the other would write where nothing is to be written. */
const layoutFact = (observed: Observed, plan: VolumeOutcome): VolumeStatus => {
  const { claim } = observed;
  const ofClaim = claim === undefined ? undefined : layoutOfClaim(observed, claim);
  const layout = plan.step === 'Bind' ? layoutFor(observed, plan.persistentVolume.metadata.annotations) : ofClaim;
  return layout === undefined ? {} : { layout };
};

/** What the claim has, not what is asked for. */
export const sizeFact = (claim: Claim | undefined): VolumeStatus => {
  const size = claim?.status?.capacity?.storage;
  return size === undefined ? {} : { size };
};

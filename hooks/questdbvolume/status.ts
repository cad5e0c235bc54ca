import { fails, holds, transition, type Finding } from '../api/conditions.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { generationOf } from '../api/kinds.ts';
import { isDataOf } from '../api/labels.ts';
import { claimName } from '../api/names.ts';
import { volumeHandleOf, zoneOf, type Observed } from './observe.ts';
import type { VolumePlan } from './plan.ts';
import type { Claim, PersistentVolume } from './ports.ts';

export type VolumeStatus = NonNullable<QuestDBVolume['status']>;

/** The status after the plan was carried out. What is known of the volume is never forgotten: the guard reads it. */
export const statusOf = (observed: Observed, plan: VolumePlan): VolumeStatus => {
  const { parent, now } = observed;
  const { claim, volume } = subjectsOf(observed, plan);
  const known = parent.status ?? {};
  return {
    conditions: transition(
      { Ready: readyOf(observed, plan), Stalled: stalledOf(plan) },
      { previous: known.conditions, generation: generationOf(parent), now },
    ),
    ...factsOf(known),
    ...(claim === undefined ? {} : { claimName: claim }),
    ...(volume === undefined ? {} : { ...volumeFacts(volume), ...performanceFacts(observed) }),
    ...(plan.step === 'MakePersistentVolume' ? { zone: plan.volume.zone } : {}),
    ...(claim === undefined ? {} : sizeFact(observed.claim)),
  };
};

/** The claim and the PersistentVolume the plan is about, when it is sure that they are this database's. */
const subjectsOf = (
  observed: Observed,
  plan: VolumePlan,
): { claim: string | undefined; volume: PersistentVolume | undefined } => {
  switch (plan.step) {
    case 'Keep':
    case 'Secure':
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

const readyOf = ({ identity }: Observed, plan: VolumePlan): Finding => {
  switch (plan.step) {
    case 'Keep':
    case 'Secure':
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
    case 'Wait':
    case 'Refuse':
      return fails(plan.reason, plan.message);
  }
};

const stalledOf = (plan: VolumePlan): Finding =>
  plan.step === 'Refuse' ? holds(plan.reason, plan.message) : fails('NotStalled', 'Nothing waits for a human.');

const factsOf = ({ conditions: _said, observedGeneration: _set, ...facts }: VolumeStatus): VolumeStatus => facts;

const volumeFacts = (volume: PersistentVolume): VolumeStatus => {
  const [volumeId, zone] = [volumeHandleOf(volume), zoneOf(volume)];
  return {
    volumeName: volume.metadata.name,
    ...(volumeId === undefined ? {} : { volumeId }),
    ...(zone === undefined ? {} : { zone }),
  };
};

const performanceFacts = ({ bound }: Observed): VolumeStatus => ({
  ...(bound?.iops === undefined ? {} : { iops: bound.iops }),
  ...(bound?.throughput === undefined ? {} : { throughput: bound.throughput }),
});

/** What the claim has, not what is asked for. */
export const sizeFact = (claim: Claim | undefined): VolumeStatus => {
  const size = claim?.status?.capacity?.storage;
  return size === undefined ? {} : { size };
};

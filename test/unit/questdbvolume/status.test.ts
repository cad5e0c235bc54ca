import { describe, expect, it } from 'vitest';
import type { Observed } from '../../../hooks/questdbvolume/observe.ts';
import type { VolumeOutcome } from '../../../hooks/questdbvolume/steps.ts';
import { statusOf } from '../../../hooks/questdbvolume/status.ts';
import {
  aClaim,
  anEbsVolume,
  aPersistentVolume,
  aVolumeParent,
  observingVolume,
  VOLUME_ID,
} from '../../fixtures/questdbvolume.ts';

const claim = aClaim();
const persistentVolume = aPersistentVolume();
const VOLUME = { volumeName: 'pvc-1', volumeId: VOLUME_ID, zone: 'eu-west-1a' };
const wait: VolumeOutcome = { step: 'Wait', reason: 'WaitingForBinding', message: 'Binding.' };
const refuse: VolumeOutcome = { step: 'Refuse', reason: 'ForeignClaim', message: 'Not ours.' };

const saidOf = (plan: VolumeOutcome, changes: Partial<Observed> = {}) =>
  (statusOf(observingVolume(changes), plan).conditions ?? []).map(({ type, status, reason, message }) => [
    type,
    status,
    reason,
    message,
  ]);
const factsOf = (plan: VolumeOutcome, changes: Partial<Observed> = {}) => {
  const { conditions: _said, ...facts } = statusOf(observingVolume({ bound: undefined, ...changes }), plan);
  return facts;
};

const NOT_RESIZING = ['Resizing', 'False', 'NotResizing', 'The volume is not on its way to another size or speed.'];

describe('the conditions of a QuestDBVolume', () => {
  it.each<[VolumeOutcome, string, string, string]>([
    [{ step: 'Keep', claim, persistentVolume }, 'True', 'Bound', `Claim "trades-data" is bound to ${VOLUME_ID}.`],
    [
      { step: 'Keep', claim, persistentVolume: { ...persistentVolume, spec: {} } },
      'True',
      'Bound',
      'Claim "trades-data" is bound to pvc-1.',
    ],
    [
      { step: 'CreateBlank' },
      'False',
      'WaitingForFirstConsumer',
      `Claim "trades-data" gets its volume when the database's pod is scheduled.`,
    ],
    [
      { step: 'Bind', persistentVolume },
      'False',
      'WaitingForBinding',
      'Data from before was found: claim "trades-data" waits to be bound to PersistentVolume "pvc-1".',
    ],
    [
      { step: 'MakePersistentVolume', volume: anEbsVolume(), lostBy: undefined },
      'False',
      'WaitingForBinding',
      `Data from before was found on volume ${VOLUME_ID}; its PersistentVolume is made, the claim comes next.`,
    ],
    [
      { step: 'TakeClaim', claim },
      'False',
      'WaitingForBinding',
      `Claim "trades-data" is this database's now; its volume is looked at next.`,
    ],
    [wait, 'False', 'WaitingForBinding', 'Binding.'],
  ])('say what waits for no human: %#', (plan, status, reason, message) => {
    expect(saidOf(plan)).toEqual([
      ['Ready', status, reason, message],
      NOT_RESIZING,
      ['Stalled', 'False', 'NotStalled', 'Nothing waits for a human.'],
    ]);
  });

  it('say what waits for one', () => {
    expect(saidOf(refuse)).toEqual([
      ['Ready', 'False', 'ForeignClaim', 'Not ours.'],
      NOT_RESIZING,
      ['Stalled', 'True', 'ForeignClaim', 'Not ours.'],
    ]);
  });
});

describe('what is known of the volume', () => {
  it.each<[string, VolumeOutcome, Partial<Observed>, object]>([
    [
      'all, when it is kept',
      { step: 'Keep', claim, persistentVolume },
      { claim },
      { claimName: 'trades-data', ...VOLUME, size: '100Gi' },
    ],
    [
      'what the claim names, when it is taken',
      { step: 'TakeClaim', claim },
      { persistentVolume },
      { claimName: 'trades-data', ...VOLUME },
    ],
    ['the claim, when it has no volume yet', { step: 'TakeClaim', claim }, {}, { claimName: 'trades-data' }],
    [
      'the claim to be, when it is bound',
      { step: 'Bind', persistentVolume },
      {},
      { claimName: 'trades-data', ...VOLUME },
    ],
    ['the claim to be, when it is blank', { step: 'CreateBlank' }, {}, { claimName: 'trades-data' }],
    [
      'the zone, when its PersistentVolume is made',
      { step: 'MakePersistentVolume', volume: anEbsVolume({ zone: 'eu-west-1c' }), lostBy: undefined },
      {},
      { zone: 'eu-west-1c' },
    ],
    ['nothing, when nothing is sure', refuse, {}, {}],
    [
      'the claim that is waited for',
      wait,
      { claim: aClaim({ status: {} }), persistentVolume },
      { claimName: 'trades-data', ...VOLUME },
    ],
    ['nothing, when there is no claim to wait for', wait, {}, {}],
  ])('is %s', (_name, plan, changes, facts) => {
    expect(factsOf(plan, changes)).toEqual(facts);
  });

  it('is what EC2 shows that it can do, from then on', () => {
    const keep: VolumeOutcome = { step: 'Keep', claim, persistentVolume };
    const bound = anEbsVolume({ iops: 3000, throughput: 125 });
    const read = factsOf(keep, { bound });
    expect(read).toMatchObject({ iops: 3000, throughput: 125 });
    expect(factsOf(keep, { parent: aVolumeParent({ status: read }) })).toMatchObject({ iops: 3000, throughput: 125 });
    const { throughput: _none, ...gp2 } = anEbsVolume({ iops: 100 });
    expect(factsOf(keep, { bound: gp2 })).not.toHaveProperty('throughput');
    expect(factsOf(keep, { bound: 'Gone' })).not.toHaveProperty('iops');
  });

  it("is nothing of a claim that is somebody else's", () => {
    const foreign = aClaim({
      metadata: { labels: {}, annotations: {}, deletionTimestamp: '2026-03-01T12:00:00Z' },
      status: {},
    });
    const terminating: VolumeOutcome = { step: 'Wait', reason: 'ClaimTerminating', message: 'Going.' };
    expect(factsOf(terminating, { claim: foreign, persistentVolume })).toEqual({});
  });

  it("has no size of a claim that is somebody else's", () => {
    expect(factsOf(refuse, { claim: aClaim({ metadata: { labels: {}, annotations: {} } }) })).toEqual({});
  });

  it('is never forgotten', () => {
    const known = { claimName: 'old-data', volumeName: 'pvc-0', volumeId: 'vol-0', zone: 'eu-west-1c', size: '5Gi' };
    const parent = aVolumeParent({ status: { ...known, observedGeneration: 1 } });
    expect(factsOf(refuse, { parent })).toEqual(known);
    expect(factsOf(wait, { parent, claim: aClaim({ metadata: { name: 'old-data' }, status: {} }) })).toEqual(known);
  });

  it('has no zone that the PersistentVolume does not name', () => {
    const { nodeAffinity: _zone, csi: _csi, ...spec } = persistentVolume.spec ?? {};
    const local = { ...persistentVolume, spec };
    expect(factsOf({ step: 'Keep', claim, persistentVolume: local })).toEqual({
      claimName: 'trades-data',
      volumeName: 'pvc-1',
    });
  });
});

describe('a volume that grows', () => {
  const grows = (changes: Partial<Extract<VolumeOutcome, { step: 'AwaitGrowth' }>> = {}): VolumeOutcome => ({
    step: 'AwaitGrowth',
    claim,
    persistentVolume,
    reason: 'ModificationLimited',
    message: 'Later.',
    needsHuman: false,
    refused: undefined,
    ...changes,
  });
  const refused = {
    reason: 'VolumeModificationRateExceeded',
    message: 'Too often.',
    since: '2026-03-01T12:00:00Z',
    nextTry: '2026-03-01T12:30:00Z',
    wish: '200 GiB',
  };

  it('says so, and that it is not Ready, and is Stalled only when it waits for a human', () => {
    expect(saidOf(grows())).toEqual([
      ['Ready', 'False', 'ModificationLimited', 'Later.'],
      ['Resizing', 'True', 'ModificationLimited', 'Later.'],
      ['Stalled', 'False', 'NotStalled', 'Nothing waits for a human.'],
    ]);
    expect(saidOf(grows({ needsHuman: true })).at(-1)).toEqual(['Stalled', 'True', 'ModificationLimited', 'Later.']);
  });

  it('remembers what EC2 refused for as long as that is waited for', () => {
    expect(factsOf(grows({ refused }))).toMatchObject({ claimName: 'trades-data', refusedModification: refused });
    const parent = aVolumeParent({ status: { refusedModification: refused } });
    expect(factsOf(grows(), { parent })).not.toHaveProperty('refusedModification');
    expect(factsOf({ step: 'Keep', claim, persistentVolume }, { parent })).not.toHaveProperty('refusedModification');
  });
});

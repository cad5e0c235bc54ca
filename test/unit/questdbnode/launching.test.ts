import { describe, expect, it } from 'vitest';
import type { QuestDBNodeClass } from '../../../hooks/api/generated/questdbnodeclass.ts';
import { launch } from '../../../hooks/questdbnode/launching.ts';
import type { LaunchIntent, Shortage } from '../../../hooks/questdbnode/memory.ts';
import { planDecision } from '../../../hooks/questdbnode/plan-launch.ts';
import { STAMP, stampAfter } from '../../fixtures/clock.ts';
import { nodeWorld, type NodeFacts } from '../../fixtures/node-world.ts';
import { aNodeClass, aNodeParent, CONTEXT, observingNode } from '../../fixtures/questdbnode.ts';

const ZONE = 'eu-west-1a';
const inZone = (...ids: string[]) => ids.map((id) => ({ zone: ZONE, id }));
const THREE: Partial<QuestDBNodeClass['spec']> = {
  subnets: [{ zone: 'eu-west-1b', id: 'subnet-b' }, ...inZone('subnet-1', 'subnet-2', 'subnet-3')],
};
const FULL = { outcome: 'NoCapacity', code: 'InsufficientFreeAddressesInSubnet', message: 'Full.' } as const;
const NO_CAPACITY = { outcome: 'NoCapacity', code: 'InsufficientInstanceCapacity', message: 'None.' } as const;
const REFUSED = { outcome: 'Refused', code: 'UnauthorizedOperation', message: 'No.' } as const;
const SHORTAGE: Shortage = { reason: FULL.code, message: 'Full.', since: stampAfter(-600), nextTry: stampAfter(-1) };

const decided = (spec: Partial<QuestDBNodeClass['spec']>, attempt = 1): LaunchIntent => {
  const decision = planDecision(observingNode({ nodeClass: aNodeClass(spec) }), CONTEXT, attempt);
  if (decision.step !== 'Decide') throw new Error(decision.refusal.message);
  return { ...decision.launch, requestedAt: stampAfter(-30) };
};

type Tried = {
  intent: LaunchIntent;
  spec?: Partial<QuestDBNodeClass['spec']>;
  shortage?: Shortage;
  answer: NonNullable<NodeFacts['launch']>;
};

/** What comes of asking EC2 for that intent, with that class, when EC2 answers so. */
const tried = async ({ intent, spec = THREE, shortage, answer }: Tried) => {
  const { ports, effects } = nodeWorld({ launch: answer });
  const status = { launch: intent, ...(shortage === undefined ? {} : { shortage }) };
  const observed = observingNode({ parent: aNodeParent({ status }), nodeClass: aNodeClass(spec) });
  const progress = await launch(ports, observed, intent);
  return { progress, effects };
};

describe('a subnet without a free address', () => {
  it.each([
    ['subnet-1', 'subnet-2'],
    ['subnet-2', 'subnet-3'],
  ])(
    '%s is followed by %s at once, as another attempt: EC2 remembers what was asked with a token',
    async (full, subnetId) => {
      const intent = { ...decided(THREE), subnetId: full };
      const { progress, effects } = await tried({ intent, answer: FULL });
      expect(progress).toEqual({
        step: 'NextSubnet',
        full,
        launch: { ...decided(THREE, 2), subnetId, requestedAt: STAMP },
        shortage: undefined,
      });
      // It is written down first.
      expect(effects).toEqual([{ call: 'launch', with: intent }]);
    },
  );

  it('that was the last is a shortage, after which the first is tried again', async () => {
    const intent = { ...decided(THREE), subnetId: 'subnet-3' };
    const { progress, effects } = await tried({ intent, answer: FULL });
    expect(progress).toEqual({
      step: 'NoCapacity',
      shortage: { reason: FULL.code, message: 'Full.', since: STAMP, nextTry: stampAfter(180) },
      launch: { ...decided(THREE, 2), requestedAt: STAMP },
    });
    expect(effects.map(({ call }) => call)).toEqual(['launch', 'record']);
  });

  it('keeps what is known of the shortage while the others are tried again', async () => {
    const intent = decided(THREE);
    const { progress } = await tried({ intent, answer: FULL, shortage: SHORTAGE });
    expect(progress).toMatchObject({ step: 'NextSubnet', shortage: SHORTAGE });
    const last = await tried({ intent: { ...intent, subnetId: 'subnet-3' }, answer: FULL, shortage: SHORTAGE });
    expect(last.progress).toMatchObject({
      step: 'NoCapacity',
      shortage: { since: SHORTAGE.since, nextTry: stampAfter(600) },
    });
    // It was told of before.
    expect(last.effects.map(({ call }) => call)).toEqual(['launch']);
  });

  it('is the only one: then it is a shortage', async () => {
    const spec = { subnets: inZone('subnet-1') };
    const intent = decided(spec);
    const { progress } = await tried({ intent, spec, answer: FULL });
    expect(progress).toMatchObject({ step: 'NoCapacity', launch: intent });
  });

  it('that the class has no more is followed by the first it has', async () => {
    const intent = { ...decided(THREE), subnetId: 'subnet-old' };
    const { progress } = await tried({ intent, answer: FULL });
    expect(progress).toMatchObject({ step: 'NextSubnet', launch: { subnetId: 'subnet-1' } });
  });

  it('is no reason to try another one when there is no capacity', async () => {
    const intent = decided(THREE);
    const { progress } = await tried({ intent, answer: NO_CAPACITY });
    expect(progress).toMatchObject({ step: 'NoCapacity', launch: intent });
  });
});

describe('a lack of capacity', () => {
  it('is tried next as the class has it by then', async () => {
    const intent = decided({ ...THREE, capacityReservationId: 'cr-full' });
    const { progress } = await tried({
      intent,
      answer: { ...NO_CAPACITY, code: 'ReservationCapacityExceeded' },
    });
    expect(progress).toMatchObject({ step: 'NoCapacity', shortage: { reason: 'ReservationCapacityExceeded' } });
    expect(progress).toHaveProperty('launch', { ...decided(THREE, 2), requestedAt: STAMP });
  });
});

describe('a refusal in a later subnet', () => {
  it('is not taken for mended because the class names another one first', async () => {
    const intent = { ...decided(THREE), subnetId: 'subnet-2' };
    const { progress } = await tried({ intent, answer: REFUSED });
    expect(progress).toMatchObject({ step: 'Refuse', refusal: { reason: 'LaunchRefused' } });
  });

  it('is decided anew in that subnet when the class was mended', async () => {
    const intent = { ...decided(THREE), subnetId: 'subnet-2' };
    const { progress } = await tried({ intent, spec: { ...THREE, instanceProfile: 'mended' }, answer: REFUSED });
    expect(progress).toEqual({
      step: 'Decide',
      launch: { ...intent, instanceProfile: 'mended', requestedAt: STAMP },
    });
  });

  it('is decided anew in the first one when the class has dropped that one', async () => {
    const intent = { ...decided(THREE), subnetId: 'subnet-2' };
    const spec = { subnets: inZone('subnet-1', 'subnet-3') };
    const { progress } = await tried({ intent, spec, answer: REFUSED });
    expect(progress).toMatchObject({ step: 'Decide', launch: { subnetId: 'subnet-1', token: intent.token } });
  });
});

import { describe, expect, it } from 'vitest';
import type { Observed } from '../../../hooks/questdbnode/observe.ts';
import type { Progress } from '../../../hooks/questdbnode/progress.ts';
import { after, stampAfter } from '../../fixtures/clock.ts';
import { condition } from '../../fixtures/conditions.ts';
import { rest, said, statusFor } from '../../fixtures/node-status.ts';
import { aClusterNode, aNodeParent, anInstance, anIntent, INSTANCE_ID } from '../../fixtures/questdbnode.ts';

const launch = anIntent();
const instance = anInstance();
const WAITS_FOR_EC2 = `Instance ${INSTANCE_ID} was launched; waiting for EC2 to show it.`;

describe('the conditions of a QuestDBNode whose instance EC2 does not show', () => {
  const unseen = (seconds: number, launched: 'True' | 'False' = 'True', changes = {}) =>
    said(
      { step: 'AwaitVisible', instanceId: INSTANCE_ID },
      {
        parent: aNodeParent({
          status: {
            instanceId: INSTANCE_ID,
            launchedAt: stampAfter(0),
            conditions: [condition('Launched', launched)],
          },
        }),
        now: after(seconds),
        ...changes,
      },
    );
  const joining = said({ step: 'AwaitJoin', instance, waitsFor: 'NodeNotJoined' });
  const hidden = said({ step: 'AwaitVisible', instanceId: INSTANCE_ID });

  it('are those of one that boots, as soon as EC2 has made it', () => {
    expect(said({ step: 'Launched', launch, instanceId: INSTANCE_ID })).toEqual(joining);
  });

  it('stay so for half a minute', () => {
    expect([0, 6, 29.9].map((seconds) => unseen(seconds))).toEqual([joining, joining, joining]);
  });

  it('tell it from then on', () => {
    expect(hidden.Ready).toEqual(['False', 'InstanceNotVisible', WAITS_FOR_EC2]);
    expect([30, 3600].map((seconds) => unseen(seconds))).toEqual([hidden, hidden]);
  });

  it('do not take it back once it is told', () => {
    expect(unseen(29.9, 'False')).toEqual(hidden);
  });

  it('tell it at once when its Node is Ready: then the operator looks in the wrong place', () => {
    const { Launched, Ready } = unseen(0, 'True', { node: aClusterNode() });
    expect(Ready).toEqual(Launched);
    expect(Ready?.slice(0, 2)).toEqual(['False', 'InstanceNotVisible']);
    expect(Ready?.[2]).toContain('Check the region and the account of the operator.');
    expect(unseen(0, 'True', { node: aClusterNode({ ready: false }) })).toEqual(joining);
  });
});

describe('what is known of an instance that was just launched', () => {
  it('has what was asked for until EC2 shows it, and no longer than half a minute', () => {
    const { conditions: _said, ...status } = statusFor({
      step: 'Launched',
      launch,
      instanceId: INSTANCE_ID,
    });
    const parent = aNodeParent({ status: { ...status, conditions: [condition('Launched', 'True')] } });
    const unseen = (seconds: number) =>
      rest({ step: 'AwaitVisible', instanceId: INSTANCE_ID }, { parent, now: after(seconds) });
    expect(unseen(29.9)).toEqual(status);
    const { instanceType: _type, zone: _zone, ...left } = status;
    expect(unseen(30)).toEqual(left);
  });

  it('takes what EC2 shows for what was asked for', () => {
    const status = {
      instanceId: INSTANCE_ID,
      launchedAt: stampAfter(0),
      instanceType: 'r6i.2xlarge',
      zone: 'eu-west-1a',
    };
    const parent = aNodeParent({ status: { ...status, conditions: [condition('Launched', 'True')] } });
    const seen = anInstance({ instanceType: 'm6i.large', zone: 'eu-west-1b' });
    expect(rest({ step: 'AwaitJoin', instance, waitsFor: 'NodeNotJoined' }, { parent, instance: seen })).toEqual({
      ...status,
      instanceType: 'm6i.large',
      zone: 'eu-west-1b',
    });
  });
});

describe('the name of the Node', () => {
  const BOOTS: Progress = { step: 'AwaitJoin', instance, waitsFor: 'NodeNotJoined' };
  type Case = { progress?: Progress; status?: NonNullable<Observed['parent']['status']>; ready?: boolean };
  const nameAt = (seconds: number, { progress = BOOTS, status = {}, ready = false }: Case = {}) =>
    statusFor(progress, {
      parent: aNodeParent({ status: { instanceId: INSTANCE_ID, ...status } }),
      instance,
      node: aClusterNode({ ready, createdAt: stampAfter(0) }),
      now: after(seconds),
    }).nodeName;
  const NAME = 'ip-10-0-0-7.eu-west-1.compute.internal';

  it('is not told in its first minute', () => {
    expect([0, 59.9].map((seconds) => nameAt(seconds))).toEqual([undefined, undefined]);
    expect([60, 3600].map((seconds) => nameAt(seconds))).toEqual([NAME, NAME]);
  });

  it('is told as soon as it serves, and from then on', () => {
    expect(nameAt(0, { progress: { step: 'Serve', instance }, ready: true })).toBe(NAME);
    expect(nameAt(0, { status: { joinedAt: stampAfter(-600) } })).toBe(NAME);
  });
});

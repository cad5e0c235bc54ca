import { describe, expect, it } from 'vitest';
import { conditionOf } from '../../../hooks/api/conditions.ts';
import type { Observed } from '../../../hooks/questdbnode/observe.ts';
import type { Progress } from '../../../hooks/questdbnode/progress.ts';
import { NOTHING_RETIRES } from '../../../hooks/questdbnode/retiring.ts';
import { statusOf } from '../../../hooks/questdbnode/status.ts';
import { stampAfter } from '../../fixtures/clock.ts';
import {
  AN_INSTANCE_TYPE,
  aClusterNode,
  aNodeParent,
  anInstance,
  anIntent,
  observingNode,
} from '../../fixtures/questdbnode.ts';

const instance = anInstance();
const launch = anIntent();
const shortage = { reason: 'X', message: 'Full.', since: stampAfter(-60), nextTry: stampAfter(60) };

const status = (progress: Progress, changes: Partial<Observed> = {}, tagsRefused?: string) =>
  statusOf(observingNode({ node: aClusterNode(), ...changes }), progress, NOTHING_RETIRES, tagsRefused);

describe('what an instance type can do on EBS', () => {
  const known = { baselineThroughput: 1, maximumThroughput: 2, baselineIops: 3, maximumIops: 4 };

  it.each<[string, Progress, Partial<Observed>, unknown]>([
    ['is told when the instance serves', { step: 'Serve', instance }, {}, AN_INSTANCE_TYPE.ebs],
    ['is not told before', { step: 'AwaitJoin', instance, waitsFor: 'NodeNotReady' }, {}, undefined],
    ['is not told when EC2 has not said it', { step: 'Serve', instance }, { instanceType: undefined }, undefined],
    [
      'is not told of a type that has no limits',
      { step: 'Serve', instance },
      { instanceType: { architectures: ['x86_64'] } },
      undefined,
    ],
    [
      'is kept once it was told',
      { step: 'Serve', instance },
      { parent: aNodeParent({ status: { ebs: known } }) },
      known,
    ],
    [
      'is kept while another instance is waited for',
      { step: 'Decide', launch },
      { parent: aNodeParent({ status: { ebs: known } }), instanceType: undefined },
      known,
    ],
  ])('%s', (_name, progress, changes, ebs) => {
    expect(status(progress, changes).ebs).toEqual(ebs);
  });
});

describe('a launch that was changed because EC2 had no room', () => {
  it.each<[string, Progress, object]>([
    ['in the next subnet', { step: 'NextSubnet', full: 'subnet-a', launch, shortage: undefined }, { launch }],
    ['in the next subnet, again', { step: 'NextSubnet', full: 'subnet-a', launch, shortage }, { launch, shortage }],
    ['after a lack of capacity', { step: 'NoCapacity', launch, shortage }, { launch, shortage }],
    ['while it waits', { step: 'AwaitCapacity', launch, shortage }, { launch, shortage }],
  ])('is written down: %s', (_what, progress, expected) => {
    const made = status(progress, {
      parent: aNodeParent({ status: { launch: anIntent({ subnetId: 'subnet-old' }) } }),
    });
    expect({ launch: made.launch, ...(made.shortage === undefined ? {} : { shortage: made.shortage }) }).toEqual(
      expected,
    );
  });

  it('leaves the launch of an instance that is only to be started as it was', () => {
    const old = anIntent({ subnetId: 'subnet-old' });
    const made = status({ step: 'NoCapacity', shortage }, { parent: aNodeParent({ status: { launch: old } }) });
    expect(made.launch).toEqual(old);
  });

  it('says which subnet is full, and which is next', () => {
    const made = status({ step: 'NextSubnet', full: 'subnet-1', launch, shortage: undefined });
    const ready = conditionOf(made.conditions, 'Ready');
    expect(ready).toMatchObject({ status: 'False', reason: 'InsufficientFreeAddressesInSubnet' });
    expect(ready?.message).toMatch(/^Subnet subnet-1 has no free address\..*subnet-a/);
  });
});

describe('tags that EC2 does not take', () => {
  const REFUSED = 'EC2 CreateTags was refused.';

  it('are for a human, and leave the instance Ready', () => {
    const { conditions } = status({ step: 'Serve', instance }, {}, REFUSED);
    expect(conditionOf(conditions, 'Ready')?.status).toBe('True');
    expect(conditionOf(conditions, 'Stalled')).toMatchObject({
      status: 'True',
      reason: 'TagsRefused',
      message: REFUSED,
    });
  });

  it('are less than what else a human must do', () => {
    const refusal = { reason: 'JoinTimeout', message: 'Too long.' } as const;
    const { conditions } = status({ step: 'Refuse', refusal, instance }, {}, REFUSED);
    expect(conditionOf(conditions, 'Stalled')?.reason).toBe('JoinTimeout');
  });
});

import { describe, expect, it } from 'vitest';
import type { QuestDBNodeClass } from '../../../hooks/api/generated/questdbnodeclass.ts';
import { driftOf } from '../../../hooks/questdbnode/drift.ts';
import { intentOf } from '../../../hooks/questdbnode/intent.ts';
import type { LaunchIntent } from '../../../hooks/questdbnode/memory.ts';
import type { Observed } from '../../../hooks/questdbnode/observe.ts';
import { NOW } from '../../fixtures/clock.ts';
import { condition } from '../../fixtures/conditions.ts';
import {
  AN_IMAGE,
  aNodeClass,
  aNodeParent,
  CLUSTER_NAME,
  INSTANCE_ID,
  observingNode,
} from '../../fixtures/questdbnode.ts';

type ClassSpec = Partial<QuestDBNodeClass['spec']>;

/** What everything was launched from that is launched here. */
const AT_LAUNCH: ClassSpec = {
  rootVolume: { size: 30 },
  tags: { team: 'data' },
  kubelet: { maxPods: 20 },
  metadataOptions: { httpPutResponseHopLimit: 2 },
  capacityReservationId: 'cr-1',
};

const launched = (changes: Partial<LaunchIntent> = {}): LaunchIntent => ({
  ...intentOf(aNodeParent(), {
    nodeClass: aNodeClass(AT_LAUNCH),
    image: AN_IMAGE,
    subnetId: 'subnet-a',
    attempt: 1,
    clusterName: CLUSTER_NAME,
    now: NOW,
  }),
  ...changes,
});

type Status = NonNullable<Observed['parent']['status']>;

const drift = (
  now: ClassSpec,
  { launch = launched(), status = {}, ...changes }: Partial<Observed> & { launch?: LaunchIntent; status?: Status } = {},
) => {
  const parent = aNodeParent({ status: { instanceId: INSTANCE_ID, launch, ...status } });
  const nodeClass = aNodeClass({ ...AT_LAUNCH, ...now });
  const observed = observingNode({ parent, nodeClass, image: 'NotRead', ...changes });
  return driftOf(observed, observed.parent.status?.instanceId);
};

const without = (field: keyof QuestDBNodeClass['spec']): QuestDBNodeClass => {
  const { spec, ...rest } = aNodeClass(AT_LAUNCH);
  return { ...rest, spec: Object.fromEntries(Object.entries(spec).filter(([key]) => key !== field)) as typeof spec };
};

const ALSO = { zone: 'eu-west-1a', id: 'subnet-a2' };
const SUBNETS = aNodeClass().spec.subnets;

describe('an instance is as its class would make it now', () => {
  it.each<[string, ClassSpec]>([
    ['when nothing has changed', {}],
    ['when the security groups are named in another order', { securityGroupIds: ['sg-1', 'sg-2'] }],
    ['when there is one more subnet, and before it', { subnets: [ALSO, ...SUBNETS] }],
    ['when a tag of the class is gone', { tags: {} }],
    ['when the class waits longer', { joinTimeoutSeconds: 60, unreachableAfterSeconds: 60 }],
  ])('%s', (_when, now) => {
    expect(drift(now)).toMatchObject({ status: 'False', reason: 'UpToDate' });
  });

  it('when the newest image that its name finds is the one it has', () => {
    const now = { ami: { owner: 'amazon', name: 'al2023-*' } };
    expect(drift(now, { image: AN_IMAGE })).toMatchObject({ status: 'False', reason: 'UpToDate' });
  });

  it('when the intent is from before hop limits were written down', () => {
    const { httpPutResponseHopLimit: _none, ...launch } = launched();
    expect(drift({}, { launch, nodeClass: without('metadataOptions') })).toMatchObject({ reason: 'UpToDate' });
    const now = { metadataOptions: { httpPutResponseHopLimit: 1 } };
    expect(drift(now, { launch })).toMatchObject({ reason: 'UpToDate' });
  });
});

describe('an instance is behind its class', () => {
  it.each<[string, ClassSpec, Partial<Observed>]>([
    ['ami (ami-0123456789abcdef0, now ami-new)', { ami: { id: 'ami-new' } }, {}],
    [
      'ami (ami-0123456789abcdef0, now ami-newest)',
      { ami: { owner: 'amazon', name: 'al2023-*' } },
      { image: { ...AN_IMAGE, imageId: 'ami-newest' } },
    ],
    ['subnets (without subnet-a)', { subnets: [ALSO] }, {}],
    ['securityGroupIds', { securityGroupIds: ['sg-1'] }, {}],
    ['instanceProfile', { instanceProfile: 'another' }, {}],
    ['rootVolume', { rootVolume: { size: 31 } }, {}],
    ['rootVolume', {}, { nodeClass: without('rootVolume') }],
    ['metadataOptions', { metadataOptions: { httpPutResponseHopLimit: 1 } }, {}],
    ['metadataOptions', {}, { nodeClass: without('metadataOptions') }],
    ['capacityReservationId', { capacityReservationId: 'cr-2' }, {}],
    ['capacityReservationId', {}, { nodeClass: without('capacityReservationId') }],
    ['the user data (cluster, kubelet)', { kubelet: { maxPods: 21 } }, {}],
    ['the user data (cluster, kubelet)', { cluster: { ...aNodeClass().spec.cluster, name: 'eks-2' } }, {}],
    ['tags (cost, team)', { tags: { team: 'other', cost: '1' } }, {}],
  ])('in %s', (what, now, changes) => {
    const { status, reason, message } = drift(now, changes);
    expect([status, reason]).toEqual(['True', 'NodeClassChanged']);
    expect(message).toContain(`QuestDBNodeClass "default" has changed in: ${what}. `);
  });

  it('in several things, and says which instance, and what to do about it', () => {
    const { message } = drift({ instanceProfile: 'another', ami: { id: 'ami-new' } });
    expect(message).toContain(`instance ${INSTANCE_ID}`);
    expect(message).toContain('ami (ami-0123456789abcdef0, now ami-new), instanceProfile.');
    expect(message).toContain('kubectl annotate questdb -n acme trades --overwrite questdb-fleet.dev/replace-node=');
  });
});

describe('an instance that was launched in this very pass', () => {
  const justLaunched = (now: ClassSpec) => {
    const parent = aNodeParent({ status: { launch: launched() } });
    return driftOf(observingNode({ parent, nodeClass: aNodeClass({ ...AT_LAUNCH, ...now }) }), 'i-new');
  };

  it('is judged already, by its id', () => {
    expect(justLaunched({})).toMatchObject({ status: 'False', reason: 'UpToDate' });
    const behind = justLaunched({ instanceProfile: 'another' });
    expect(behind).toMatchObject({ status: 'True', reason: 'NodeClassChanged' });
    expect(behind.message).toContain('instance i-new');
  });
});

describe('it is not known whether an instance is behind', () => {
  const BY_NAME = { ami: { owner: 'amazon', name: 'al2023-*' } };

  it.each<[string, Partial<Observed>, string]>([
    ['that is not launched', { parent: aNodeParent() }, 'NotLaunched'],
    ['whose launch is only written down', { parent: aNodeParent({ status: { launch: launched() } }) }, 'NotLaunched'],
    [
      'of whose launch nothing is known',
      { parent: aNodeParent({ status: { instanceId: INSTANCE_ID } }) },
      'NotLaunched',
    ],
    ['whose class is gone', { nodeClass: undefined }, 'NodeClassNotFound'],
    ['whose class finds no image', { nodeClass: aNodeClass(BY_NAME), image: 'NotFound' }, 'ImageNotFound'],
    ['when EC2 does not say', { nodeClass: aNodeClass(BY_NAME) }, 'ImageUnknown'],
  ])('%s', (_what, changes, reason) => {
    expect(drift({}, changes)).toMatchObject({ status: 'Unknown', reason });
  });

  it('when EC2 does not say for a while: what was true stays so', () => {
    const said = condition('Drifted', 'True', { reason: 'NodeClassChanged', message: 'It was.' });
    expect(drift(BY_NAME, { status: { conditions: [said] } })).toEqual({
      status: 'True',
      reason: 'NodeClassChanged',
      message: 'It was.',
    });
  });
});

import { describe, expect, it } from 'vitest';
import type { QuestDBNodeClass } from '../../../hooks/api/generated/questdbnodeclass.ts';
import type { Observed } from '../../../hooks/questdbnode/observe.ts';
import { planDecision, planLaunch } from '../../../hooks/questdbnode/plan-launch.ts';
import { STAMP, stampAfter } from '../../fixtures/clock.ts';
import {
  AN_IMAGE,
  AN_INSTANCE_TYPE,
  aNodeClass,
  aNodeParent,
  anIntent,
  CONTEXT,
  observingNode,
} from '../../fixtures/questdbnode.ts';

type ClassSpec = Partial<QuestDBNodeClass['spec']>;

const decide = (changes: Partial<Observed> = {}) => planDecision(observingNode(changes), CONTEXT, 1);
const reasonOf = (changes: Partial<Observed>): string => {
  const decision = decide(changes);
  return decision.step === 'Refuse' ? decision.refusal.reason : decision.step;
};
const messageOf = (changes: Partial<Observed>): string => {
  const decision = decide(changes);
  return decision.step === 'Refuse' ? decision.refusal.message : '';
};
const launchOf = (spec: ClassSpec, changes: Partial<Observed> = {}) => {
  const decision = decide({ nodeClass: aNodeClass(spec), ...changes });
  return decision.step === 'Decide' ? decision.launch : undefined;
};

const tagsOf = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, 'x']));

const ARM = { architectures: ['arm64'] };
const BY_NAME = { ami: { owner: 'amazon', name: 'al2023-*' } };

describe('a launch that is decided', () => {
  it('is from the image that was found, whatever names it', () => {
    expect(launchOf({})?.imageId).toBe(AN_IMAGE.imageId);
    expect(launchOf(BY_NAME, { image: { ...AN_IMAGE, imageId: 'ami-newest' } })?.imageId).toBe('ami-newest');
  });

  it.each<[string, ClassSpec, Partial<Observed>, object]>([
    ['a hop limit', { metadataOptions: { httpPutResponseHopLimit: 2 } }, {}, { httpPutResponseHopLimit: 2 }],
    ['a capacity reservation', { capacityReservationId: 'cr-1' }, {}, { capacityReservationId: 'cr-1' }],
    [
      'a root volume, under the name the image has for it',
      { rootVolume: { size: 40 } },
      { image: { ...AN_IMAGE, rootDeviceName: '/dev/sda1' } },
      { rootVolumeGiB: 40, rootDeviceName: '/dev/sda1' },
    ],
  ])('has what the class says: %s', (_what, spec, changes, expected) => {
    expect(launchOf(spec, changes)).toMatchObject(expected);
  });

  it('names no device that nobody has named', () => {
    const { rootDeviceName: _none, ...image } = AN_IMAGE;
    expect(launchOf({ rootVolume: { size: 40 } }, { image })).not.toHaveProperty('rootDeviceName');
    expect(launchOf({})).not.toHaveProperty('rootDeviceName');
  });

  it("is in the first of the zone's subnets", () => {
    const subnets = ['subnet-z', 'subnet-a'].map((id) => ({ zone: 'eu-west-1a', id }));
    expect(launchOf({ subnets: [{ zone: 'eu-west-1b', id: 'subnet-b' }, ...subnets] })?.subnetId).toBe('subnet-z');
  });
});

describe('no launch is decided', () => {
  it.each<[string, Partial<Observed>, string]>([
    ['without a class', { nodeClass: undefined }, 'NodeClassNotFound'],
    ['in a zone without a subnet', { parent: aNodeParent({ spec: { zone: 'eu-west-1c' } }) }, 'ZoneNotInNodeClass'],
    ['of a type that EC2 does not offer there', { offeredTypes: ['m6i.large'] }, 'InstanceTypeNotOffered'],
    ['of a type that EC2 does not know', { instanceType: undefined }, 'InstanceTypeNotOffered'],
    ['without an image', { image: 'NotFound' }, 'ImageNotFound'],
    ['when nobody has looked for an image', { image: 'NotRead' }, 'ImageNotFound'],
    ['with an image of another architecture', { instanceType: ARM }, 'ArchitectureMismatch'],
    [
      'with more user data than EC2 takes',
      {
        nodeClass: aNodeClass({
          cluster: { ...aNodeClass().spec.cluster, certificateAuthority: 'A'.repeat(16_384) },
        }),
      },
      'UserDataTooLarge',
    ],
    ['with more tags than EC2 takes', { nodeClass: aNodeClass({ tags: tagsOf(45) }) }, 'TooManyTags'],
  ])('%s', (_name, changes, reason) => {
    expect(reasonOf(changes)).toBe(reason);
  });

  it('but with as many tags and as much user data as EC2 takes', () => {
    expect(reasonOf({ nodeClass: aNodeClass({ tags: tagsOf(44) }) })).toBe('Decide');
    const used = Buffer.byteLength(launchOf({ cluster: { ...aNodeClass().spec.cluster, name: 'x' } })?.userData ?? '');
    const name = 'x'.repeat(16_384 - used + 1);
    expect(reasonOf({ nodeClass: aNodeClass({ cluster: { ...aNodeClass().spec.cluster, name } }) })).toBe('Decide');
    const longer = { ...aNodeClass().spec.cluster, name: `${name}x` };
    expect(reasonOf({ nodeClass: aNodeClass({ cluster: longer }) })).toBe('UserDataTooLarge');
  });
});

describe('a refusal says what to do', () => {
  it.each<[string, Partial<Observed>, string[]]>([
    [
      'an image that is not there',
      { image: 'NotFound' },
      ['ami-0123456789abcdef0', 'spec.ami of QuestDBNodeClass "default"'],
    ],
    [
      'a name that finds nothing',
      { image: 'NotFound', instanceType: ARM, nodeClass: aNodeClass(BY_NAME) },
      ['owner "amazon"', '"al2023-*"', 'arm64', 'r6i.2xlarge', 'spec.ami of QuestDBNodeClass "default"'],
    ],
    [
      'an image that does not fit',
      { instanceType: ARM },
      ['"r6i.2xlarge" is arm64', 'ami-0123456789abcdef0 is x86_64', 'Name an image for arm64', 'choose another'],
    ],
    [
      'a type of two architectures',
      { instanceType: { architectures: ['i386', 'x86_64_mac'] } },
      ['"r6i.2xlarge" is i386 or x86_64_mac'],
    ],
    ['a type that is not offered', { instanceType: undefined }, ['"r6i.2xlarge" in eu-west-1a', 'r6i.large']],
    ['too many tags', { nodeClass: aNodeClass({ tags: tagsOf(45) }) }, ['51 tags', 'takes 50', 'spec.node.tags']],
    [
      'a zone, each once',
      {
        parent: aNodeParent({ spec: { zone: 'eu-west-1c' } }),
        nodeClass: aNodeClass({ subnets: ['1', '2'].map((id) => ({ zone: 'eu-west-1a', id })) }),
      },
      ['It has: eu-west-1a.'],
    ],
  ])('%s', (_what, changes, texts) => {
    for (const text of texts) expect(messageOf(changes)).toContain(text);
  });

  it('fits a type of several architectures with an image of one of them', () => {
    expect(reasonOf({ instanceType: { ...AN_INSTANCE_TYPE, architectures: ['i386', 'x86_64'] } })).toBe('Decide');
  });
});

describe('a launch that waits for capacity', () => {
  const SHORTAGE = {
    reason: 'ReservationCapacityExceeded',
    message: 'Full.',
    since: stampAfter(-60),
    nextTry: stampAfter(120),
  };
  const waiting = (spec: ClassSpec) => {
    const decided = launchOf({ capacityReservationId: 'cr-full' });
    const launch = anIntent({ ...decided, requestedAt: stampAfter(-60) });
    const parent = aNodeParent({ status: { launch, shortage: SHORTAGE } });
    const plan = planLaunch(observingNode({ parent, nodeClass: aNodeClass(spec) }), CONTEXT);
    return { launch, plan };
  };

  it('stays as it was written down while the class stays', () => {
    const { launch, plan } = waiting({ capacityReservationId: 'cr-full' });
    expect(plan).toEqual({ step: 'AwaitCapacity', shortage: SHORTAGE, launch });
  });

  it('is decided anew, as another attempt, when the class changes', () => {
    const { launch, plan } = waiting({ capacityReservationId: 'cr-empty' });
    expect(plan).toMatchObject({
      step: 'AwaitCapacity',
      shortage: SHORTAGE,
      launch: { attempt: launch.attempt + 1, capacityReservationId: 'cr-empty', requestedAt: STAMP },
    });
    expect(plan).not.toMatchObject({ launch: { token: launch.token } });
  });

  it('stays as it was when the class has become one that cannot be launched from', () => {
    const { launch, plan } = waiting({ subnets: [{ zone: 'eu-west-1b', id: 'subnet-b' }] });
    expect(plan).toMatchObject({ step: 'AwaitCapacity', launch });
  });

  it('is asked for from its intent alone when its time has come', () => {
    const launch = anIntent();
    const parent = aNodeParent({ status: { launch, shortage: { ...SHORTAGE, nextTry: STAMP } } });
    expect(planLaunch(observingNode({ parent, nodeClass: undefined }), CONTEXT)).toEqual({ step: 'Launch', launch });
  });
});

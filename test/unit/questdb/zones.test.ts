import { describe, expect, it } from 'vitest';
import type { QuestDBNode } from '../../../hooks/api/generated/questdbnode.ts';
import { observe } from '../../../hooks/questdb/observe.ts';
import { planNext } from '../../../hooks/questdb/plan.ts';
import { statusOf } from '../../../hooks/questdb/status.ts';
import { unavailableZones, type UnavailableZone } from '../../../hooks/questdb/zones.ts';
import { stampAfter } from '../../fixtures/clock.ts';
import { condition } from '../../fixtures/conditions.ts';
import { aDatabase, aVolume, databaseRequest, OWN_NODE, someFacts } from '../../fixtures/questdb.ts';
import { aNodeClass } from '../../fixtures/questdbnode.ts';
import { booting, GOING, nodeOf, setOn } from '../../fixtures/replacement.ts';

const [A, B, C] = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'] as const;
const unzoned = { instanceType: OWN_NODE.instanceType, className: 'default' };
const subnetsIn = (...zones: string[]) => zones.map((zone, index) => ({ zone, id: `subnet-${index}` }));
const unbound = aVolume({
  status: {
    claimName: 'trades-data',
    conditions: [condition('Ready', 'False', { reason: 'WaitingForFirstConsumer' })],
  },
});

/** EC2 was asked for the first time a minute ago. */
const short = (letter: string, zone: string, reason = 'InsufficientInstanceCapacity', nextTry = 120): QuestDBNode =>
  nodeOf(letter, {
    spec: { zone },
    conditions: [condition('Ready', 'False', { reason, message: 'EC2 cannot.' })],
    shortage: { reason, message: 'No room.', since: stampAfter(-60), nextTry: stampAfter(nextTry) },
  });
const notOffered = (letter: string, zone: string, observedGeneration = 1): QuestDBNode =>
  nodeOf(letter, {
    spec: { zone },
    conditions: [condition('Ready', 'False', { reason: 'InstanceTypeNotOffered', message: 'No.', observedGeneration })],
  });
const entry = (zone: string, seconds: number, reason = 'InsufficientInstanceCapacity'): UnavailableZone => ({
  zone,
  reason,
  until: stampAfter(seconds),
});

type World = {
  nodes?: Parameters<typeof databaseRequest>[1];
  remembered?: UnavailableZone[];
  /** The generation the remembered zones were found for. */
  foundFor?: number;
  node?: { instanceType: string; className: string; zone?: string };
  volume?: typeof unbound;
  zones?: string[];
};
const observedIn = ({
  nodes = [],
  remembered,
  foundFor = 1,
  node = unzoned,
  volume = unbound,
  zones = [A, B, C],
}: World) => {
  const status = {
    conditions: [condition('Ready', 'False', { observedGeneration: foundFor })],
    ...(remembered === undefined ? {} : { unavailableZones: remembered }),
  };
  const request = databaseRequest(
    aDatabase({ spec: { node }, status }),
    [volume, ...nodes],
    [aNodeClass({ subnets: subnetsIn(...zones) })],
  );
  return observe(request, someFacts());
};
const zonesIn = (world: World) => unavailableZones(observedIn(world));
const planIn = (world: World) => {
  const plan = planNext(observedIn(world));
  return plan.step === 'AwaitNode' ? plan : expect.fail(plan.step);
};
const zoneIn = (world: World) => planIn(world).target.need.zone;

/** Four times the least wait, from the next try on. */
const SHORT_UNTIL = 120 + 4 * 180;

describe('the zones that are passed over', () => {
  it.each<[string, World, UnavailableZone[]]>([
    ['none at first', {}, []],
    ['none as long as EC2 has not refused', { nodes: [nodeOf('a', { conditions: [booting] })] }, []],
    ['one that is short of capacity, for a while', { nodes: [short('a', A)] }, [entry(A, SHORT_UNTIL)]],
    [
      'one with another shortage',
      { nodes: [short('a', B, 'VcpuLimitExceeded')] },
      [entry(B, SHORT_UNTIL, 'VcpuLimitExceeded')],
    ],
    [
      'one that does not offer the type, for longer',
      { nodes: [notOffered('a', A)] },
      [entry(A, 3600, 'InstanceTypeNotOffered')],
    ],
    ['none by what a node said of another spec', { nodes: [notOffered('a', A, 0)] }, []],
    [
      'none by what a node of another type says',
      { nodes: [short('a', A)], node: { ...unzoned, instanceType: 'm6i.large' } },
      [],
    ],
    [
      'none by what a node says that goes',
      { nodes: [{ ...short('a', A), metadata: { ...short('a', A).metadata, ...GOING } }] },
      [],
    ],
    ['those that are remembered, as they are', { remembered: [entry(A, 30)] }, [entry(A, 30)]],
    [
      'a remembered one as it is, whatever is said now',
      { remembered: [entry(A, 30)], nodes: [short('a', A)] },
      [entry(A, 30)],
    ],
    ['both, sorted', { remembered: [entry(C, 30)], nodes: [short('a', A)] }, [entry(A, SHORT_UNTIL), entry(C, 30)]],
    ['none whose time is over', { remembered: [entry(A, 0), entry(B, -1)] }, []],
    [
      'one that is over and still short, anew',
      { remembered: [entry(A, -1)], nodes: [short('a', A)] },
      [entry(A, SHORT_UNTIL)],
    ],
    ['none that the class has no more', { remembered: [entry('eu-west-1d', 30)] }, []],
    ['none found for another spec', { remembered: [entry(A, 30)], foundFor: 0 }, []],
    ['none when the class has one zone', { nodes: [short('a', A)], zones: [A, A] }, []],
    ['none when the zone is asked for', { nodes: [short('a', A)], node: { ...unzoned, zone: A } }, []],
    ['none when the volume has a zone', { remembered: [entry(B, 30)], volume: aVolume() }, []],
    [
      'none when there is a volume that does not say its zone yet',
      { remembered: [entry(B, 30)], volume: aVolume({ status: { ...unbound.status, volumeId: 'vol-1' } }) },
      [],
    ],
    ['none when there is a StatefulSet', { nodes: [short('a', A), setOn('a')] }, []],
  ])('are %s', (_name, world, expected) => {
    expect(zonesIn(world)).toEqual(expected);
  });

  it('are in the status, and are as they were when nothing has changed', () => {
    const world: World = { nodes: [short('a', A)] };
    const observed = observedIn(world);
    const { unavailableZones: first = [] } = statusOf(observed, planNext(observed));
    expect(first).toEqual([entry(A, SHORT_UNTIL)]);
    const later = observedIn({ nodes: [short('a', A, undefined, 240)], remembered: first });
    expect(statusOf(later, planNext(later)).unavailableZones).toEqual(first);
  });

  it('are not in the status when there is none', () => {
    const observed = observedIn({});
    expect(statusOf(observed, planNext(observed))).not.toHaveProperty('unavailableZones');
  });
});

describe('the zone of a node', () => {
  const first = zoneIn({});
  const others = [A, B, C].filter((zone) => zone !== first);

  it('is another one than those that are passed over', () => {
    expect(others).toContain(zoneIn({ nodes: [short('a', first)] }));
    expect(others).toContain(zoneIn({ nodes: [notOffered('a', first)] }));
    expect(others).toContain(zoneIn({ remembered: [entry(first, 30)] }));
    expect(zoneIn({ remembered: [A, B].map((zone) => entry(zone, 30)) })).toBe(C);
  });

  it('stays the one of the node that is tried, also when the time of another is over', () => {
    expect(zoneIn({ nodes: [nodeOf('b', { spec: { zone: B }, conditions: [booting] })] })).toBe(B);
    const both = [short('a', A), nodeOf('b', { spec: { zone: B }, conditions: [booting] })];
    expect(zoneIn({ nodes: both })).toBe(B);
    expect(zoneIn({ nodes: both.slice(1), remembered: [entry(A, -1)] })).toBe(B);
  });

  it('goes back to a zone whose time is over when the one that is tried is short too', () => {
    expect(zoneIn({ nodes: [short('b', B)], remembered: [entry(A, -1), entry(C, 30)] })).toBe(A);
  });

  it('stays when there is no other, and that is said', () => {
    const plan = planIn({ nodes: [short('b', B)], remembered: [entry(A, 30), entry(C, 40)] });
    expect(plan.target.need.zone).toBe(B);
    expect(plan.reason).toBe('InsufficientInstanceCapacity');
    expect(plan.message).toBe(
      `EC2 cannot. No zone of the class can have it now: ${A} (InsufficientInstanceCapacity, until ${stampAfter(30)}), ` +
        `${B} (InsufficientInstanceCapacity, until ${stampAfter(SHORT_UNTIL)}), ${C} (InsufficientInstanceCapacity, until ${stampAfter(40)}).`,
    );
    expect(planIn({ nodes: [short('b', B)], remembered: [entry(A, 30)] }).message).not.toContain('No zone');
  });

  it('stays that of the node the pod is placed on, as long as the volume has none', () => {
    const world: World = { nodes: [nodeOf('b', { spec: { zone: B, instanceType: 'm6i.large' } }), setOn('b')] };
    expect(zoneIn(world)).toBe(B);
  });

  it('is spread over zones, not over subnets', () => {
    const once = zoneIn({ zones: [A, B] });
    expect(zoneIn({ zones: [A, B, A, A] })).toBe(once);
    expect(zoneIn({ zones: [A, B, B, B] })).toBe(once);
  });
});

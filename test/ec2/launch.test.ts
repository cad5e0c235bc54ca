import { describe, expect, it } from 'vitest';
import { conditionOf } from '../../hooks/api/conditions.ts';
import { crash } from './interruption.ts';
import { decided, expectOneInstance, launches, NAME, object, readiness } from './launch-world.ts';
import { nodeClass } from './objects.ts';
import { openWorld, type World } from './world.ts';

describe('a launch', () => {
  it('is written down before EC2 is asked', async () => {
    const world = await decided();
    expect(world.simulation.calls.RunInstances).toBeUndefined();
    expect(readiness(world)).toBe('False LaunchDecided');
    await expectOneInstance(world);
    expect(world.events).toEqual(['orders InstanceLaunched']);
  });

  it.each(['ConnectionReset', 'InternalError', 'RequestLimitExceeded'])(
    'whose answer is lost (%s) is found again by its token',
    async (code) => {
      const world = await decided();
      world.command('fail', { action: 'RunInstances', when: 'after', code });
      expect(await world.metacontroller.pass(NAME)).toMatchObject({ error: { name: 'RetryLater' } });
      expect(launches(world)).toBe(1);
      await expectOneInstance(world);
    },
  );

  it('whose answer is lost again and again while EC2 hides the instance is made once', async () => {
    const world = await decided(7, { visibilityDelaySeconds: 240 });
    world.command('fail', { action: 'RunInstances', when: 'after', times: 10 });
    await expectOneInstance(world);
    expect(world.simulation.calls.RunInstances).toBe(11);
  });

  it('that EC2 does not take is asked for again', async () => {
    const world = await decided();
    world.command('fail', { action: 'RunInstances', code: 'ServiceUnavailable', times: 3 });
    await expectOneInstance(world);
  });

  it.each(['before launch', 'after launch', 'before record', 'after record'] as const)(
    'goes on when the process dies %s',
    async (at) => {
      const world = await decided();
      await world.metacontroller.pass(NAME, { interruption: { at, act: crash } });
      world.hooks.restart();
      await expectOneInstance(world);
    },
  );

  it('goes on when the intent was never written', async () => {
    const world = openWorld();
    world.api.create(NAME);
    await world.metacontroller.pass(NAME, { losesAnswer: true });
    expect(object(world).status).toBeUndefined();
    expect(world.simulation.calls.RunInstances).toBeUndefined();
    await expectOneInstance(world);
  });

  it('goes on when the instance was never written', async () => {
    const world = await decided();
    await world.metacontroller.pass(NAME, { losesAnswer: true });
    expect(object(world).status?.instanceId).toBeUndefined();
    await expectOneInstance(world);
  });

  it('is not made from a parent that is older than its intent', async () => {
    const world = await decided();
    const before = object(world);
    expect(await world.metacontroller.pass(NAME, { behind: 1 })).toMatchObject({ error: { name: 'RetryLater' } });
    expect(object(world)).toBe(before);
    await expectOneInstance(world);
    expect(await world.metacontroller.pass(NAME, { behind: 1 })).toMatchObject({ error: { name: 'RetryLater' } });
    await expectOneInstance(world);
  });

  it('by two calls at once is one', async () => {
    const world = await decided();
    await Promise.all([world.metacontroller.pass(NAME), world.metacontroller.pass(NAME)]);
    expect(world.simulation.calls.RunInstances).toBe(2);
    await expectOneInstance(world);
  });

  it.each(['before fleet', 'after fleet', 'before launch', 'after launch'] as const)(
    'that is held up %s while another call makes it is one',
    async (at) => {
      const world = await decided();
      const act = async (): Promise<void> => {
        await world.metacontroller.pass(NAME);
        world.advance(30);
        await world.metacontroller.pass(NAME);
      };
      await world.metacontroller.pass(NAME, { interruption: { at, act } });
      await expectOneInstance(world);
    },
  );

  it('by two processes at once, each with its own snapshot, is one', async () => {
    const world = await decided();
    const act = async (): Promise<void> => {
      world.hooks.restart();
      await world.metacontroller.pass(NAME);
    };
    await world.metacontroller.pass(NAME, { interruption: { at: 'after fleet', act } });
    await expectOneInstance(world);
  });

  it('is not repeated by old requests', async () => {
    const world = await decided();
    const requests = [world.metacontroller.requestFor(object(world))];
    await world.metacontroller.pass(NAME);
    requests.push(world.metacontroller.requestFor(object(world)));
    await world.settle();
    for (const request of requests)
      await expect(world.hooks.call(request)).rejects.toMatchObject({ name: 'RetryLater' });
    await expectOneInstance(world);
  });

  it('waits minutes for EC2 to show the instance', async () => {
    const world = await decided(7, { visibilityDelaySeconds: 280 });
    await world.metacontroller.pass(NAME);
    const instanceId = object(world).status?.instanceId;
    world.advance(270);
    await world.metacontroller.pass(NAME);
    expect(readiness(world)).toBe('False InstanceNotVisible');
    await expectOneInstance(world);
    expect(object(world).status?.instanceId).toBe(instanceId);
  });

  it('is not given up when the status that named the instance is overwritten', async () => {
    const world = await decided(7, { visibilityDelaySeconds: 120 });
    const request = world.metacontroller.requestFor(object(world));
    const { status } = object(world);
    await world.metacontroller.pass(NAME);
    expect(object(world).status?.instanceId).toBeDefined();
    world.metacontroller.apply(request, { status, children: [] });
    expect(object(world).status?.instanceId).toBeUndefined();
    await expectOneInstance(world);
  });
});

/** Two passes decide from the same empty status; between them the class changes, so that their launches differ. */
const decidedTwice = async (visibilityDelaySeconds: number): Promise<World> => {
  const world = openWorld(7, { visibilityDelaySeconds });
  world.api.create(NAME);
  const act = async (): Promise<void> => {
    world.api.nodeClass = nodeClass({ tags: { changed: 'in between' } });
    await world.metacontroller.pass(NAME);
    await world.metacontroller.pass(NAME);
    expect(object(world).status?.instanceId).toBeDefined();
  };
  await world.metacontroller.pass(NAME, { beforeApply: act });
  expect(object(world).status?.instanceId).toBeUndefined();
  return world;
};

describe('a token', () => {
  it('that was used with other parameters gives the instance it made, when EC2 shows it', async () => {
    const world = await decidedTwice(200);
    await world.metacontroller.pass(NAME);
    expect(readiness(world)).toBe('False InstanceNotVisible');
    await expectOneInstance(world);
    expect(object(world).status?.launch?.attempt).toBe(1);
  });

  it('is not touched by a class that changes after the launch is written down', async () => {
    const world = await decided();
    world.api.nodeClass = nodeClass({ ami: { id: 'ami-local-x86-previous' } });
    await expectOneInstance(world);
    const [instance] = world.instancesOf(object(world).metadata.uid);
    expect(instance?.imageId).toBe('ami-local-x86');
  });

  it('whose instance is gone is followed by the next attempt', async () => {
    const world = await decided();
    await world.metacontroller.pass(NAME, { losesAnswer: true });
    const [first] = world.instancesOf(object(world).metadata.uid);
    world.command('terminate-instance', { id: first?.id });
    world.advance(60);
    await world.settle();
    expect(object(world).status?.launch?.attempt).toBe(2);
    expect(launches(world)).toBe(2);
    expect(world.violations()).toEqual([]);
  });

  it('that EC2 says is used, with nothing to show for minutes, is followed by the next attempt', async () => {
    const world = await decided();
    world.command('fail', { action: 'RunInstances', code: 'IdempotentParameterMismatch', times: 1000 });
    await world.settle(() => object(world).status?.launch?.attempt === 2);
    const waited = world.now().getTime() - Date.parse(object(world).metadata.creationTimestamp ?? '');
    expect(waited).toBeGreaterThanOrEqual(300_000);
    world.command('heal');
    await expectOneInstance(world);
  });
});

describe('instances that nobody can choose from', () => {
  it('are left alone, all of them, until one is left', async () => {
    const world = await decided();
    await world.metacontroller.pass(NAME, { losesAnswer: true });
    world.advance(20);
    const { uid } = object(world).metadata;
    const [first] = world.instancesOf(uid);
    if (first === undefined) throw new Error('no instance was launched');
    world.simulation.account.instances['i-00000000000000abc'] = {
      ...structuredClone(first),
      id: 'i-00000000000000abc',
    };
    const calls = { ...world.simulation.calls };
    for (let pass = 0; pass < 5; pass += 1) {
      world.advance(60);
      await world.metacontroller.pass(NAME);
      expect(readiness(world)).toBe('False AmbiguousInstances');
    }
    expect(conditionOf(object(world).status?.conditions, 'Stalled')?.message).toContain('i-00000000000000abc');
    expect({ ...world.simulation.calls, DescribeInstances: 0 }).toEqual({ ...calls, DescribeInstances: 0 });
    world.command('terminate-instance', { id: 'i-00000000000000abc' });
    await world.settle();
    expect(object(world).status?.instanceId).toBe(first.id);
  });
});

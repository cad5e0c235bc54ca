import { describe, expect, it } from 'vitest';
import { conditionOf } from '../../hooks/api/conditions.ts';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import { OWNER_UID } from '../../hooks/api/labels.ts';
import { crash } from './interruption.ts';
import { NAMESPACE, nodeSpec } from './objects.ts';
import { attachVolume, detachVolumes } from './volumes.ts';
import { openWorld, type World } from './world.ts';

const NAME = 'orders';

const readyReason = (world: World): string | undefined =>
  conditionOf(world.api.read(NAME)?.status?.conditions, 'Ready')?.reason;

/** A world with a Ready QuestDBNode; answers its uid too. */
const served = async (): Promise<{ world: World; uid: string; instanceId: string }> => {
  const world = openWorld();
  const { uid } = world.api.create(NAME).metadata;
  await world.settle();
  return { world, uid, instanceId: world.instancesOf(uid)[0]?.id ?? '' };
};

const expectNothingLeft = async (world: World, uid: string): Promise<void> => {
  await world.settle();
  expect(world.api.read(NAME)).toBeUndefined();
  // The object stays until EC2 shows them terminated.
  const owned = Object.values(world.simulation.account.instances).filter(({ tags }) => tags[OWNER_UID] === uid);
  expect(owned.filter(({ state }) => state !== 'terminated')).toEqual([]);
  // Whatever came later than the object went would be a leak.
  world.advance(1200);
  expect(world.instancesOf(uid)).toEqual([]);
  expect(world.violations()).toEqual([]);
};

describe('a deletion', () => {
  it('terminates the instance, lifts its protection for that, and removes the Node', async () => {
    const { world, uid, instanceId } = await served();
    expect(world.simulation.account.instances[instanceId]?.disableApiTermination).toBe(true);
    world.api.remove(NAME);
    await world.metacontroller.pass(NAME);
    expect(readyReason(world)).toBe('Retiring');
    await world.metacontroller.pass(NAME);
    expect(world.simulation.calls.TerminateInstances).toBe(1);
    await expectNothingLeft(world, uid);
    expect(world.api.nodes.size).toBe(0);
    expect(world.events).toContain('orders InstanceTerminating');
  });

  it('of what was never launched is done at once', async () => {
    const world = openWorld();
    const { uid } = world.api.create(NAME).metadata;
    await world.metacontroller.pass(NAME, { interruption: { at: 'before fleet', act: crash } });
    world.api.remove(NAME);
    await world.metacontroller.pass(NAME);
    expect(world.api.read(NAME)).toBeUndefined();
    await expectNothingLeft(world, uid);
    expect(world.simulation.calls.RunInstances).toBeUndefined();
  });

  it.each([0, 120, 280])('while a launch is under way waits for its instance, hidden for %d s', async (delay) => {
    const world = openWorld(7, { visibilityDelaySeconds: delay });
    const { uid } = world.api.create(NAME).metadata;
    await world.metacontroller.pass(NAME);
    const act = async (): Promise<void> => {
      world.api.remove(NAME);
      await world.metacontroller.pass(NAME);
      expect(readyReason(world)).toBe('WaitingForLaunch');
    };
    await world.metacontroller.pass(NAME, { interruption: { at: 'before launch', act }, losesAnswer: true });
    expect(world.instancesOf(uid)).toHaveLength(1);
    await expectNothingLeft(world, uid);
  });

  it('waits while a data volume is attached, and names it', async () => {
    const { world, uid, instanceId } = await served();
    const volumeId = attachVolume(world.simulation, instanceId);
    world.api.remove(NAME);
    for (let pass = 0; pass < 5; pass += 1) {
      await world.metacontroller.pass(NAME);
      expect(readyReason(world)).toBe('WaitingForVolume');
      world.advance(60);
    }
    expect(conditionOf(world.api.read(NAME)?.status?.conditions, 'Ready')?.message).toContain(volumeId);
    expect(world.simulation.calls.ModifyInstanceAttribute).toBeUndefined();
    detachVolumes(world.simulation);
    await expectNothingLeft(world, uid);
    expect(world.simulation.account.volumes[volumeId]?.state).toBe('available');
  });

  it('sees a volume that was attached after the shared snapshot was read', async () => {
    const { world, instanceId } = await served();
    world.api.remove(NAME);
    const act = (): Promise<void> => Promise.resolve(void attachVolume(world.simulation, instanceId));
    await world.metacontroller.pass(NAME, { interruption: { at: 'after fleet', act } });
    expect(readyReason(world)).toBe('WaitingForVolume');
    expect(world.violations()).toEqual([]);
  });

  it.each(['ModifyInstanceAttribute', 'TerminateInstances'])(
    'goes on when the answer of %s is lost',
    async (action) => {
      const { world, uid } = await served();
      world.command('fail', { action, when: 'after', times: 3 });
      world.api.remove(NAME);
      expect(await world.metacontroller.pass(NAME)).toMatchObject({ error: { name: 'RetryLater' } });
      await expectNothingLeft(world, uid);
    },
  );

  it.each(['before terminate', 'after terminate', 'before deleteNode'] as const)(
    'goes on when the process dies %s',
    async (at) => {
      const { world, uid } = await served();
      world.api.remove(NAME);
      for (let pass = 0; pass < 3; pass += 1) {
        await world.metacontroller.pass(NAME, { interruption: { at, act: crash } });
        world.hooks.restart();
        world.advance(5);
      }
      await expectNothingLeft(world, uid);
    },
  );

  it.each([
    ['is being terminated', 0],
    ['is terminated', 30],
    ['is no longer known to EC2', 7200],
  ])('is done when the instance %s already', async (_state, seconds) => {
    const { world, uid, instanceId } = await served();
    world.command('terminate-instance', { id: instanceId });
    world.advance(seconds);
    world.api.remove(NAME);
    await expectNothingLeft(world, uid);
    expect(world.simulation.calls.TerminateInstances).toBeUndefined();
  });

  it('ends without the class', async () => {
    const { world, uid } = await served();
    world.api.nodeClass = undefined;
    world.api.remove(NAME);
    await expectNothingLeft(world, uid);
  });

  it('terminates every instance of the object, not only the one that status names', async () => {
    const { world, uid, instanceId } = await served();
    const first = world.simulation.account.instances[instanceId];
    if (first === undefined) throw new Error('no instance was launched');
    world.simulation.account.instances['i-00000000000000abc'] = {
      ...structuredClone(first),
      id: 'i-00000000000000abc',
    };
    world.api.remove(NAME);
    await expectNothingLeft(world, uid);
  });
});

describe('a status that names an instance of another object', () => {
  it('does not give it up to a deletion', async () => {
    const { world, instanceId } = await served();
    const { uid } = world.api.create('mine').metadata;
    await world.settle();
    const mine = world.api.get('mine');
    const request = world.metacontroller.requestFor(mine);
    world.metacontroller.apply(request, { status: { ...mine.status, instanceId }, children: [] });
    world.api.remove('mine');
    await world.settle();
    expect(world.instancesOf(uid)).toEqual([]);
    expect(world.simulation.account.instances[instanceId]?.state).toBe('running');
    expect(world.violations()).toEqual([]);
  });
});

describe('a forged call', () => {
  it('of finalize for an object that lives terminates nothing', async () => {
    const { world, instanceId } = await served();
    const live = world.api.get(NAME);
    const metadata = { ...live.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
    const request = { ...world.metacontroller.requestFor({ ...live, metadata }), finalizing: true };
    await expect(world.hooks.call(request)).rejects.toMatchObject({ name: 'RetryLater' });
    expect(world.simulation.account.instances[instanceId]?.state).toBe('running');
    expect(world.simulation.calls.ModifyInstanceAttribute).toBeUndefined();
    expect(world.violations()).toEqual([]);
  });

  it('of finalize that names an instance of another object terminates nothing', async () => {
    const { world, instanceId } = await served();
    world.api.create('mine');
    world.metacontroller.wake('mine', 0);
    await world.settle();
    world.api.remove('mine');
    const mine = world.api.get('mine');
    const request = world.metacontroller.requestFor({ ...mine, status: { ...mine.status, instanceId } });
    await expect(world.hooks.call(request)).rejects.toMatchObject({ name: 'RetryLater' });
    expect(world.simulation.account.instances[instanceId]?.state).toBe('running');
    expect(world.violations()).toEqual([]);
  });

  it.each([
    ['an object that does not exist', 'ghost', 'uid-of-a-ghost'],
    ['an earlier object of this name', NAME, 'uid-of-the-earlier-one'],
  ])('of sync for %s launches nothing', async (_what, name, uid) => {
    const { world } = await served();
    const launched = world.simulation.calls.RunInstances;
    const { status } = world.api.get(NAME);
    const parent: QuestDBNode = {
      apiVersion: 'questdb-fleet.dev/v1alpha1',
      kind: 'QuestDBNode',
      metadata: { name, namespace: NAMESPACE, uid, generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: nodeSpec(),
      ...(status === undefined ? {} : { status }),
    };
    await expect(world.hooks.call(world.metacontroller.requestFor(parent))).rejects.toMatchObject({
      name: 'RetryLater',
    });
    expect(world.simulation.calls.RunInstances).toBe(launched);
    expect(world.violations()).toEqual([]);
  });

  it('of sync for an object that is being deleted launches nothing', async () => {
    const world = openWorld();
    world.api.create(NAME);
    await world.metacontroller.pass(NAME);
    const request = world.metacontroller.requestFor(world.api.get(NAME));
    world.api.remove(NAME);
    const { generation } = world.api.get(NAME).metadata;
    const parent = { ...request.parent, metadata: { ...request.parent.metadata, generation: generation ?? 0 } };
    for (const forged of [request, { ...request, parent }])
      await expect(world.hooks.call(forged)).rejects.toMatchObject({ name: 'RetryLater' });
    expect(world.simulation.calls.RunInstances).toBeUndefined();
  });
});

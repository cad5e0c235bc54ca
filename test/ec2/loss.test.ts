import { describe, expect, it } from 'vitest';
import { conditionOf } from '../../hooks/api/conditions.ts';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import { OUT_OF_SERVICE } from '../../hooks/api/labels.ts';
import { crash } from './interruption.ts';
import { attachVolume, detachVolumes } from './volumes.ts';
import { openWorld, type World } from './world.ts';

const NAME = 'orders';

type Served = { world: World; uid: string; instanceId: string };

const object = ({ world }: Served): QuestDBNode => world.api.get(NAME);
const reason = (served: Served, type = 'Ready'): string | undefined =>
  conditionOf(object(served).status?.conditions, type)?.reason;
const stateOf = ({ world }: Served, instanceId: string): string | undefined => {
  world.simulation.present(() => undefined);
  return world.simulation.account.instances[instanceId]?.state;
};
const calls = ({ world }: Served, action: string): number => world.simulation.calls[action] ?? 0;

/** A world with a Ready QuestDBNode. */
const served = async (...options: Parameters<typeof openWorld>): Promise<Served> => {
  const world = openWorld(...options);
  const { uid } = world.api.create(NAME).metadata;
  await world.settle();
  return { world, uid, instanceId: world.instancesOf(uid)[0]?.id ?? '' };
};

/** Goes on undisturbed until another instance serves, and nothing else is left. */
const expectReplaced = async (before: Served): Promise<void> => {
  const { world, uid, instanceId } = before;
  await world.settle();
  const [instance, ...others] = world.instancesOf(uid);
  expect(others).toEqual([]);
  expect(instance?.id).not.toBe(instanceId);
  expect(object(before).status).toMatchObject({ instanceId: instance?.id, launch: { attempt: 2 } });
  await world.settle(() => object(before).status?.retiring === undefined);
  expect(object(before).status?.fence).toBeUndefined();
  expect(stateOf(before, instanceId)).toMatch(/terminated|undefined/);
  expect([...world.api.nodes.values()].map(({ spec }) => spec?.providerID)).toEqual([
    expect.stringContaining(instance?.id ?? '?'),
  ]);
  expect(world.violations()).toEqual([]);
};

describe('an instance that AWS terminates', () => {
  it('is followed by the next attempt', async () => {
    const before = await served();
    before.world.command('terminate-instance', { id: before.instanceId });
    await expectReplaced(before);
    expect(before.world.events).toContain('orders InstanceReplaced');
    expect(calls(before, 'StopInstances')).toBe(0);
  });

  it('is not followed while it may still run', async () => {
    const before = await served();
    before.world.command('stick', { id: before.instanceId });
    before.world.command('terminate-instance', { id: before.instanceId });
    before.world.advance(3600);
    await before.world.metacontroller.pass(NAME);
    expect(stateOf(before, before.instanceId)).toBe('shutting-down');
    expect(reason(before)).toBe('InstanceTerminating');
    expect(calls(before, 'RunInstances')).toBe(1);
    before.world.command('heal');
    await expectReplaced(before);
  });

  it('gives the next one what the first had to give, so that the pod does not change', async () => {
    const before = await served();
    const { allocatable } = object(before).status ?? {};
    before.world.command('terminate-instance', { id: before.instanceId });
    await expectReplaced(before);
    expect(object(before).status?.allocatable).toEqual(allocatable);
  });

  it('while there is no capacity is followed when there is, and says when it is asked next', async () => {
    const before = await served();
    const { world } = before;
    world.command('capacity', { instanceType: 'm6i.large', zone: 'eu-west-1a', available: 0 });
    world.command('terminate-instance', { id: before.instanceId });
    world.command('capacity', { instanceType: 'm6i.large', zone: 'eu-west-1a', available: 0 });
    await world.settle(() => reason(before) === 'InsufficientInstanceCapacity');
    const { nextTry } = object(before).status?.shortage ?? {};
    expect(conditionOf(object(before).status?.conditions, 'Launched')?.message).toContain(nextTry);
    world.advance(600);
    world.command('heal');
    await expectReplaced(before);
    expect(object(before).status?.shortage).toBeUndefined();
  });

  it('is not followed when nothing shall be launched any more', async () => {
    const before = await served();
    const { world } = before;
    world.api.change(NAME, { relaunch: 'Never' });
    world.command('terminate-instance', { id: before.instanceId });
    await world.settle(() => reason(before) === 'InstanceTerminated');
    world.advance(3600);
    await world.metacontroller.pass(NAME);
    expect(calls(before, 'RunInstances')).toBe(1);
  });
});

describe('an instance that somebody stops', () => {
  it('is started again, not doubled', async () => {
    const before = await served();
    const { world, instanceId, uid } = before;
    world.command('stop-instance', { id: instanceId });
    await world.settle(() => calls(before, 'StartInstances') === 1);
    expect(reason(before)).toBe('InstanceStarting');
    await world.settle();
    expect(world.instancesOf(uid).map(({ id }) => id)).toEqual([instanceId]);
    expect(calls(before, 'StartInstances')).toBe(1);
    expect(calls(before, 'RunInstances')).toBe(1);
    expect(world.events).toContain('orders InstanceStarted');
    expect(world.violations()).toEqual([]);
  });

  it('for longer than a Node may be away has the time to boot again', async () => {
    const before = await served();
    const { world, instanceId } = before;
    world.command('capacity', { instanceType: 'm6i.large', zone: 'eu-west-1a', available: 0 });
    world.command('stop-instance', { id: instanceId });
    world.command('capacity', { instanceType: 'm6i.large', zone: 'eu-west-1a', available: 0 });
    await world.settle(() => reason(before) === 'InsufficientInstanceCapacity');
    expect(object(before).status?.instanceId).toBe(instanceId);
    world.advance(3600);
    world.command('heal');
    await world.settle();
    expect(object(before).status?.instanceId).toBe(instanceId);
    expect(calls(before, 'StopInstances')).toBe(0);
    expect(world.violations()).toEqual([]);
  });

  it('stays so when nothing shall be launched any more', async () => {
    const before = await served();
    const { world, instanceId } = before;
    world.api.change(NAME, { relaunch: 'Never' });
    world.command('stop-instance', { id: instanceId });
    await world.settle(() => reason(before) === 'InstanceStopped');
    world.advance(3600);
    await world.metacontroller.pass(NAME);
    expect(calls(before, 'StartInstances')).toBe(0);
  });

  it.each(['before start', 'after start', 'before record'] as const)(
    'is started once when the process dies %s',
    async (at) => {
      const before = await served();
      const { world, instanceId } = before;
      world.command('stop-instance', { id: instanceId });
      world.advance(30);
      await world.metacontroller.pass(NAME, { interruption: { at, act: crash } });
      world.hooks.restart();
      await world.settle();
      expect(object(before).status?.instanceId).toBe(instanceId);
      expect(world.violations()).toEqual([]);
    },
  );
});

describe('a machine that nobody reaches', () => {
  const isolated = async (...options: Parameters<typeof openWorld>): Promise<Served> => {
    const before = await served(...options);
    before.world.isolate(before.instanceId);
    return before;
  };

  it('is left alone as long as the class allows', async () => {
    const before = await isolated();
    const { world } = before;
    await world.settle(() => reason(before) === 'NodeNotReady');
    world.advance(250);
    await world.metacontroller.pass(NAME);
    expect(object(before).status?.fence).toBeUndefined();
    world.isolate(before.instanceId, false);
    await world.settle();
    expect(object(before).status?.instanceId).toBe(before.instanceId);
    expect(calls(before, 'StopInstances')).toBe(0);
  });

  it('is stopped, taken out of service, followed, and terminated, in that order', async () => {
    const before = await isolated();
    const { world, instanceId } = before;
    const volumeId = attachVolume(world.simulation, instanceId);
    await world.settle(() => object(before).status?.fence !== undefined);
    expect(object(before).status?.fence).toMatchObject({ instanceId, reason: 'NodeUnreachable' });
    expect(calls(before, 'StopInstances')).toBe(0);
    await world.settle(() => calls(before, 'StopInstances') === 1);
    expect(calls(before, 'RunInstances')).toBe(1);
    const dead = () => [...world.api.nodes.values()].find(({ spec }) => spec?.providerID?.endsWith(instanceId));
    await world.settle(() => dead()?.spec?.taints?.length === 1);
    expect(stateOf(before, instanceId)).toBe('stopped');
    expect(dead()?.spec?.taints).toEqual([OUT_OF_SERVICE]);
    expect(calls(before, 'RunInstances')).toBe(1);
    await expectReplaced(before);
    expect(world.simulation.account.volumes[volumeId]?.state).toBe('available');
    const mutations = world.simulation.journal.entries.filter(({ caller }) => caller === 'hooks');
    expect(mutations.map(({ action }) => action)).toEqual([
      'RunInstances',
      'StopInstances',
      'RunInstances',
      'ModifyInstanceAttribute',
      'TerminateInstances',
    ]);
  });

  it('that comes back before it is stopped goes on', async () => {
    const before = await isolated();
    const { world, instanceId } = before;
    world.command('fail', { action: 'StopInstances', code: 'InternalError', times: 50 });
    await world.settle(() => object(before).status?.fence !== undefined);
    await world.metacontroller.pass(NAME);
    world.isolate(instanceId, false);
    await world.settle();
    expect(object(before).status).toMatchObject({ instanceId });
    expect(object(before).status?.fence).toBeUndefined();
    expect(stateOf(before, instanceId)).toBe('running');
    expect(world.violations()).toEqual([]);
  });

  it('that does not stop is forced to', async () => {
    const before = await isolated();
    const { world, instanceId } = before;
    world.command('stick', { id: instanceId });
    await world.settle(() => stateOf(before, instanceId) === 'stopping', 7200);
    world.advance(500);
    await world.metacontroller.pass(NAME);
    expect(calls(before, 'RunInstances')).toBe(1);
    await expectReplaced(before);
    const forced = world.simulation.journal.entries.filter(
      ({ action, parameters }) => action === 'StopInstances' && (parameters as { Force?: string }).Force === 'true',
    );
    expect(forced).not.toEqual([]);
  });

  it('that somebody starts while it is to be stopped is stopped all the same', async () => {
    const before = await isolated();
    const { world, instanceId } = before;
    await world.settle(() => calls(before, 'StopInstances') === 1);
    world.advance(10);
    expect(stateOf(before, instanceId)).toBe('stopped');
    world.command('start-instance', { id: instanceId });
    world.isolate(instanceId);
    await world.settle(() => object(before).status?.fence === undefined);
    await world.settle();
    expect(world.violations()).toEqual([]);
  });

  it.each([
    'before stop',
    'after stop',
    'before taintOutOfService',
    'after taintOutOfService',
    'before nodesOf',
  ] as const)('is followed by one when the process dies %s each time', async (at) => {
    const before = await isolated();
    const { world } = before;
    for (let pass = 0; pass < 60; pass += 1) {
      await world.metacontroller.pass(NAME, { interruption: { at, act: crash } });
      world.hooks.restart();
      world.advance(10);
    }
    await expectReplaced(before);
  });

  it('is not stopped on the word of a request', async () => {
    const before = await served();
    const { world } = before;
    const live = object(before);
    const fence = { instanceId: before.instanceId, reason: 'NodeUnreachable', since: '2026-01-01T00:00:00Z' };
    const request = world.metacontroller.requestFor({ ...live, status: { ...live.status, fence } });
    const forged = { ...request, related: { ...request.related, 'Node.v1': {} } };
    await expect(world.hooks.call(forged)).rejects.toMatchObject({ name: 'RetryLater' });
    expect(calls(before, 'StopInstances')).toBe(0);
  });

  it('is not stopped when a stale request says that its Node is not Ready', async () => {
    const before = await served();
    const { world, instanceId } = before;
    world.isolate(instanceId);
    await world.settle(() => object(before).status?.fence !== undefined);
    const request = world.metacontroller.requestFor(object(before));
    world.isolate(instanceId, false);
    world.advance(60);
    world.metacontroller.apply(request, await world.hooks.call(request));
    expect(calls(before, 'StopInstances')).toBe(0);
    expect(object(before).status?.fence).toBeUndefined();
  });
});

describe('an impaired machine', () => {
  it('whose Node is not Ready is taken for lost after the time of the class', async () => {
    const before = await served();
    const { world, instanceId } = before;
    world.command('impair', { id: instanceId });
    world.isolate(instanceId);
    await world.settle(() => object(before).status?.fence !== undefined);
    await expectReplaced(before);
  });

  it('whose Node is Ready is left alone, and the database asked to move', async () => {
    const before = await served();
    const { world, instanceId } = before;
    world.command('impair', { id: instanceId });
    await world.settle(() => reason(before, 'DisruptionTarget') === 'InstanceImpaired');
    expect(reason(before)).toBe('Ready');
    expect(calls(before, 'StopInstances')).toBe(0);
    world.command('heal');
    await world.settle(() => reason(before, 'DisruptionTarget') === 'NotDisrupted');
  });
});

describe('an instance that EC2 does not show any more', () => {
  const hide = ({ world, instanceId }: Served, seconds: number): void => {
    const instance = world.simulation.account.instances[instanceId];
    if (instance === undefined) throw new Error('no instance');
    instance.visibleAt = world.now().getTime() + seconds * 1000;
  };

  it('for a moment is waited for', async () => {
    const before = await served();
    const { world } = before;
    hide(before, 250);
    world.advance(15);
    await world.metacontroller.pass(NAME);
    expect(reason(before)).toBe('InstanceNotVisible');
    await world.settle();
    expect(calls(before, 'RunInstances')).toBe(1);
    expect(object(before).status?.fence).toBeUndefined();
  });

  it('for good is followed, after minutes and a second look by id', async () => {
    const before = await served();
    const { world, instanceId } = before;
    world.command('terminate-instance', { id: instanceId });
    world.command('set', { terminatedSeconds: 0 });
    world.advance(5);
    const started = world.now().getTime();
    await world.settle(() => calls(before, 'RunInstances') === 2);
    expect(world.now().getTime() - started).toBeGreaterThanOrEqual(300_000);
    await world.settle();
    expect(world.violations()).toEqual([]);
  });
});

describe('a machine that was replaced', () => {
  it('is not terminated while a volume is attached to it', async () => {
    const before = await served();
    const { world, instanceId } = before;
    const volumeId = attachVolume(world.simulation, instanceId);
    world.isolate(instanceId);
    await world.settle(() => object(before).status?.fence !== undefined);
    // Without its Node nobody lets the volume go.
    world.api.nodes.clear();
    await world.settle(() => calls(before, 'RunInstances') === 2);
    world.advance(1200);
    for (let pass = 0; pass < 5; pass += 1) {
      await world.metacontroller.pass(NAME);
      world.advance(30);
    }
    expect(stateOf(before, instanceId)).toBe('stopped');
    expect(object(before).status?.retiring).toMatchObject([{ instanceId }]);
    detachVolumes(world.simulation);
    await expectReplaced(before);
    expect(world.simulation.account.volumes[volumeId]?.state).toBe('available');
  });

  it('and started by hand before another one is launched is taken back', async () => {
    const before = await served();
    const { world, instanceId } = before;
    world.isolate(instanceId);
    await world.settle(() => object(before).status?.retiring !== undefined);
    world.command('start-instance', { id: instanceId });
    await world.settle();
    expect(object(before).status).toMatchObject({ instanceId, launch: { attempt: 2 } });
    expect(calls(before, 'RunInstances')).toBe(1);
    expect(world.violations()).toEqual([]);
  });

  it('and runs again beside the one that took its place is left by its pods, and goes', async () => {
    const before = await served();
    const { world, instanceId } = before;
    const volumeId = attachVolume(world.simulation, instanceId);
    world.isolate(instanceId);
    await world.settle(() => object(before).status?.fence !== undefined);
    world.api.nodes.clear();
    await world.settle(() => calls(before, 'RunInstances') === 2);
    world.command('start-instance', { id: instanceId });
    await expectReplaced(before);
    expect(world.simulation.account.volumes[volumeId]?.state).toBe('available');
  });
});

describe('a deletion of a machine that nobody reaches', () => {
  it('stops it, so that its volume is let go, and ends', async () => {
    const before = await served();
    const { world, instanceId } = before;
    const volumeId = attachVolume(world.simulation, instanceId);
    world.isolate(instanceId);
    world.advance(60);
    world.api.remove(NAME);
    await world.settle();
    expect(world.api.read(NAME)).toBeUndefined();
    expect(stateOf(before, instanceId)).toBe('terminated');
    expect(world.simulation.account.volumes[volumeId]?.state).toBe('available');
    expect(world.api.nodes.size).toBe(0);
    expect(world.violations()).toEqual([]);
  });

  it('does not stop one that works', async () => {
    const before = await served();
    const { world, instanceId } = before;
    attachVolume(world.simulation, instanceId);
    world.api.remove(NAME);
    world.advance(3000);
    for (let pass = 0; pass < 5; pass += 1) await world.metacontroller.pass(NAME);
    expect(stateOf(before, instanceId)).toBe('running');
    expect(calls(before, 'StopInstances')).toBe(0);
  });
});

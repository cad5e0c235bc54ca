import { describe, expect, it } from 'vitest';
import { conditionOf } from '../../hooks/api/conditions.ts';
import { OUT_OF_SERVICE } from '../../hooks/api/labels.ts';
import { crash } from './interruption.ts';
import { calls, expectReplaced, NAME, object, reason, served, stateOf, type Served } from './served.ts';
import { attachVolume } from './volumes.ts';
import type { openWorld } from './world.ts';

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

import { describe, expect, it } from 'vitest';
import { calls, expectReplaced, NAME, object, reason, served, stateOf, type Served } from './served.ts';
import { attachVolume, detachVolumes } from './volumes.ts';

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

import { describe, expect, it } from 'vitest';
import { conditionOf } from '../../hooks/api/conditions.ts';
import { decided, expectOneInstance, launches, NAME, object, readiness } from './launch-world.ts';
import { nodeClass } from './objects.ts';
import { openWorld, type World } from './world.ts';

describe('a refused launch', () => {
  it('says why, and is made as soon as it is allowed', async () => {
    const world = await decided();
    world.command('fail', { action: 'RunInstances', code: 'UnauthorizedOperation', times: 3 });
    await world.metacontroller.pass(NAME);
    expect(readiness(world)).toBe('False LaunchRefused');
    expect(conditionOf(object(world).status?.conditions, 'Stalled')?.message).toContain('UnauthorizedOperation');
    await expectOneInstance(world);
  });

  it('of a class that was wrong is made when the class is mended', async () => {
    const world = openWorld();
    world.api.nodeClass = nodeClass({ securityGroupIds: ['sg-that-is-not'] });
    world.api.create(NAME);
    await world.settle(() => readiness(world) === 'False LaunchRefused');
    expect(conditionOf(object(world).status?.conditions, 'Stalled')?.message).toContain('sg-that-is-not');
    world.api.nodeClass = nodeClass();
    await expectOneInstance(world);
  });

  it('after one whose answer was lost is not doubled when the class changes', async () => {
    const world = await decided(7, { visibilityDelaySeconds: 200 });
    world.command('fail', { action: 'RunInstances', when: 'after' });
    await world.metacontroller.pass(NAME);
    expect(launches(world)).toBe(1);
    world.command('fail', { action: 'RunInstances', code: 'UnauthorizedOperation' });
    world.api.nodeClass = nodeClass({ tags: { changed: 'in between' } });
    await expectOneInstance(world);
  });
});

describe('no capacity', () => {
  const shortage = async (): Promise<World> => {
    const world = await decided();
    world.command('capacity', { instanceType: 'm6i.large', zone: 'eu-west-1a', available: 0 });
    await world.metacontroller.pass(NAME);
    expect(readiness(world)).toBe('False InsufficientInstanceCapacity');
    return world;
  };

  it('leaves EC2 alone for minutes, says so, and keeps the attempt', async () => {
    const world = await shortage();
    const before = object(world).status;
    await world.settle(() => world.simulation.calls.RunInstances === 2);
    expect(world.now().getTime()).toBeGreaterThanOrEqual(Date.parse(before?.shortage?.nextTry ?? ''));
    expect(object(world).status?.launch).toMatchObject({ attempt: 1, token: before?.launch?.token });
    expect(conditionOf(object(world).status?.conditions, 'Launched')?.message).toContain('m6i.large');
  });

  it('ends by itself when capacity comes back', async () => {
    const world = await shortage();
    world.advance(100);
    world.command('heal');
    await expectOneInstance(world);
  });
});

import { describe, expect, it } from 'vitest';
import { instanceOf, NAME, reason, said, served } from './class-world.ts';
import type { World } from './world.ts';

describe('tags of the spec', () => {
  const calls = (world: World): number => world.simulation.calls.CreateTags ?? 0;

  it('win over those of the class, and are on the instance from the start', async () => {
    const world = await served({ tags: { team: 'data', cost: '1' } }, { tags: { team: 'acme' } });
    expect(instanceOf(world).tags).toMatchObject({ team: 'acme', cost: '1' });
    expect(calls(world)).toBe(0);
  });

  it('that change are put on the instance in one call, and nothing is taken off', async () => {
    const world = await served({}, { tags: { customer: 'acme', old: 'x' } });
    const before = instanceOf(world).tags;
    world.api.change(NAME, { tags: { customer: 'globex', plan: 'gold' } });
    for (let pass = 0; pass < 20; pass += 1) {
      await world.metacontroller.pass(NAME);
      world.advance(pass < 10 ? 1 : 30);
    }
    expect(instanceOf(world).tags).toEqual({ ...before, customer: 'globex', plan: 'gold' });
    expect(calls(world)).toBe(1);
    expect(world.isSettled()).toBe(true);
    expect(world.violations()).toEqual([]);
  });

  it('are put back when somebody has changed them', async () => {
    const world = await served({}, { tags: { customer: 'acme' } });
    const { tags } = instanceOf(world);
    tags.customer = 'nobody';
    world.advance(30);
    await world.metacontroller.pass(NAME);
    expect(instanceOf(world).tags.customer).toBe('acme');
  });

  it('that EC2 refuses are for a human; the database goes on', async () => {
    const world = await served();
    world.api.change(NAME, { tags: { customer: 'acme' } });
    world.command('fail', { action: 'CreateTags', code: 'UnauthorizedOperation' });
    await world.metacontroller.pass(NAME);
    expect([reason(world), reason(world, 'Stalled')]).toEqual(['Ready', 'TagsRefused']);
    expect(said(world, 'Stalled')?.message).toContain('UnauthorizedOperation');
    await world.metacontroller.pass(NAME);
    expect(reason(world, 'Stalled')).toBe('NotStalled');
    expect(instanceOf(world).tags.customer).toBe('acme');
  });

  it('whose call is lost are put on in the end', async () => {
    const world = await served();
    world.api.change(NAME, { tags: { customer: 'acme' } });
    world.command('fail', { action: 'CreateTags', code: 'RequestLimitExceeded' });
    world.command('fail', { action: 'CreateTags', when: 'after' });
    for (let pass = 0; pass < 3; pass += 1) {
      await world.metacontroller.pass(NAME);
      expect(reason(world)).toBe('Ready');
    }
    expect(instanceOf(world).tags.customer).toBe('acme');
    expect(calls(world)).toBe(2);
  });

  it('are not put on an instance that goes', async () => {
    const world = await served();
    world.api.change(NAME, { tags: { customer: 'acme' } });
    world.command('terminate-instance', { id: instanceOf(world).id });
    await world.metacontroller.pass(NAME);
    expect(calls(world)).toBe(0);
  });
});

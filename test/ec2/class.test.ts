import { describe, expect, it } from 'vitest';
import { instanceOf, launches, NAME, object, opened, reason, said, served, type ClassSpec } from './class-world.ts';
import { crash } from './interruption.ts';
import { nodeClass, nodeSpec, ZONE } from './objects.ts';
import { openWorld, type World } from './world.ts';

const NEWEST = { ami: { owner: 'amazon', name: 'amazon-eks-node-al2023-*-standard-1.36-*' } };

describe('an image that is named', () => {
  it.each([
    ['m6i.large', 'ami-local-x86'],
    ['m7g.large', 'ami-local-arm64'],
  ])('is the newest that fits: %s gets %s', async (instanceType, imageId) => {
    const world = await served(NEWEST, { instanceType });
    expect(instanceOf(world)).toMatchObject({ imageId, type: instanceType });
    expect(object(world).status?.launch?.imageId).toBe(imageId);
  });

  it('that is not there keeps the launch back, says so, and is looked for again', async () => {
    const world = opened({ ami: { owner: 'amazon', name: 'ubuntu-*' } });
    await world.metacontroller.pass(NAME);
    expect(reason(world, 'Stalled')).toBe('ImageNotFound');
    expect(said(world, 'Ready')?.message).toMatch(/owner "amazon" for x86_64 \(m6i\.large\).*"ubuntu-\*"/);
    expect(launches(world)).toBe(0);
    world.api.nodeClass = nodeClass(NEWEST);
    await world.settle();
    expect(world.violations()).toEqual([]);
  });

  it('by an id that EC2 does not know is never asked for', async () => {
    const world = opened({ ami: { id: 'ami-that-is-not' } });
    await world.settle(() => reason(world, 'Stalled') === 'ImageNotFound');
    expect(said(world, 'Stalled')?.message).toContain('ami-that-is-not');
    expect(launches(world)).toBe(0);
  });

  it('that does not fit the type is never asked for, until one is named that does', async () => {
    const world = opened({ ami: { id: 'ami-local-x86' } }, { instanceType: 'm7g.large' });
    await world.settle(() => reason(world, 'Stalled') === 'ArchitectureMismatch');
    expect(said(world, 'Stalled')?.message).toMatch(/"m7g\.large" is arm64 .* ami-local-x86 is x86_64/);
    expect(launches(world)).toBe(0);
    world.api.nodeClass = nodeClass({ ami: { id: 'ami-local-arm64' } });
    await world.settle();
    expect(instanceOf(world).imageId).toBe('ami-local-arm64');
  });

  it('of a type that EC2 does not know is not looked for', async () => {
    const world = opened(NEWEST, { instanceType: 'm6i.metre' });
    await world.settle(() => reason(world, 'Stalled') === 'InstanceTypeNotOffered');
    expect(world.simulation.calls.DescribeImages).toBeUndefined();
  });

  it('is looked for later when EC2 does not say, and nothing is launched meanwhile', async () => {
    const world = opened(NEWEST);
    world.command('fail', { action: 'DescribeImages', code: 'RequestLimitExceeded', times: 3 });
    expect(await world.metacontroller.pass(NAME)).toMatchObject({ error: { name: 'RetryLater' } });
    expect(object(world).status).toBeUndefined();
    await world.settle();
  });
});

const TWO_SUBNETS: ClassSpec = {
  subnets: [
    { zone: ZONE, id: 'subnet-local-a' },
    { zone: ZONE, id: 'subnet-local-a2' },
    { zone: 'eu-west-1b', id: 'subnet-local-b' },
  ],
};

const fill = (world: World, ...subnetIds: string[]): void => {
  for (const subnetId of subnetIds) world.command('addresses', { subnetId, free: 0 });
};

describe('subnets of one zone', () => {
  it('are tried in the order of the class', async () => {
    expect(instanceOf(await served(TWO_SUBNETS)).subnetId).toBe('subnet-local-a');
  });

  it('that are full are passed over at once, as another attempt', async () => {
    const world = opened(TWO_SUBNETS);
    fill(world, 'subnet-local-a');
    await world.metacontroller.pass(NAME);
    const { token } = object(world).status?.launch ?? {};
    expect(await world.metacontroller.pass(NAME)).toMatchObject({ answer: { resyncAfterSeconds: 0.2 } });
    expect(reason(world)).toBe('InsufficientFreeAddressesInSubnet');
    // Written down, and EC2 is asked next.
    expect(object(world).status?.launch).toMatchObject({ attempt: 2, subnetId: 'subnet-local-a2' });
    expect(object(world).status?.launch?.token).not.toBe(token);
    expect([launches(world), object(world).status?.shortage]).toEqual([1, undefined]);
    const before = world.now().getTime();
    await world.metacontroller.pass(NAME);
    expect(instanceOf(world).subnetId).toBe('subnet-local-a2');
    expect(world.now().getTime()).toBe(before);
    await world.settle();
    expect(world.violations()).toEqual([]);
  });

  it('that are all full are left alone for minutes, and tried from the first one on', async () => {
    const world = opened(TWO_SUBNETS);
    fill(world, 'subnet-local-a', 'subnet-local-a2');
    await world.settle(() => object(world).status?.shortage !== undefined);
    expect(launches(world)).toBe(2);
    const { since, nextTry = '' } = object(world).status?.shortage ?? {};
    await world.settle(() => launches(world) === 4);
    expect(world.now().getTime()).toBeGreaterThanOrEqual(Date.parse(nextTry));
    await world.settle(() => (object(world).status?.shortage?.nextTry ?? '') > nextTry);
    expect(object(world).status?.shortage?.since).toBe(since);
    expect(world.events).toEqual(['orders InsufficientFreeAddressesInSubnet']);
    world.command('heal');
    await world.settle();
    expect(instanceOf(world).subnetId).toBe('subnet-local-a');
    expect(object(world).status?.launch?.attempt).toBe(5);
    expect(world.violations()).toEqual([]);
  });

  it('of another zone are never tried', async () => {
    const world = opened(TWO_SUBNETS);
    fill(world, 'subnet-local-a', 'subnet-local-a2');
    await world.settle(() => launches(world) >= 6);
    expect(world.instancesOf(object(world).metadata.uid)).toEqual([]);
  });

  it.each([1, 2, 3, 4, 5, 6])('make one instance, whatever is lost on the way (%d)', async (seed) => {
    const world = opened(TWO_SUBNETS, {}, seed);
    fill(world, 'subnet-local-a');
    await world.metacontroller.pass(NAME);
    world.command('fail', { action: 'RunInstances', when: seed % 2 === 0 ? 'before' : 'after' });
    await world.metacontroller.pass(NAME, seed > 2 ? { losesAnswer: true } : {});
    await world.metacontroller.pass(NAME, { interruption: { at: 'after launch', act: crash } });
    world.hooks.restart();
    world.command('fail', { action: 'RunInstances', when: 'after' });
    await world.settle();
    expect(instanceOf(world).subnetId).toBe('subnet-local-a2');
    expect(world.violations()).toEqual([]);
  });
});

describe('a capacity reservation', () => {
  const RESERVED = { capacityReservationId: 'cr-local' };
  const NODE = { instanceType: 'r6i.large' };

  it('has the instances that name it', async () => {
    const world = await served(RESERVED, NODE);
    expect(instanceOf(world).capacityReservation).toMatchObject({ targetId: 'cr-local' });
  });

  it('that is full is waited for, and let go when the class lets it go', async () => {
    const world = openWorld();
    world.api.nodeClass = nodeClass(RESERVED);
    for (const name of ['one', 'two']) world.api.create(name, nodeSpec(NODE));
    await world.settle();
    world.api.create(NAME, nodeSpec(NODE));
    await world.settle(() => object(world).status?.shortage !== undefined);
    expect(reason(world)).toBe('ReservationCapacityExceeded');
    const { token } = object(world).status?.launch ?? {};
    world.api.nodeClass = nodeClass();
    await world.settle();
    expect(object(world).status?.launch).toMatchObject({ attempt: 2 });
    expect(object(world).status?.launch?.token).not.toBe(token);
    expect(instanceOf(world).capacityReservation).toEqual({ preference: 'open' });
    expect(world.violations()).toEqual([]);
  });
});

describe('a class that changes while an instance runs', () => {
  it('is told of, with what is behind, and nothing is done about it', async () => {
    const world = await served();
    expect(reason(world, 'Drifted')).toBe('UpToDate');
    const { id } = instanceOf(world);
    const mutations = world.simulation.journal.entries.length;
    world.api.nodeClass = nodeClass({ ami: { id: 'ami-local-x86-previous' }, kubelet: { maxPods: 20 } });
    for (let pass = 0; pass < 5; pass += 1) {
      await world.metacontroller.pass(NAME);
      world.advance(60);
    }
    expect(said(world, 'Drifted')).toMatchObject({ status: 'True', reason: 'NodeClassChanged' });
    expect(said(world, 'Drifted')?.message).toContain('ami (ami-local-x86, now ami-local-x86-previous)');
    expect(instanceOf(world).id).toBe(id);
    expect(world.simulation.journal.entries).toHaveLength(mutations);
    expect(reason(world)).toBe('Ready');
    world.api.nodeClass = nodeClass();
    await world.metacontroller.pass(NAME);
    expect(reason(world, 'Drifted')).toBe('UpToDate');
  });

  it('by a newer image of its name is told of', async () => {
    const world = await served({ ami: { owner: 'amazon', name: '*-standard-1.36-v20260112' } });
    expect(instanceOf(world).imageId).toBe('ami-local-x86-previous');
    expect(reason(world, 'Drifted')).toBe('UpToDate');
    world.api.nodeClass = nodeClass(NEWEST);
    await world.metacontroller.pass(NAME);
    expect(said(world, 'Drifted')?.message).toContain('ami (ami-local-x86-previous, now ami-local-x86)');
  });

  it('stays what it was said to be while EC2 does not answer about images', async () => {
    const world = await served(NEWEST);
    const before = said(world, 'Drifted');
    world.advance(600);
    world.command('fail', { action: 'DescribeImages', code: 'UnauthorizedOperation' });
    await world.metacontroller.pass(NAME);
    expect([reason(world), said(world, 'Drifted')]).toEqual(['Ready', before]);
  });
});

describe('what the instance type can do on EBS', () => {
  it('is told once the instance serves, and read once', async () => {
    const world = await served();
    expect(object(world).status?.ebs).toEqual({
      baselineThroughput: 77,
      maximumThroughput: 1192,
      baselineIops: 3600,
      maximumIops: 40_000,
    });
    const reads = world.simulation.calls.DescribeInstanceTypes;
    world.advance(7200);
    await world.metacontroller.pass(NAME);
    expect(world.simulation.calls.DescribeInstanceTypes).toBe(reads);
  });
});

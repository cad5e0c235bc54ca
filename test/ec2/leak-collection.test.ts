import { CreateTagsCommand, DeleteTagsCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLUSTER, OWNER_UID } from '../../hooks/api/labels.ts';
import { NO_TERMINATIONS, openLeakWorld, terminationsIn, type LeakWorld } from './leak-world.ts';
import { attachVolume, detachVolumes } from './volumes.ts';

let world: LeakWorld;
beforeEach(async () => {
  world = await openLeakWorld();
});
afterEach(() => world.close());

describe('the collection', () => {
  it('terminates what is protected, says so before, counts it, and finds nothing more', async () => {
    const id = await world.launch('uid-gone');
    world.growOld();
    expect(world.wire.simulator.model.account.instances[id]?.disableApiTermination).toBe(true);
    const { check, said, figures } = world.openProcess(true);
    await check();
    expect(world.stateOf(id)).toBe('shutting-down');
    expect(said()).toEqual([`${id} OwnerGone`, `${id} OwnerGone`]);
    expect(await figures()).toContain('questdb_fleet_leaks_collected_total 1');
    world.wire.simulator.advance(60);
    await check();
    expect(world.calls('TerminateInstances')).toBe(1);
    expect(await figures()).toEqual([
      'questdb_fleet_leaks_collected_total 1',
      'questdb_fleet_leak_checks_total{outcome="ok"} 2',
    ]);
    expect(world.wire.simulator.violations()).toEqual([]);
  });

  it('also takes one that is stopped', async () => {
    const id = await world.launch('uid-gone');
    world.wire.simulator.advance(5);
    world.wire.simulator.command('stop-instance', { id });
    world.growOld();
    await world.openProcess(true).check();
    expect(world.stateOf(id)).toBe('shutting-down');
  });

  it('never takes one with a data volume, and says what holds it; the volume off, it goes', async () => {
    const id = await world.launch('uid-gone');
    world.growOld();
    const volumeId = attachVolume(world.wire.simulator.model, id);
    const { check, said } = world.openProcess(true);
    await check();
    expect(said()).toEqual([`${id} VolumeAttached`]);
    expect(terminationsIn(world)).toEqual(NO_TERMINATIONS);
    detachVolumes(world.wire.simulator.model);
    world.wire.simulator.advance(60);
    await check();
    expect(world.stateOf(id)).toBe('shutting-down');
    expect(world.wire.simulator.violations()).toEqual([]);
    expect(world.wire.simulator.model.account.volumes[volumeId]?.state).toBe('available');
  });

  it('never takes one that no tag gives to anybody', async () => {
    await world.launch(undefined);
    world.growOld();
    const { check, said } = world.openProcess(true);
    for (let day = 0; day < 3; day += 1) {
      await check();
      world.wire.simulator.advance(86_400);
    }
    expect(said()).toEqual([expect.stringMatching(/ NoOwner$/)]);
    expect(terminationsIn(world)).toEqual(NO_TERMINATIONS);
  });

  const tag = (id: string, Key: string, Value: string) =>
    world.wire.clients.twice.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value }] }));

  /** What happens to a leak after it was found, while its uid is looked for once more. */
  const MEANWHILE: [what: string, act: (id: string) => unknown][] = [
    ['was given to a QuestDBNode that is not known', (id) => tag(id, OWNER_UID, 'uid-new')],
    [
      'was given to a QuestDBNode that lives',
      (id) => {
        world.lists.uids.add('uid-new');
        return tag(id, OWNER_UID, 'uid-new');
      },
    ],
    [
      'lost the tag of its owner',
      (id) => world.wire.clients.twice.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: OWNER_UID }] })),
    ],
    ['was given to another fleet', (id) => tag(id, CLUSTER, 'another')],
    ['got a data volume', (id) => attachVolume(world.wire.simulator.model, id)],
    ['has an owner after all', () => world.lists.uids.add('uid-gone')],
    ['goes by itself', (id) => world.wire.simulator.command('terminate-instance', { id })],
    [
      'is not shown by EC2 any more',
      (id) => {
        world.wire.simulator.command('terminate-instance', { id });
        world.wire.simulator.advance(7200);
      },
    ],
  ];

  it.each(MEANWHILE)('does nothing to one that %s', async (_what, act) => {
    const id = await world.launch('uid-gone');
    world.growOld();
    world.lists.onPage = async (page) => {
      if (page === 2) await act(id);
      return undefined;
    };
    const { check, figures } = world.openProcess(true);
    await check();
    expect(world.apiServer.requests).toHaveLength(2);
    expect(terminationsIn(world)).toEqual(NO_TERMINATIONS);
    expect(await figures()).not.toContainEqual(expect.stringContaining('collected'));
  });

  it('does nothing when the owners cannot be read once more', async () => {
    await world.launch('uid-gone');
    world.growOld();
    world.lists.onPage = (page) => (page === 2 ? 'cut' : undefined);
    const { check, said } = world.openProcess(true);
    await expect(check()).rejects.toMatchObject({ name: 'RetryLater' });
    expect(said()).toHaveLength(1);
    expect(terminationsIn(world)).toEqual(NO_TERMINATIONS);
  });

  it('goes on with the others when EC2 refuses one, and tells', async () => {
    for (const uid of ['uid-a', 'uid-b', 'uid-c']) await world.launch(uid);
    world.growOld();
    world.wire.simulator.command('fail', { action: 'TerminateInstances', code: 'OperationNotPermitted' });
    const { check, figures } = world.openProcess(true);
    await expect(check()).rejects.toMatchObject({ name: 'Refusal' });
    expect(await figures()).toContain('questdb_fleet_leaks_collected_total 2');
    await check();
    expect(await figures()).toContain('questdb_fleet_leaks_collected_total 3');
  });

  it('leaves the others for the next time when EC2 asks for patience', async () => {
    for (const uid of ['uid-a', 'uid-b', 'uid-c']) await world.launch(uid);
    world.growOld();
    world.wire.simulator.command('fail', { action: 'TerminateInstances', code: 'RequestLimitExceeded', times: 2 });
    await expect(world.openProcess(true).check()).rejects.toMatchObject({ name: 'RetryLater' });
    expect(world.calls('TerminateInstances')).toBe(2);
    expect(world.calls('DescribeInstances')).toBe(2);
  });

  it('takes ten at a time', async () => {
    for (let index = 0; index < 13; index += 1) await world.launch(`uid-${index}`);
    world.growOld();
    const { check, figures } = world.openProcess(true);
    await check();
    expect(await figures()).toContain('questdb_fleet_leaks_collected_total 10');
    world.wire.simulator.advance(60);
    await check();
    expect(await figures()).toContain('questdb_fleet_leaks_collected_total 13');
  });

  it('ends between two instances when the process is to stop', async () => {
    const ids = [await world.launch('uid-a'), await world.launch('uid-b')];
    world.growOld();
    const ending = new AbortController();
    world.lists.onPage = (page) => {
      if (page === 2) ending.abort();
      return undefined;
    };
    await world.openProcess(true).check(ending.signal);
    expect(ids.map(world.stateOf)).toEqual(['running', 'running']);
    expect(terminationsIn(world)).toEqual(NO_TERMINATIONS);
  });

  it('by several processes at once does no harm', async () => {
    const ids = [await world.launch('uid-a'), await world.launch('uid-b')];
    world.growOld();
    const processes = [world.openProcess(true), world.openProcess(true), world.openProcess(true)];
    await Promise.all(processes.map(({ check }) => check()));
    expect(ids.map(world.stateOf)).toEqual(['shutting-down', 'shutting-down']);
    expect(world.wire.simulator.violations()).toEqual([]);
  });
});

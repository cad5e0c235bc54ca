import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLUSTER, OWNER_UID } from '../../hooks/api/labels.ts';
import type { ApiAnswer } from '../harness/api-server.ts';
import { NO_TERMINATIONS, openLeakWorld, terminationsIn, type LeakWorld } from './leak-world.ts';

let world: LeakWorld;
beforeEach(async () => {
  world = await openLeakWorld();
});
afterEach(() => world.close());

describe('a check for leaks', () => {
  it('reports what nobody owns, and leaves it alone', async () => {
    const gone = await world.launch('uid-gone');
    const nobodys = await world.launch(undefined);
    await world.launch('uid-living');
    await world.launch('uid-of-another-fleet', { [CLUSTER]: 'another' });
    const terminated = await world.launch('uid-terminated');
    world.wire.simulator.command('terminate-instance', { id: terminated });
    world.growOld();
    await world.launch('uid-young');
    world.lists.uids.add('uid-living');
    const { check, said, figures } = world.openProcess(false);
    await check();
    expect(said().sort()).toEqual([`${gone} OwnerGone`, `${nobodys} NoOwner`].sort());
    expect(await figures()).toEqual([
      'questdb_fleet_leaked_instances{reason="OwnerGone"} 1',
      'questdb_fleet_leaked_instances{reason="NoOwner"} 1',
      'questdb_fleet_leak_checks_total{outcome="ok"} 1',
    ]);
    await check();
    expect(said()).toHaveLength(2);
    expect(terminationsIn(world)).toEqual(NO_TERMINATIONS);
  });

  it('finds all owners and all instances, on however many pages', async () => {
    world.wire.simulator.command('set', { maxPageSize: 4 });
    for (let index = 0; index < 1203; index += 1) world.lists.uids.add(`uid-${String(index).padStart(4, '0')}`);
    for (const index of ['0000', '0499', '0500', '0999', '1000', '1202', '1203']) await world.launch(`uid-${index}`);
    world.growOld();
    const { check, said } = world.openProcess(false);
    await check();
    expect(said()).toEqual([expect.stringMatching(/ OwnerGone$/)]);
    const [instanceId = ''] = said()[0]?.split(' ') ?? [];
    expect(world.wire.simulator.model.account.instances[instanceId]?.tags[OWNER_UID]).toBe('uid-1203');
    expect(world.apiServer.requests.map(({ url }) => url.searchParams.get('continue'))).toEqual([null, '500', '1000']);
    expect(new Set(world.apiServer.requests.map(({ accept }) => accept))).toEqual(
      new Set(['application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1']),
    );
  });

  it('misses no owner that comes between its two reads, with or without its instance', async () => {
    await world.launch('uid-1');
    world.growOld();
    const { check, said } = world.openProcess(true, async () => {
      world.lists.uids.add('uid-1').add('uid-2');
      await world.launch('uid-2');
      world.growOld();
    });
    await check();
    expect(said()).toEqual([]);
    expect(terminationsIn(world)).toEqual(NO_TERMINATIONS);
  });

  const FAILURES: [what: string, answer: ApiAnswer][] = [
    ['forbidden', { status: 403, body: { reason: 'Forbidden', message: 'questdbnodes is forbidden' } }],
    ['too much for the API server', { status: 429, body: {} }],
    ['failing', { status: 500, body: {} }],
    ['of a kind that is not installed', { status: 404, body: { reason: 'NotFound', message: 'page not found' } }],
    ['too slow for its token', { status: 410, body: { reason: 'Expired', message: 'the token has expired' } }],
    ['no list', { status: 200, body: { kind: 'Status' } }],
    ['cut off', 'cut'],
  ];

  it.each(FAILURES.flatMap(([what, answer]) => [1, 2].map((page) => ({ what, answer, page }))))(
    'says and does nothing when page $page of the owners is $what',
    async ({ answer, page }) => {
      for (let index = 0; index < 600; index += 1) world.lists.uids.add(`uid-${index}`);
      await world.launch('uid-99');
      await world.launch('uid-gone');
      world.growOld();
      world.lists.onPage = (asked) => (asked === page ? answer : undefined);
      const { check, said, figures } = world.openProcess(true);
      await expect(check()).rejects.toThrow();
      expect(said()).toEqual([]);
      expect(await figures()).toEqual([]);
      expect(terminationsIn(world)).toEqual(NO_TERMINATIONS);
    },
  );

  it('does not ask for the owners when EC2 does not answer', async () => {
    world.wire.simulator.command('fail', { action: 'DescribeInstances', code: 'RequestLimitExceeded', times: 2 });
    const { check, figures } = world.openProcess(true);
    await expect(check()).rejects.toMatchObject({ name: 'RetryLater' });
    expect(world.apiServer.requests).toEqual([]);
    expect(await figures()).toEqual([]);
  });

  it('goes on after one that failed', async () => {
    await world.launch('uid-gone');
    world.growOld();
    const { check, said } = world.openProcess(false);
    world.lists.onPage = (asked) => (asked === 1 ? { status: 500, body: {} } : undefined);
    await expect(check()).rejects.toThrow();
    await check();
    expect(said()).toHaveLength(1);
  });

  it('reads the fleet with the hooks: a shared snapshot that is fresh is not read again', async () => {
    const { check } = world.openProcess(false);
    await check();
    await check();
    expect(world.calls('DescribeInstances')).toBe(1);
    expect(world.apiServer.requests).toHaveLength(2);
  });
});

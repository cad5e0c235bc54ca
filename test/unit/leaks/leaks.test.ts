import { describe, expect, it } from 'vitest';
import { CLUSTER } from '../../../hooks/api/labels.ts';
import { confirmLeak, findLeaks, type LeakLimits } from '../../../hooks/leaks/leaks.ts';
import type { Instance } from '../../../hooks/questdbnode/ports.ts';
import { NOW, stampAfter } from '../../fixtures/clock.ts';
import { anInstance, FLEET, tagsOf } from '../../fixtures/instance.ts';

const LIMITS: LeakLimits = { clusterName: FLEET, ageSeconds: 900, now: NOW };
const NOBODY: ReadonlySet<string> = new Set();
const volume = { dataVolumeIds: ['vol-1'] };

const reasonsOf = (instance: Instance, owners = NOBODY): string[] =>
  findLeaks([instance], owners, LIMITS).map(({ reason }) => reason);

describe('an instance', () => {
  it.each<[what: string, changes: Partial<Instance>, reasons: string[]]>([
    ['whose owner is gone', {}, ['OwnerGone']],
    ['that is stopped, whose owner is gone', { state: 'stopped' }, ['OwnerGone']],
    ['that is stopping, whose owner is gone', { state: 'stopping' }, ['OwnerGone']],
    ['that is stuck in pending, whose owner is gone', { state: 'pending' }, ['OwnerGone']],
    ['whose owner is gone, with a data volume', volume, ['VolumeAttached']],
    ['that is stopped, whose owner is gone, with a data volume', { ...volume, state: 'stopped' }, ['VolumeAttached']],
    ['without a tag of an owner', { tags: tagsOf() }, ['NoOwner']],
    ['with an empty tag of an owner', { tags: tagsOf('') }, ['NoOwner']],
    ['without a tag of an owner, with a data volume', { tags: tagsOf(), ...volume }, ['NoOwner']],
    ['that is on its way out', { state: 'shutting-down' }, []],
    ['that is terminated', { state: 'terminated' }, []],
    ['that is 15 minutes old', { launchTime: stampAfter(-900) }, ['OwnerGone']],
    ['that is younger than that', { launchTime: stampAfter(-899) }, []],
    ['that is younger than that, without an owner', { launchTime: stampAfter(-899), tags: tagsOf() }, []],
    ['of a time that is still to come', { launchTime: stampAfter(3600) }, []],
    ['of no time that can be read', { launchTime: 'yesterday' }, []],
    ['of another fleet', { tags: { ...tagsOf('uid-1'), [CLUSTER]: 'another' } }, []],
    ['of no fleet', { tags: {} }, []],
  ])('%s', (_what, changes, reasons) => {
    expect(reasonsOf(anInstance(changes))).toEqual(reasons);
  });

  it.each<[what: string, changes: Partial<Instance>]>([
    ['runs', {}],
    ['is stopped', { state: 'stopped' }],
    ['has a data volume', volume],
  ])('that %s is no leak while its owner is there', (_what, changes) => {
    expect(reasonsOf(anInstance(changes), new Set(['uid-0', 'uid-1']))).toEqual([]);
  });

  it('belongs to the uid alone, not to one that begins so', () => {
    expect(reasonsOf(anInstance(), new Set(['uid-10', 'uid-']))).toEqual(['OwnerGone']);
  });
});

describe('a fleet', () => {
  it('has its leaks by id, whatever order EC2 has them in', () => {
    const fleet = ['i-3', 'i-1', 'i-2', 'i-4'].map((instanceId) =>
      anInstance({ instanceId, ...(instanceId === 'i-2' ? { tags: tagsOf('uid-2') } : {}) }),
    );
    const found = findLeaks(fleet, new Set(['uid-2']), LIMITS);
    expect(found.map(({ instance }) => instance.instanceId)).toEqual(['i-1', 'i-3', 'i-4']);
    expect(findLeaks([], NOBODY, LIMITS)).toEqual([]);
  });
});

describe('a second look at a leak', () => {
  const [leak] = findLeaks([anInstance()], NOBODY, LIMITS);
  if (leak === undefined) throw new Error('the first look found no leak');

  it('confirms what is as it was', () => {
    const stopped = anInstance({ state: 'stopped' });
    expect(confirmLeak(leak, stopped, NOBODY, LIMITS)).toEqual({ instance: stopped, reason: 'OwnerGone' });
  });

  it.each<[what: string, instance: Instance | undefined, owners?: string[]]>([
    ['EC2 does not show', undefined],
    ['got a volume', anInstance(volume)],
    ['goes by itself', anInstance({ state: 'shutting-down' })],
    ['was given to another owner, who lives', anInstance({ tags: tagsOf('uid-2') }), ['uid-2']],
    // The list of owners may be older than that one.
    ['was given to another owner, who is not known', anInstance({ tags: tagsOf('uid-2') })],
    ['lost its tag', anInstance({ tags: tagsOf() })],
    ['went to another fleet', anInstance({ tags: { ...tagsOf('uid-1'), [CLUSTER]: 'another' } })],
    ['was started anew', anInstance({ launchTime: stampAfter(-60) })],
    ['has its owner after all', anInstance(), ['uid-1']],
  ])('gives up one that %s', (_what, instance, owners = []) => {
    expect(confirmLeak(leak, instance, new Set(owners), LIMITS)).toBeUndefined();
  });
});

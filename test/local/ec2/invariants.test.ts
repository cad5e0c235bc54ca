import { describe, expect, it } from 'vitest';
import { violationsIn } from '../../../local/ec2/invariants.ts';
import type { Effect, JournalEntry } from '../../../local/ec2/journal.ts';
import type { InstanceState } from '../../../local/ec2/model.ts';

const entry = (action: string, ...effects: Effect[]): JournalEntry => ({
  sequence: 1,
  time: '2026-01-01T00:00:00.000Z',
  action,
  caller: 'product',
  ids: [],
  parameters: {},
  outcome: 'ok',
  effects,
});

const OWNER = 'questdb-fleet.dev/owner-uid';
const launched = (id: string, owner: string, attempt = '1'): JournalEntry =>
  entry('RunInstances', {
    effect: 'instance-launched',
    id,
    zone: 'eu-west-1a',
    tags: { [OWNER]: owner, 'questdb-fleet.dev/attempt': attempt },
  });
const unowned = (id: string): JournalEntry =>
  entry('RunInstances', { effect: 'instance-launched', id, zone: 'eu-west-1a', tags: {} });
const state = (action: string, id: string, to: InstanceState, dataVolumes: string[] = []): JournalEntry =>
  entry(action, { effect: 'instance-state', id, from: 'running', to, dataVolumes });
const attached = (instanceId: string): JournalEntry =>
  entry('AttachVolume', { effect: 'volume-attached', id: 'vol-1', instanceId, device: '/dev/xvdba' });
const detached = entry('Transition', { effect: 'volume-detached', id: 'vol-1', instanceId: 'i-1' });
const spec = (size: number) => ({ type: 'gp3', size, iops: 3000, throughput: 125 });
const modified = (from: number, to: number): JournalEntry =>
  entry('ModifyVolume', { effect: 'volume-modified', id: 'vol-1', from: spec(from), to: spec(to) });
const deleted = (action: string, tags: Record<string, string>): JournalEntry =>
  entry(action, { effect: 'volume-deleted', id: 'vol-1', tags });

describe('violationsIn', () => {
  it.each<[string, JournalEntry[], string[]]>([
    ['nothing', [], []],
    ['one instance', [launched('i-1', 'a')], []],
    ['two owners', [launched('i-1', 'a'), launched('i-2', 'b')], []],
    [
      'a second attempt while the first is pending',
      [launched('i-1', 'a'), launched('i-2', 'a', '2')],
      ['launched i-2 for owner a while i-1, which may run, was there'],
    ],
    ...(['running', 'stopping'] as const).map((to): [string, JournalEntry[], string[]] => [
      `a second attempt while the first is ${to}`,
      [launched('i-1', 'a'), state('Transition', 'i-1', to), launched('i-2', 'a', '2')],
      ['launched i-2 for owner a while i-1, which may run, was there'],
    ]),
    ...(['stopped', 'shutting-down', 'terminated'] as const).map((to): [string, JournalEntry[], string[]] => [
      `a second attempt when the first is ${to}`,
      [launched('i-1', 'a'), state('Transition', 'i-1', to), launched('i-2', 'a', '2')],
      [],
    ]),
    [
      'a second attempt while the first may run again',
      [
        launched('i-1', 'a'),
        state('StopInstances', 'i-1', 'stopped'),
        state('StartInstances', 'i-1', 'pending'),
        launched('i-2', 'a', '2'),
      ],
      ['launched i-2 for owner a while i-1'],
    ],
    [
      'started while its successor runs',
      [
        launched('i-1', 'a'),
        state('StopInstances', 'i-1', 'stopped'),
        launched('i-2', 'a', '2'),
        state('StartInstances', 'i-1', 'pending'),
      ],
      ['product started i-1 for owner a while i-2, which may run, was there'],
    ],
    [
      'started when its successor has stopped',
      [
        launched('i-1', 'a'),
        state('StopInstances', 'i-1', 'stopped'),
        launched('i-2', 'a', '2'),
        state('StopInstances', 'i-2', 'stopped'),
        state('StartInstances', 'i-1', 'pending'),
      ],
      [],
    ],
    [
      'started while an instance of another owner runs',
      [
        launched('i-1', 'a'),
        state('StopInstances', 'i-1', 'stopped'),
        launched('i-2', 'b'),
        state('StartInstances', 'i-1', 'pending'),
      ],
      [],
    ],
    [
      'started by AWS while its successor runs',
      [
        launched('i-1', 'a'),
        state('StopInstances', 'i-1', 'stopped'),
        launched('i-2', 'a', '2'),
        state('start-instance', 'i-1', 'pending'),
      ],
      [],
    ],
    ['instances of nobody', [unowned('i-1'), unowned('i-2')], []],
    [
      'two instances of one attempt',
      [launched('i-1', 'a'), launched('i-2', 'a')],
      ['two live instances for owner a, attempt 1: i-1 and i-2'],
    ],
    [
      'a stopped one counts',
      [launched('i-1', 'a'), state('StopInstances', 'i-1', 'stopped'), launched('i-2', 'a')],
      ['two live'],
    ],
    [
      'one after another',
      [launched('i-1', 'a'), state('TerminateInstances', 'i-1', 'shutting-down'), launched('i-2', 'a')],
      [],
    ],
    [
      'a tag that came later',
      [
        launched('i-1', 'b'),
        entry('CreateTags', {
          effect: 'tags-changed',
          id: 'i-1',
          tags: { [OWNER]: 'a', 'questdb-fleet.dev/attempt': '1' },
        }),
        launched('i-2', 'a'),
      ],
      ['two live'],
    ],
    ['two attachments', [attached('i-1'), attached('i-2')], ['vol-1 attached to i-2 while attached to i-1']],
    ['a move', [attached('i-1'), detached, attached('i-2')], []],
    [
      'terminated with data',
      [state('TerminateInstances', 'i-1', 'shutting-down', ['vol-1'])],
      ['product terminated i-1 with data volumes attached: vol-1'],
    ],
    ['terminated by AWS with data', [state('terminate-instance', 'i-1', 'shutting-down', ['vol-1'])], []],
    [
      'deleted data',
      [deleted('DeleteVolume', { 'questdb-fleet.dev/database': 'db' })],
      ['product deleted vol-1, which holds the data of a database'],
    ],
    [
      'deleted data of a claim',
      [deleted('DeleteVolume', { 'kubernetes.io/created-for/pvc/name': 'x' })],
      ['product deleted'],
    ],
    ['deleted something else', [deleted('DeleteVolume', { a: 'b' })], []],
    ['lost by AWS', [deleted('delete-volume', { 'questdb-fleet.dev/database': 'db' })], []],
    ['growth', [modified(10, 20), modified(20, 30)], []],
    ['no change', [modified(10, 10)], ['vol-1 modified without a change']],
    [
      'again after it failed',
      [modified(10, 20), entry('Transition', { effect: 'modification-failed', id: 'vol-1' }), modified(10, 20)],
      [],
    ],
    ['twice', [modified(10, 20), modified(10, 20)], ['vol-1 modified twice for one change']],
  ])('%s', (_name, journal, expected) => {
    expect(violationsIn(journal)).toEqual(expected.map((sentence): unknown => expect.stringContaining(sentence)));
  });

  it('allows the deletion of data that was given up, and of no other', () => {
    const tags = { 'questdb-fleet.dev/database': 'db' };
    const released = (id: string): JournalEntry => ({
      ...entry('CreateTags', { effect: 'tags-changed', id, tags }),
      parameters: { ResourceId: [id], Tag: [{ Key: 'ebs.csi.aws.com/cluster', Value: 'true' }] },
    });
    expect(violationsIn([released('vol-1'), deleted('DeleteVolume', tags)])).toEqual([]);
    expect(violationsIn([released('vol-2'), deleted('DeleteVolume', tags)])).toHaveLength(1);
  });
});

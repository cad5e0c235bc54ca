import { describe, expect, it } from 'vitest';
import { storyOf, type Event } from '../../../cli/explain.ts';
import { condition } from '../../fixtures/conditions.ts';
import { readyPod } from '../../fixtures/pod.ts';
import { aDatabase, aNode, aVolume, OWN_NODE } from '../../fixtures/questdb.ts';

const now = new Date('2026-03-01T12:00:00Z');
const event = (reason: string, lastTimestamp: string | undefined, changes: Partial<Event> = {}): Event => ({
  type: 'Normal',
  reason,
  message: `${reason} happened`,
  involvedObject: { kind: 'QuestDB', name: 'trades' },
  metadata: { creationTimestamp: '2026-02-27T12:00:00Z' },
  ...(lastTimestamp === undefined ? {} : { lastTimestamp }),
  ...changes,
});

const database = aDatabase({
  spec: { node: OWN_NODE, version: '9.3.5' },
  status: {
    version: '9.3.4',
    conditions: [
      condition('ConfigAccepted', 'True', { reason: 'UnknownKeys', message: 'ignores a.b' }),
      condition('NodeReady', 'True', { reason: 'Ready', message: 'fine' }),
      condition('Stalled', 'False', { reason: 'NotStalled', message: 'nothing' }),
      condition('Upgrading', 'True', { reason: 'PodUpdating', message: 'From 9.3.4 to 9.3.5.' }),
      condition('VolumeReady', 'False', { reason: 'NotBound', message: 'waiting' }),
      condition('Ready', 'False', { reason: 'PodUpdating', message: 'Waiting for the new pod.' }),
    ],
  },
});

const story = (events: readonly Event[] = [], children = [aNode(), aVolume()]) =>
  storyOf({ database, children, pod: readyPod(), events, now }).split('\n');

describe('the story of a database', () => {
  it('begins with what it is and whether it is Ready', () => {
    const [headline, , first] = story();
    expect(headline).toBe('QuestDB acme/trades  9.3.4, 9.3.5 asked for  100Gi');
    expect(first).toMatch(/^Ready +False +PodUpdating: Waiting for the new pod\.$/);
  });

  it('has the conditions that are news, and not those of a quiet day', () => {
    const text = story().join('\n');
    for (const news of ['UnknownKeys: ignores a.b', 'From 9.3.4 to 9.3.5.', 'NotBound: waiting']) {
      expect(text).toContain(news);
    }
    expect(text).not.toContain('NotStalled');
    expect(text).not.toContain('NodeReady');
  });

  it('has its parts in their own words, and its pod', () => {
    const text = story().join('\n');
    expect(text).toMatch(/QuestDBNode +trades-abcdef01 {2}Ready: Node is Ready\./);
    expect(text).toMatch(/QuestDBVolume +trades {2}Bound: Claim "trades-data" is bound\./);
    expect(text).toMatch(/^pod +trades-0 on .*, ready, 0 restarts$/m);
    expect(
      story([], [aNode({ metadata: { deletionTimestamp: '2026-03-01T11:00:00Z' } }), aVolume()]).join('\n'),
    ).toContain('(being deleted)');
  });

  it('ends with the last events, the newest at the end, whichever of their times they have', () => {
    const events = [
      event('Late', '2026-03-01T11:59:30Z', { type: 'Warning' }),
      event('Early', undefined),
      event('Modern', undefined, { eventTime: '2026-03-01T10:30:00.000000Z' }),
    ];
    expect(story(events).slice(-3)).toEqual([
      '     2d  QuestDB/trades  Early: Early happened',
      '     1h  QuestDB/trades  Modern: Modern happened',
      '!   30s  QuestDB/trades  Late: Late happened',
    ]);
    const many = Array.from({ length: 30 }, (_, index) => event(`E${index}`, `2026-03-01T11:00:${10 + index}Z`));
    expect(story(many).at(-1)).toContain('E29');
    expect(story(many).filter((line) => line.includes('happened'))).toHaveLength(10);
    expect(story().at(-1)).toBe('  (none)');
  });
});

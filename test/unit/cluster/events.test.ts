import { beforeEach, describe, expect, it } from 'vitest';
import { createRecorder } from '../../../hooks/cluster/events.ts';
import { ApiError, type KubeApi } from '../../../hooks/cluster/kube-api.ts';
import { NOW, STAMP } from '../../fixtures/clock.ts';
import { aDatabase, UID } from '../../fixtures/questdb.ts';

type Event = { metadata: { name: string; namespace: string }; message: string };
let created: { path: string; event: Event }[];
let lost: [string, unknown][];
let failure: Error | undefined;

beforeEach(() => {
  created = [];
  lost = [];
  failure = undefined;
});

const api = {
  create: (path: string, event: unknown) => {
    created.push({ path, event: event as Event });
    return failure === undefined ? Promise.resolve({}) : Promise.reject(failure);
  },
} as unknown as KubeApi;
const record = createRecorder(
  api,
  () => NOW,
  (reason, error) => lost.push([reason, error]),
);
const nameFor = async (...[subject, reason, message]: [ReturnType<typeof aDatabase>, string, string]) => {
  await record(subject, 'Normal', reason, message);
  return created.at(-1)?.event.metadata.name;
};

describe('an event', () => {
  it('is about its object, in its namespace', async () => {
    await record(aDatabase(), 'Warning', 'Why', 'What.');
    expect(created).toEqual([
      {
        path: '/api/v1/namespaces/acme/events',
        event: {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: expect.stringMatching(/^trades\.[0-9a-f]{8}$/) as string, namespace: 'acme' },
          involvedObject: {
            apiVersion: 'questdb-fleet.dev/v1alpha1',
            kind: 'QuestDB',
            namespace: 'acme',
            name: 'trades',
            uid: UID,
          },
          type: 'Warning',
          reason: 'Why',
          message: 'What.',
          firstTimestamp: STAMP,
          lastTimestamp: STAMP,
          count: 1,
          source: { component: 'questdb-fleet' },
          reportingComponent: 'questdb-fleet',
        },
      },
    ]);
  });

  it('has the same name when it says the same, and another when it does not', async () => {
    const name = await nameFor(aDatabase(), 'Why', 'What.');
    expect(await nameFor(aDatabase({ metadata: { resourceVersion: '9' } }), 'Why', 'What.')).toBe(name);
    const others = [
      await nameFor(aDatabase(), 'Else', 'What.'),
      await nameFor(aDatabase(), 'Why', 'Else.'),
      await nameFor(aDatabase({ metadata: { uid: 'another' } }), 'Why', 'What.'),
    ];
    expect(new Set([name, ...others]).size).toBe(4);
  });

  it('has a message that the API server takes', async () => {
    await record(aDatabase(), 'Normal', 'Why', 'x'.repeat(2000));
    expect(created[0]?.event.message).toHaveLength(1024);
  });

  it('is in the default namespace when its object has none', async () => {
    await record(
      { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'pv', uid: 'u' } },
      'Normal',
      'Why',
      'What.',
    );
    expect(created[0]?.path).toBe('/api/v1/namespaces/default/events');
  });

  it('told twice is no failure', async () => {
    failure = new ApiError(409, 'AlreadyExists', 'exists');
    await record(aDatabase(), 'Normal', 'Why', 'What.');
    expect(lost).toEqual([]);
  });

  it('that is lost is told, and never fails', async () => {
    failure = new ApiError(403, 'Forbidden', 'no');
    await expect(record(aDatabase(), 'Normal', 'Why', 'What.')).resolves.toBeUndefined();
    expect(lost).toEqual([['Why', failure]]);
  });
});

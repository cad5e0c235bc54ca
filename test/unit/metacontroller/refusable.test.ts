import { describe, expect, it } from 'vitest';
import type { QuestDBVolume } from '../../../hooks/api/generated/questdbvolume.ts';
import { Refusal, RetryLater } from '../../../hooks/metacontroller/errors.ts';
import { refusable } from '../../../hooks/metacontroller/refusable.ts';
import { NOW, STAMP } from '../../fixtures/clock.ts';
import { condition, LONG_AGO } from '../../fixtures/conditions.ts';
import { aVolumeParent } from '../../fixtures/questdbvolume.ts';

type Status = NonNullable<QuestDBVolume['status']>;
const passing = (pass: () => Promise<{ status: Status; children: [] }>, status?: Status) =>
  refusable<Status>(aVolumeParent(status === undefined ? {} : { status }), () => NOW, pass);
const refusing = () => Promise.reject(new Refusal('EC2 said no.'));

describe('a pass that may be refused', () => {
  it('is answered as it is when nothing refuses', async () => {
    const answer = { status: { claimName: 'x' }, children: [] as [] };
    await expect(passing(() => Promise.resolve(answer))).resolves.toBe(answer);
  });

  it('tells a refusal in the conditions, and keeps all else that was known', async () => {
    const joined = condition('Joined', 'True');
    const status = {
      claimName: 'x',
      conditions: [condition('Ready', 'Unknown'), joined, condition('Stalled', 'True')],
    };
    const said = { observedGeneration: 1, reason: 'CallRefused', message: 'EC2 said no.' };
    await expect(passing(refusing, status)).resolves.toEqual({
      status: {
        claimName: 'x',
        conditions: [
          joined,
          { type: 'Ready', status: 'False', lastTransitionTime: STAMP, ...said },
          { type: 'Stalled', status: 'True', lastTransitionTime: LONG_AGO, ...said },
        ],
      },
      children: [],
      resyncAfterSeconds: 30,
    });
  });

  it.each([
    ['is no news of what was found Ready', 1, 'True'],
    ['is news of what was Ready for an older spec', 0, 'False'],
  ])('%s', async (_name, observedGeneration, expected) => {
    const ready = condition('Ready', 'True', { observedGeneration });
    const { status } = await passing(refusing, { conditions: [ready] });
    expect(status.conditions?.map(({ type, status: said }) => [type, said])).toEqual([
      ['Ready', expected],
      ['Stalled', 'True'],
    ]);
  });

  it('tells it of an object of which nothing was known', async () => {
    const { status } = await passing(refusing);
    expect(status.conditions?.map(({ type }) => type)).toEqual(['Ready', 'Stalled']);
  });

  it.each([new RetryLater(1, 'Later.'), new Error('A defect.')])('fails with any other error: %s', async (error) => {
    await expect(passing(() => Promise.reject(error))).rejects.toBe(error);
  });
});

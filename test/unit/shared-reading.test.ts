import { beforeEach, describe, expect, it } from 'vitest';
import { sharedReading, type SharedReading } from '../../hooks/shared-reading.ts';
import { after } from '../fixtures/clock.ts';

type Answer = { resolve: (value: number) => void; reject: (error: Error) => void };
let time: number;
let answers: Answer[];
let reading: SharedReading<number>;

beforeEach(() => {
  time = 0;
  answers = [];
  const read = () => new Promise<number>((resolve, reject) => answers.push({ resolve, reject }));
  reading = sharedReading({ read, maxAgeSeconds: 10, now: () => after(time) });
});

const answer = (index: number, value: number) => answers[index]?.resolve(value);

describe('a reading that is shared', () => {
  it('is made once for all who come while it is under way', async () => {
    const waiting = [reading(), reading(), reading()];
    expect(answers).toHaveLength(1);
    answer(0, 7);
    await expect(Promise.all(waiting)).resolves.toEqual([7, 7, 7]);
  });

  it.each([
    [10, 1],
    [10.001, 2],
  ])('is used for ten seconds: after %s s', async (seconds, count) => {
    answer(0, await Promise.resolve(1));
    void reading();
    time = seconds;
    void reading();
    expect(answers).toHaveLength(count);
  });

  it.each([
    ['when it began', 0, 1],
    ['before it began', -5, 1],
    ['after it began', 1, 2],
  ])('will do for a time %s', (_name, notBefore, count) => {
    void reading();
    time = 5;
    void reading(after(notBefore));
    expect(answers).toHaveLength(count);
  });

  it('is made anew for a time after one that is under way began, and for that alone', async () => {
    const old = reading();
    time = 2;
    const fresh = reading(after(1));
    expect(answers).toHaveLength(2);
    answer(1, 2);
    answer(0, 1);
    await expect(Promise.all([old, fresh, reading()])).resolves.toEqual([1, 2, 2]);
    expect(answers).toHaveLength(2);
  });

  it('is made once for a time in the future, which no reading can meet', () => {
    void reading(after(60));
    void reading(after(60));
    expect(answers).toHaveLength(1);
    time = 1;
    void reading(after(60));
    expect(answers).toHaveLength(2);
  });

  it('is made anew after a failure, which all who waited see', async () => {
    const waiting = [reading(), reading()];
    answers[0]?.reject(new Error('throttled'));
    for (const one of waiting) await expect(one).rejects.toThrow('throttled');
    const next = reading();
    expect(answers).toHaveLength(2);
    answer(1, 3);
    await expect(next).resolves.toBe(3);
  });

  it('is not forgotten for an older one that failed', async () => {
    const old = reading();
    time = 2;
    const fresh = reading(after(1));
    answers[0]?.reject(new Error('late'));
    await expect(old).rejects.toThrow('late');
    answer(1, 2);
    await expect(fresh).resolves.toBe(2);
    await expect(reading()).resolves.toBe(2);
    expect(answers).toHaveLength(2);
  });
});

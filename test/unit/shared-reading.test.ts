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

/** Whatever follows at once has followed. */
const allDone = () => new Promise(setImmediate);

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
    const first = reading();
    answer(0, 1);
    await first;
    time = seconds;
    const second = reading();
    await allDone();
    expect(answers).toHaveLength(count);
    answer(1, 2);
    await expect(second).resolves.toBe(count);
  });

  it('counts its age from when it began, also while it is under way: those to whom it is too old share another', async () => {
    const slow = reading();
    time = 10;
    const patient = reading();
    time = 10.001;
    const late = [reading(), reading()];
    expect(answers).toHaveLength(2);
    answer(0, 1);
    await expect(Promise.all([slow, patient])).resolves.toEqual([1, 1]);
    answer(1, 2);
    await expect(Promise.all(late)).resolves.toEqual([2, 2]);
  });

  it.each([
    ['when it began', 0, 1],
    ['before it began', -5, 1],
    ['after it began', 1, 2],
  ])('will do for a time %s', async (_name, notBefore, count) => {
    const old = reading();
    answer(0, 1);
    await old;
    time = 5;
    void reading(after(notBefore));
    await allDone();
    expect(answers).toHaveLength(count);
  });

  it('that is under way and began too early is followed by one for all whom it will not do for', async () => {
    const old = reading();
    time = 0.9;
    const fresh = [reading(after(0.5)), reading(after(0.9))];
    expect(answers).toHaveLength(1);
    answer(0, 1);
    await expect(old).resolves.toBe(1);
    await allDone();
    expect(answers).toHaveLength(2);
    answer(1, 2);
    await expect(Promise.all([...fresh, reading()])).resolves.toEqual([2, 2, 2]);
    expect(answers).toHaveLength(2);
  });

  it('that hangs is not waited for', async () => {
    void reading();
    time = 1;
    const fresh = reading(after(1));
    expect(answers).toHaveLength(2);
    answer(1, 2);
    await expect(fresh).resolves.toBe(2);
  });

  it('is followed by the next one also when it fails', async () => {
    const old = reading();
    time = 0.9;
    const fresh = reading(after(0.5));
    answers[0]?.reject(new Error('throttled'));
    await expect(old).rejects.toThrow('throttled');
    await allDone();
    expect(answers).toHaveLength(2);
    answer(1, 2);
    await expect(fresh).resolves.toBe(2);
  });

  it('is made once for a time in the future, which no reading can meet', async () => {
    const first = [reading(after(60)), reading(after(60))];
    expect(answers).toHaveLength(1);
    answer(0, 1);
    await Promise.all(first);
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

  it('that follows a failed one is kept, and fails for itself alone', async () => {
    const old = reading();
    time = 2;
    const fresh = reading(after(1));
    answers[0]?.reject(new Error('late'));
    await expect(old).rejects.toThrow('late');
    await allDone();
    expect(answers).toHaveLength(2);
    answer(1, 2);
    await expect(fresh).resolves.toBe(2);
    await expect(reading(after(2))).resolves.toBe(2);
    expect(answers).toHaveLength(2);
  });

  it('that follows another one and fails is waited for by nobody else', async () => {
    const old = reading();
    time = 2;
    const fresh = [reading(after(1)), reading(after(1))];
    answer(0, 1);
    await old;
    await allDone();
    expect(answers).toHaveLength(2);
    answers[1]?.reject(new Error('throttled'));
    for (const one of fresh) await expect(one).rejects.toThrow('throttled');
    const next = reading(after(1));
    expect(answers).toHaveLength(3);
    answer(2, 3);
    await expect(next).resolves.toBe(3);
  });

  it('is one at a time: a hundred who come in turn are three readings', async () => {
    const all = [reading()];
    for (let count = 0; count < 50; count += 1) all.push(reading(after((time += 0.01))));
    answer(0, 0);
    await all[0];
    await allDone();
    expect(answers).toHaveLength(2);
    for (let count = 0; count < 50; count += 1) all.push(reading(after((time += 0.01))));
    expect(answers).toHaveLength(2);
    answer(1, 1);
    await all[1];
    await allDone();
    expect(answers).toHaveLength(3);
    answer(2, 2);
    const values = await Promise.all(all);
    expect(values).toEqual([0, ...Array<number>(50).fill(1), ...Array<number>(50).fill(2)]);
    expect(answers).toHaveLength(3);
  });
});

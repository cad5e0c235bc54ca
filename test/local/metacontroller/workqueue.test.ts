import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWorkqueue } from '../../../local/metacontroller/workqueue.ts';

/** A queue whose work ends when the test says so. */
const heldQueue = (workers: number) => {
  const started: string[] = [];
  const held = new Map<string, () => void>();
  const queue = createWorkqueue(workers, (key) => {
    started.push(key);
    return new Promise((resolve) => held.set(key, resolve));
  });
  queue.open();
  const finish = async (key: string): Promise<void> => {
    held.get(key)?.();
    await turn();
  };
  return { queue, started, finish };
};

describe('a work queue', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('waits until it is open', () => {
    const started: string[] = [];
    const queue = createWorkqueue(1, (key) => Promise.resolve(void started.push(key)));
    queue.add('a');
    expect(started).toEqual([]);
    queue.open();
    expect(started).toEqual(['a']);
  });

  it('works on a key once at a time, and once more when it was added meanwhile', async () => {
    const { queue, started, finish } = heldQueue(5);
    for (const key of ['a', 'a', 'b', 'a']) queue.add(key);
    expect(started).toEqual(['a', 'b']);
    await finish('a');
    expect(started).toEqual(['a', 'b', 'a']);
    await finish('a');
    expect(started).toEqual(['a', 'b', 'a']);
  });

  it('has so many workers and no more', async () => {
    const { queue, started, finish } = heldQueue(2);
    for (const key of ['a', 'b', 'c']) queue.add(key);
    expect(started).toEqual(['a', 'b']);
    await finish('b');
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('keeps the sooner of two waits, and takes no wait for at once', () => {
    const { queue, started } = heldQueue(5);
    queue.addAfter('a', 1_000);
    queue.addAfter('a', 5_000);
    queue.addAfter('b', 5_000);
    queue.addAfter('b', 1_000);
    queue.addAfter('c', 0);
    expect(started).toEqual(['c']);
    vi.advanceTimersByTime(999);
    expect(started).toEqual(['c']);
    vi.advanceTimersByTime(1);
    expect(started).toEqual(['c', 'a', 'b']);
  });

  it('takes nothing more when closed, and is closed when its work is done', async () => {
    const { queue, started, finish } = heldQueue(1);
    queue.add('a');
    queue.add('b');
    queue.addAfter('c', 10);
    let closed = false;
    const closing = queue.close().then(() => (closed = true));
    await turn();
    expect(closed).toBe(false);
    await finish('a');
    await closing;
    queue.add('d');
    queue.addAfter('d', 10);
    vi.advanceTimersByTime(10_000);
    expect(started).toEqual(['a']);
  });
});

import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { Refusal, RetryLater, UnusableRequest, Unsure } from '../../hooks/metacontroller/errors.ts';
import { applicationWith, errorOf, syncBody } from './application.ts';

const syncThat = (sync: () => Promise<unknown>, dependencies = {}) => {
  const application = applicationWith({
    sync: sync as () => Promise<{ status: unknown; children: [] }>,
    ...dependencies,
  });
  return { ...application, response: request(application.app).post('/questdb/sync').send(syncBody()) };
};

describe('a hook that ends with an error', () => {
  it('answers 429 with Retry-After, in whole seconds and at least one', async () => {
    const response = await syncThat(() => Promise.reject(new RetryLater(0.2, 'The claim was just released.'))).response;
    expect(response.status).toBe(429);
    expect(response.headers).toHaveProperty('retry-after', '1');
    expect(errorOf(response)).toEqual({ code: 'RETRY_LATER', message: 'The claim was just released.' });
  });

  it.each<[error: Error, status: number, code: string]>([
    [new Unsure('EC2 does not answer.'), 503, 'UNSURE'],
    [new Refusal('EC2 CreateTags was refused.'), 503, 'UNSURE'],
    [new UnusableRequest('The parent has no storage.'), 422, 'UNUSABLE_REQUEST'],
  ])('answers %s in its own words', async (error, status, code) => {
    const response = await syncThat(() => Promise.reject(error)).response;
    expect(response.status).toBe(status);
    expect(response.body).toEqual({ error: { code, message: error.message } });
  });

  it('answers 500 without a word of what happened; the log has it', async () => {
    const { response, logged } = syncThat(() => Promise.reject(new TypeError('password hunter2 is not iterable')));
    const answer = await response;
    expect(answer.status).toBe(500);
    expect(errorOf(answer)?.code).toBe('INTERNAL');
    expect(answer.text).not.toMatch(/hunter2|TypeError|\.ts/);
    expect(logged.lines()).toContainEqual(
      expect.objectContaining({
        level: 'error',
        hook: 'questdb/sync',
        namespace: 'default',
        name: 'trades',
        uid: '6f1c',
        generation: 3,
        code: 'INTERNAL',
        err: expect.objectContaining({ type: 'TypeError', stack: expect.stringContaining('    at ') }),
      }),
    );
  });

  it.each([
    ['something that is no Error', () => Promise.reject(JSON.parse('"down"') as Error)],
    ['an Error with a status of its own', () => Promise.reject(Object.assign(new Error('secret'), { status: 404 }))],
    [
      'an Error before it waits',
      () => {
        throw new Error('secret');
      },
    ],
  ])('answers 500 for %s', async (_name, sync) => {
    const response = await syncThat(sync).response;
    expect(response.status).toBe(500);
    expect(errorOf(response)?.code).toBe('INTERNAL');
    expect(response.text).not.toContain('secret');
  });

  it('keeps a message short enough for an Event', async () => {
    const response = await syncThat(() => Promise.reject(new Unsure('x'.repeat(5000)))).response;
    expect(response.text.length).toBeLessThan(1024);
  });
});

describe('a hook that takes too long', () => {
  it('says when to ask again, so that nobody backs off ever longer', async () => {
    const never = () => new Promise<never>(() => undefined);
    const response = await syncThat(never, { hookBudgetSeconds: 0.05 }).response;
    expect(response.status).toBe(429);
    expect(response.headers['retry-after']).toBe('5');
    expect(errorOf(response)).toEqual({
      code: 'OUT_OF_TIME',
      message: 'The hook took longer than 0.05 s; nothing was changed by this answer.',
    });
  });

  it('may fail afterwards without ending the process', async () => {
    let fail: (error: Error) => void = () => undefined;
    const { app, response } = syncThat(() => new Promise((_resolve, reject) => (fail = reject)), {
      hookBudgetSeconds: 0.05,
    });
    expect((await response).status).toBe(429);
    // Unhandled, this would fail the run of the tests.
    fail(new Error('late'));
    await request(app).get('/healthz').expect(200);
  });
});

describe('an answer that Metacontroller would refuse or misread', () => {
  it.each([
    ['an unknown field', { status: {}, children: [], requeue: true }],
    ['no children', { status: {} }],
    ['no status', { children: [] }],
    ['a child without a name', { status: {}, children: [{ apiVersion: 'v1', kind: 'Service', metadata: {} }] }],
    ['a field of finalize', { status: {}, children: [], finalized: true }],
    ['no time', { status: {}, children: [], resyncAfterSeconds: Number.NaN }],
    ['nothing', undefined],
  ])('is 500 when it has %s', async (_name, answer) => {
    const { response, logged } = syncThat(() => Promise.resolve(answer));
    expect((await response).status).toBe(500);
    expect(logged.text()).toContain('The answer of a hook cannot be used');
  });
});

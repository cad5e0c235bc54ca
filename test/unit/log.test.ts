import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ApiException } from '@kubernetes/client-node';
import { createLog, describeError } from '../../hooks/log.ts';

const SECRET = 'hunter2';

const sink = () => {
  let text = '';
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  return { destination, text: () => text };
};

describe('an error in the log', () => {
  it('has its name, message, code, place and causes', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(describeError(new TypeError('no news', { cause }))).toEqual({
      type: 'TypeError',
      message: 'no news',
      stack: expect.stringContaining('    at '),
      cause: { type: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED', stack: expect.any(String) },
    });
  });

  it('has none of the fields that could hold a request or an answer', () => {
    const error = Object.assign(new Error('failed'), { body: SECRET, request: { headers: SECRET }, response: SECRET });
    expect(JSON.stringify(describeError(error))).not.toContain(SECRET);
  });

  it('has neither the body nor the headers that the Kubernetes client puts into its messages', () => {
    const described = describeError(new ApiException(409, 'Conflict', { data: SECRET }, { authorization: SECRET }));
    expect(described.message).toBe('HTTP-Code: 409\nMessage: Conflict');
    expect(JSON.stringify(described)).not.toContain(SECRET);
  });

  it('has not what was thrown when that is no Error', () => {
    expect(describeError(SECRET)).toEqual({ type: 'string', message: 'something that is no Error was thrown' });
  });

  it('ends, also when it is its own cause', () => {
    const error = new Error('round');
    error.cause = error;
    expect(JSON.stringify(describeError(error)).length).toBeLessThan(20_000);
  });
});

describe('the log', () => {
  it.each(['err', 'error'])('describes an error that is called %s', (key) => {
    const { destination, text } = sink();
    createLog('info', destination).warn({ [key]: Object.assign(new Error('no'), { body: SECRET }) }, 'said');
    expect(JSON.parse(text())).toMatchObject({ [key]: { type: 'Error', message: 'no' } });
    expect(text()).not.toContain(SECRET);
  });

  it('writes one JSON object a line, with the level by name and the errors described', () => {
    const { destination, text } = sink();
    const log = createLog('info', destination);
    log.debug('unheard');
    log.info({ hook: 'questdb/sync', err: Object.assign(new Error('no'), { body: SECRET }) }, 'said');
    expect(text().split('\n')).toHaveLength(2);
    expect(JSON.parse(text())).toMatchObject({
      level: 'info',
      hook: 'questdb/sync',
      msg: 'said',
      err: { message: 'no' },
    });
    expect(text()).not.toContain(SECRET);
  });
});

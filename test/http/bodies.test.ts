import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { applicationWith, errorOf, parentOf, syncBody } from './application.ts';

const post = (path = '/questdb/sync') => request(applicationWith().app).post(path);
const JSON_TYPE = 'application/json';

describe('a body that cannot be read', () => {
  it.each([
    ['broken', '{"parent": '],
    ['text', 'hello'],
    ['a number', '17'],
  ])('is refused when it is %s', async (_name, body) => {
    const response = await post().set('Content-Type', JSON_TYPE).send(body);
    expect(response.status).toBe(400);
    expect(response.body).toEqual({ error: { code: 'INVALID_JSON', message: 'The body is not valid JSON.' } });
  });

  it('is refused when there is none', async () => {
    const response = await post();
    expect(response.status).toBe(415);
    expect(errorOf(response)?.code).toBe('UNSUPPORTED_CONTENT_TYPE');
    const empty = await post().set('Content-Type', JSON_TYPE);
    expect(empty.status).toBe(422);
    expect(errorOf(empty)?.message).toBe('The request cannot be used: parent is required.');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/yaml'])('is refused as %s', async (type) => {
    const response = await post().set('Content-Type', type).send(JSON.stringify(syncBody()));
    expect(response.status).toBe(415);
    expect(errorOf(response)?.code).toBe('UNSUPPORTED_CONTENT_TYPE');
    expect(errorOf(response)?.message).toContain('Content-Type: application/json');
  });

  it('is refused in a character set that JSON has not', async () => {
    const response = await post().set('Content-Type', 'application/json; charset=latin1').send('{}');
    expect(response.status).toBe(415);
    expect(errorOf(response)?.code).toBe('UNSUPPORTED_CONTENT_TYPE');
  });

  it('is refused above 32 MB, also when it is small on the wire', async () => {
    const tooLarge = JSON.stringify({ filling: 'x'.repeat(33 * 1024 * 1024) });
    const plain = await post().set('Content-Type', JSON_TYPE).send(tooLarge);
    expect(plain.status).toBe(413);
    expect(errorOf(plain)).toEqual({ code: 'BODY_TOO_LARGE', message: 'The body is larger than 32 MB.' });
    const { app } = applicationWith();
    const packed = request(app).post('/questdb/sync').set('Content-Type', JSON_TYPE).set('Content-Encoding', 'gzip');
    packed.write(gzipSync(tooLarge));
    expect((await packed).status).toBe(413);
  });

  it('is taken when it is large but allowed', async () => {
    const annotations = { note: 'x'.repeat(30 * 1024 * 1024) };
    const parent = parentOf('QuestDB');
    await post()
      .send({ ...syncBody(), parent: { ...parent, metadata: { ...parent.metadata, annotations } } })
      .expect(200);
  });
});

describe('a request that cannot be used', () => {
  it.each([
    ['another kind', { ...syncBody(), parent: parentOf('QuestDBNode') }],
    ['another API', { ...syncBody(), parent: { ...parentOf('QuestDB'), apiVersion: 'questdb-fleet.dev/v1' } }],
    ['no kind', { ...syncBody(), parent: {} }],
  ])('says which parent the hook takes when it got %s', async (_name, body) => {
    const response = await post().send(body);
    expect(response.status).toBe(422);
    expect(errorOf(response)).toEqual({
      code: 'UNUSABLE_REQUEST',
      message:
        'The request cannot be used: this hook takes a parent of kind QuestDB and apiVersion questdb-fleet.dev/v1alpha1 alone.',
    });
  });

  it('names the path and what is allowed', async () => {
    const response = await post().send({
      ...syncBody(),
      parent: { ...parentOf('QuestDB'), spec: { version: 'latest', storage: { size: '20Gi' } } },
    });
    expect(response.status).toBe(422);
    expect(errorOf(response)?.message).toContain('parent.spec.version must match');
  });

  it('does not reach the hook', async () => {
    let calls = 0;
    const { app } = applicationWith({
      sync: () => {
        calls += 1;
        return Promise.resolve({ status: {}, children: [] });
      },
    });
    await request(app).post('/questdb/sync').send({}).expect(422);
    expect(calls).toBe(0);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acceptTokensOf } from '../../hooks/authorization.ts';
import { keptLog } from '../fixtures/kept-log.ts';
import { applicationWith, errorOf, syncBody } from './application.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hook-token-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const guarded = () => {
  const path = join(folder, 'accepted');
  writeFileSync(path, 'the-old-token\nthe-new-token\n');
  return applicationWith({ authorize: acceptTokensOf(path, keptLog().log) });
};

describe('the hook routes with a token configured', () => {
  it.each(['the-old-token', 'the-new-token'])('take %s', async (token) => {
    await request(guarded().app).post('/questdb/sync').auth(token, { type: 'bearer' }).send(syncBody()).expect(200);
  });

  it.each([
    ['no header', {}],
    ['a wrong token', { Authorization: 'Bearer the-other-token' }],
    ['a part of a token', { Authorization: 'Bearer the-old' }],
    ['another scheme', { Authorization: 'Basic the-old-token' }],
    ['an empty token', { Authorization: 'Bearer ' }],
  ])('refuse %s', async (_name, headers) => {
    const response = await request(guarded().app).post('/questdb/sync').set(headers).send(syncBody());
    expect(response.status).toBe(401);
    expect(response.headers).toHaveProperty('www-authenticate', 'Bearer');
    expect(errorOf(response)?.code).toBe('UNAUTHORIZED');
  });

  it('refuse before they read the body', async () => {
    const response = await request(guarded().app)
      .post('/questdb/sync')
      .set('Content-Type', 'application/json')
      .send('{broken');
    expect(response.status).toBe(401);
  });

  it.each(['/healthz', '/readyz', '/metrics'])('leave %s open', async (path) => {
    await request(guarded().app).get(path).expect(200);
  });
});

describe('the log', () => {
  it('has neither a token nor a body, whatever goes wrong', async () => {
    const secret = 'hunter2-in-the-body';
    const { app, logged } = guarded();
    const send = (body: string | object, token: string) =>
      request(app)
        .post('/questdb/sync')
        .auth(token, { type: 'bearer' })
        .set('Content-Type', 'application/json')
        .send(body);
    const parent = { ...syncBody().parent, status: secret, extra: secret };
    expect((await send({ ...syncBody(), parent }, 'the-old-token')).status).toBe(422);
    expect((await send(`{"password": ${secret}`, 'the-old-token')).status).toBe(400);
    expect((await send(syncBody(), 'the-wrong-token')).status).toBe(401);
    expect((await send({ ...syncBody(), extra: secret }, 'the-new-token')).status).toBe(200);
    expect(logged.lines().map(({ code }) => code)).toEqual([
      'UNUSABLE_REQUEST',
      'INVALID_JSON',
      'UNAUTHORIZED',
      undefined,
    ]);
    expect(logged.text()).not.toMatch(/hunter2|the-(old|new|wrong)-token/);
  });
});

import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { applicationWith, errorOf, parentOf, syncBody } from './application.ts';

const KINDS = ['QuestDB', 'QuestDBNode', 'QuestDBVolume'] as const;
const ANSWERS = {
  customize: { relatedResources: [] },
  sync: { status: {}, children: [] },
  finalize: { status: {}, children: [], finalized: true },
};

describe('the hook routes', () => {
  for (const kind of KINDS) {
    for (const hook of ['customize', 'sync', 'finalize'] as const) {
      it(`answers ${hook} of ${kind}`, async () => {
        const body = hook === 'customize' ? { parent: parentOf(kind) } : syncBody(kind);
        const response = await request(applicationWith().app).post(`/${kind.toLowerCase()}/${hook}`).send(body);
        expect(response.status, response.text).toBe(200);
        expect(response.body).toEqual(ANSWERS[hook]);
      });
    }
  }

  it('gives the hook the parent with the defaults of its schema', async () => {
    let seen: unknown;
    const { app } = applicationWith({
      sync: ({ parent }) => {
        seen = parent;
        return Promise.resolve({ status: {}, children: [] });
      },
    });
    await request(app).post('/questdb/sync').send(syncBody()).expect(200);
    expect(seen).toMatchObject({
      spec: { node: { className: 'default' }, storage: { size: '20Gi', storageClassName: 'questdb' } },
    });
  });

  it('sends neither an ETag nor the name of the framework', async () => {
    const { headers } = await request(applicationWith().app).post('/questdb/sync').send(syncBody());
    expect(headers).not.toHaveProperty('etag');
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('names every route at a path that is none', async () => {
    const response = await request(applicationWith().app).post('/questdbs/sync').send({});
    expect(response.status).toBe(404);
    expect(errorOf(response)?.code).toBe('NOT_FOUND');
    for (const route of ['POST /questdb/sync', 'POST /questdbvolume/finalize', 'GET /healthz'])
      expect(errorOf(response)?.message).toContain(route);
  });

  it.each(['get', 'put', 'delete', 'patch'] as const)(
    'refuses %s on a hook and says what is allowed',
    async (method) => {
      const response = await request(applicationWith().app)[method]('/questdb/sync');
      expect(response.status).toBe(405);
      expect(response.headers).toHaveProperty('allow', 'POST');
      expect(errorOf(response)).toEqual({ code: 'METHOD_NOT_ALLOWED', message: '/questdb/sync takes POST alone.' });
    },
  );

  it('refuses a POST to what can only be read', async () => {
    const response = await request(applicationWith().app).post('/healthz');
    expect(response.status).toBe(405);
    expect(response.headers).toHaveProperty('allow', 'GET, HEAD');
  });
});

describe('the other routes', () => {
  it('is alive whatever else is wrong', async () => {
    const { app } = applicationWith({ ready: () => false, isDraining: () => true, authorize: () => false });
    await request(app).get('/healthz').expect(200, { status: 'alive' });
  });

  it.each([
    ['ready', {}, 200, undefined],
    ['not ready', { ready: () => false }, 503, 'NOT_READY'],
    ['not ready after a while', { ready: () => Promise.resolve(false) }, 503, 'NOT_READY'],
    ['failing', { ready: () => Promise.reject(new Error('no cluster')) }, 503, 'NOT_READY'],
    [
      'failing at once',
      {
        ready: () => {
          throw new Error('no cluster');
        },
      },
      503,
      'NOT_READY',
    ],
    ['silent', { ready: () => new Promise<boolean>(() => undefined) }, 503, 'NOT_READY'],
    ['draining', { isDraining: () => true }, 503, 'DRAINING'],
  ])('tells by /readyz that it is %s', async (_name, dependencies, status, code) => {
    const response = await request(applicationWith(dependencies).app).get('/readyz');
    expect(response.status).toBe(status);
    expect(errorOf(response)?.code).toBe(code);
  });

  it('answers hooks while draining', async () => {
    await request(applicationWith({ isDraining: () => true }).app)
      .post('/questdb/sync')
      .send(syncBody())
      .expect(200);
  });

  it('counts hook calls by hook and outcome, and none stays in flight', async () => {
    const { app } = applicationWith();
    await request(app).post('/questdb/sync').send(syncBody()).expect(200);
    await request(app).post('/questdb/sync').send({}).expect(422);
    const { text, headers } = await request(app).get('/metrics').expect(200);
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(text).toContain('questdb_fleet_hook_requests_total{hook="questdb/sync",outcome="ok"} 1');
    expect(text).toContain('questdb_fleet_hook_requests_total{hook="questdb/sync",outcome="unusable_request"} 1');
    expect(text).toContain('questdb_fleet_hook_requests_in_flight{hook="questdb/sync"} 0');
    expect(text).toContain('questdb_fleet_hook_duration_seconds_count{hook="questdb/sync"} 2');
  });

  it('shows what the adapters put into the registry', async () => {
    const { app, registry } = applicationWith();
    const { Counter } = await import('prom-client');
    new Counter({ name: 'questdb_fleet_ec2_calls_total', help: 'EC2 calls.', registers: [registry] }).inc(7);
    expect((await request(app).get('/metrics')).text).toContain('questdb_fleet_ec2_calls_total 7');
  });
});

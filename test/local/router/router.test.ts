import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { pino } from 'pino';
import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addressBook } from '../../../local/machines/addresses.ts';
import { apiWith } from '../../../local/machines/api.ts';
import { createRouter } from '../../../local/router/server.ts';

/** What the API server would answer, by path; anything else is not found. */
let objects: Record<string, unknown>;
let requests: { url: string; authorization: string | undefined; body: string }[];
let servers: Server[];
let folder: string;
let router: ReturnType<typeof createRouter>;

const portOf = (server: Server | undefined): number => (server?.address() as AddressInfo).port;

const read = async (request: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'router-'));
  const apiServer = createServer((request, response) => {
    const found = objects[request.url ?? ''];
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? { kind: 'Status', code: 404 }));
  });
  const database = createServer((request, response) => {
    void read(request).then((body) => {
      requests.push({ url: request.url ?? '', authorization: request.headers.authorization, body });
      response.writeHead(request.url === '/missing' ? 404 : 200, { 'x-from': 'database' }).end('rows');
    });
  });
  servers = [apiServer, database];
  for (const server of servers) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const config = new KubeConfig();
  const url = `http://127.0.0.1:${String(portOf(apiServer))}`;
  config.loadFromClusterAndUser({ name: 'c', server: url, skipTLSVerify: true }, { name: 'u' });
  router = createRouter({ api: apiWith(config), log: pino({ level: 'silent' }), podAddresses: folder });
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true });
});

const SLICES =
  '/apis/discovery.k8s.io/v1/namespaces/acme/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dtrades';
const SECRET = '/api/v1/namespaces/acme/secrets/mine';
const POD = '/api/v1/namespaces/acme/pods/trades-0';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const USER = { name: 'QDB_HTTP_USER', valueFrom: { secretKeyRef: { name: 'mine', key: 'username' } } };

const slice = (conditions: object, targetUid = 'u1') => ({
  items: [
    {
      metadata: { name: 's' },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 9000 }],
      endpoints: [
        { addresses: ['10.1.128.1'], conditions, nodeName: 'n1', targetRef: { name: 'trades-0', namespace: 'acme', uid: targetUid } }, // prettier-ignore
      ],
    },
  ],
});

const publish = (): Promise<void> => {
  const entry = { namespace: 'acme', name: 'trades-0', uid: 'u1', nodeName: 'n1', ports: { 9000: portOf(servers[1]) } };
  return writeFile(join(folder, '10.1.128.1.json'), JSON.stringify(entry));
};

beforeEach(async () => {
  requests = [];
  objects = {
    [SLICES]: slice({ ready: true }),
    [SECRET]: { data: { username: base64('admin'), password: base64('sesame') } },
    [POD]: { spec: { containers: [{ name: 'questdb', env: [USER] }] } },
    '/api/v1/nodes/n1': { metadata: { name: 'n1' } },
  };
  await publish();
});

const get = (path: string) => supertest(router).get(path);

describe('the router', () => {
  it('reaches the database with its credentials', async () => {
    const answer = await get('/-/acme/trades/exec?query=select%20build()');
    expect(answer).toMatchObject({ status: 200, text: 'rows', headers: { 'x-from': 'database' } });
    const authorization = `Basic ${base64('admin:sesame')}`;
    expect(requests).toEqual([{ url: '/exec?query=select%20build()', authorization, body: '' }]);
  });

  it("leaves the caller's own credentials alone, passes bodies and statuses", async () => {
    const own = supertest(router).post('/-/acme/trades/write').set('authorization', 'Basic b3du').type('text/plain');
    expect((await own.send('trades price=1')).status).toBe(200);
    expect(requests[0]).toEqual({ url: '/write', authorization: 'Basic b3du', body: 'trades price=1' });
    expect((await get('/-/acme/trades/missing')).status).toBe(404);
  });

  it('shows the console at the root', async () => {
    await get('/-/acme/trades/');
    await get('/-/acme/trades');
    expect(requests.map(({ url }) => url)).toEqual(['/', '/']);
  });

  it.each([
    ['without a Secret', SECRET],
    ['without a pod to ask for it', POD],
  ])('works %s', async (_name, path) => {
    objects[path] = undefined;
    expect((await get('/-/acme/trades/exec')).status).toBe(200);
    expect(requests[0]?.authorization).toBeUndefined();
  });

  it.each([
    ['not ready', () => (objects[SLICES] = slice({ ready: false })), 'No pod of acme/trades is ready yet.'],
    ['another pod with that address', () => (objects[SLICES] = slice({ ready: true }, 'u2')), 'The pod of acme/trades is ready, but no process serves it.'], // prettier-ignore
    ['no such Service', () => (objects[SLICES] = { items: [] }), 'There is no Service acme/trades.'],
  ])('says why nothing serves: %s', async (_what, arrange, error) => {
    arrange();
    expect(await get('/-/acme/trades/exec')).toMatchObject({ status: 503, body: { error } });
    expect(requests).toEqual([]);
  });

  it('answers 503 when the process is gone', async () => {
    const entry = { namespace: 'acme', name: 'trades-0', uid: 'u1', nodeName: 'n1', ports: { 9000: 1 } };
    await writeFile(join(folder, '10.1.128.1.json'), JSON.stringify(entry));
    const answer = await get('/-/acme/trades/exec');
    expect(answer).toMatchObject({ status: 503, body: { error: expect.stringContaining('does not answer') } });
  });

  it('answers 504 while no packet reaches the machine, also where KWOK plays the pod', async () => {
    const book = addressBook(folder);
    await publish();
    book.setReachable('n1', false);
    const error = 'The pod of acme/trades is on n1, whose machine no packet reaches.';
    expect(await get('/-/acme/trades/exec')).toMatchObject({ status: 504, body: { error } });
    objects[SLICES] = slice({ ready: true }, 'fake');
    objects['/api/v1/nodes/n1'] = { metadata: { annotations: { 'kwok.x-k8s.io/node': 'fake' } } };
    expect((await get('/-/acme/trades/exec?query=select%20build()')).status).toBe(504);
    expect(requests).toEqual([]);
    objects[SLICES] = slice({ ready: true });
    book.setReachable('n1', true);
    expect((await get('/-/acme/trades/exec')).status).toBe(200);
  });

  it('reaches another pod of the Service where the first one cannot be reached', async () => {
    const [one] = slice({ ready: true }).items;
    const lost = { ...one?.endpoints[0], addresses: ['10.1.128.9'], nodeName: 'n9' };
    objects[SLICES] = { items: [{ ...one, endpoints: [lost, ...(one?.endpoints ?? [])] }] };
    addressBook(folder).setReachable('n9', false);
    await publish();
    expect((await get('/-/acme/trades/exec')).status).toBe(200);
  });

  it('plays no database on a Node that is silent', async () => {
    objects[SLICES] = slice({ ready: true }, 'fake');
    const annotations = { 'kwok.x-k8s.io/node': 'fake', 'questdb-fleet.dev/local-silent': 'true' };
    objects['/api/v1/nodes/n1'] = { metadata: { annotations } };
    expect((await get('/-/acme/trades/exec?query=select%20build()')).status).toBe(503);
  });

  it('plays the database of a KWOK pod', async () => {
    objects[SLICES] = slice({ ready: true }, 'fake');
    objects['/api/v1/nodes/n1'] = { metadata: { annotations: { 'kwok.x-k8s.io/node': 'fake' } } };
    const volumes = [{ name: 'tmp' }, { name: 'config', configMap: { name: 'trades-config' } }];
    objects[POD] = { spec: { containers: [{ image: 'questdb/questdb:9.2.3' }], volumes } };
    objects['/api/v1/namespaces/acme/configmaps/trades-config'] = { data: { 'server.conf': 'a.b=c=d\ne.f=\\\\g\n' } };
    const build = await get('/-/acme/trades/exec?query=select%20build()');
    expect(build.body).toMatchObject({ dataset: [['Build Information: QuestDB 9.2.3, JDK 17, Commit Hash 0']] });
    expect((await get('/-/acme/trades/exec?query=wal_tables()')).body).toMatchObject({ count: 0, dataset: [] });
    const shown = await get('/-/acme/trades/exec?query=select%20property_path%20from%20(show%20parameters)');
    expect((shown.body as { dataset: unknown }).dataset).toEqual([
      ['a.b', 'c=d', 'conf', false],
      ['e.f', '\\g', 'conf', false],
    ]);
    expect((await get('/-/acme/trades/exec?query=drop%20table%20x')).status).toBe(400);
  });

  it('lists the databases', async () => {
    const service = (name: string, clusterIP: string, port: number) => ({
      metadata: { name, namespace: 'acme' },
      spec: { clusterIP, ports: [{ port }] },
    });
    const items = [service('trades', '10.0.0.9', 9000), service('trades-pods', 'None', 9000), service('web', '10.0.0.8', 80)]; // prettier-ignore
    objects['/api/v1/services'] = { items };
    expect((await get('/-/')).body).toEqual({ databases: [{ name: 'acme/trades', path: '/-/acme/trades/' }] });
    expect((await get('/elsewhere')).status).toBe(404);
  });
});

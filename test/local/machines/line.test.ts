import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLine } from '../../../local/machines/line.ts';
import { createNetwork, type Network } from '../../../local/machines/network.ts';

/** Answers with the path, `/slow` only when it is told to; `/stream` sends one word now and another when told. */
let server: Server;
let served: string[];
let release: () => void;
let network: Network;
let power: AbortController;
let direct: string;
let url: string;

beforeEach(async () => {
  served = [];
  const gate = new Promise<void>((resolve) => (release = resolve));
  server = createServer((request, response) => {
    const path = request.url ?? '';
    served.push(path);
    if (path === '/stream') response.write('one');
    if (path === '/stream' || path === '/slow') void gate.then(() => response.end(path));
    else response.end(path);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  network = createNetwork(true);
  power = new AbortController();
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  direct = `${origin}/direct`;
  url = await openLine(origin, network, power.signal);
});
afterEach(() => {
  power.abort();
  server.closeAllConnections();
  server.close();
});

const get = async (path: string): Promise<string> => (await fetch(`${url}${path}`)).text();

/** What has come of a call when others, past the line, have gone to the server and back. */
const soFar = async (call: Promise<string>): Promise<string> => {
  const others = async (): Promise<string> => {
    for (let times = 0; times < 5; times += 1) await (await fetch(direct)).text();
    served = served.filter((path) => path !== '/direct');
    return 'silence';
  };
  return Promise.race([call, others()]);
};

describe('the line of a machine', () => {
  it('passes calls on and their answers back', async () => {
    expect(await Promise.all([get('/a'), get('/b')])).toEqual(['/a', '/b']);
  });

  it('lets no call through while the network is cut, and all of them when it is back', async () => {
    await get('/before');
    network.set(false);
    const calls = [get('/one'), get('/two')];
    expect(await soFar(Promise.race(calls))).toBe('silence');
    expect(served).toEqual(['/before']);
    network.set(true);
    expect(await Promise.all(calls)).toEqual(['/one', '/two']);
  });

  it('keeps back the answer of a call that was under way', async () => {
    const call = get('/slow');
    await expect.poll(() => served).toEqual(['/slow']);
    network.set(false);
    release();
    expect(await soFar(call)).toBe('silence');
    network.set(true);
    expect(await call).toBe('/slow');
  });

  it('goes on with a stream where it was', async () => {
    const response = await fetch(`${url}/stream`);
    network.set(false);
    release();
    const text = response.text();
    expect(await soFar(text)).toBe('silence');
    network.set(true);
    expect(await text).toBe('one/stream');
  });

  it('ends with the power, also what waits', async () => {
    network.set(false);
    const call = get('/one');
    expect(await soFar(call)).toBe('silence');
    power.abort();
    await expect(call).rejects.toThrow();
    await expect(get('/two')).rejects.toThrow();
  });

  it('says that nothing listens there', async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    await expect(get('/a')).rejects.toThrow();
  });

  it('ends a call that its caller gives up', async () => {
    network.set(false);
    const call = fetch(`${url}/a`, { signal: AbortSignal.timeout(50) });
    await expect(call).rejects.toThrow('timeout');
    network.set(true);
    expect(await get('/b')).toBe('/b');
  });

  it('is open from the start only where there is a network', async () => {
    const dark = createNetwork(false);
    url = await openLine(url, dark, power.signal);
    const call = get('/late');
    expect(await soFar(call)).toBe('silence');
    dark.set(true);
    expect(await call).toBe('/late');
  });
});

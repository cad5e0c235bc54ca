import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { assignPorts, isFree, requireFreePorts } from '../../../local/processes/ports.ts';
import { DEFAULT_PORTS, readSettings } from '../../../local/settings.ts';
import { makeStateDirectory } from './cluster-of-scripts.ts';

const listening = async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
};

describe('the ports of a cluster', () => {
  it('are its own in a state directory of its own, and stay the same', async () => {
    const { stateDir } = makeStateDirectory();
    await assignPorts(readSettings(stateDir));
    const { ports } = readSettings(stateDir);
    expect(Object.keys(ports)).toEqual(Object.keys(DEFAULT_PORTS));
    expect(new Set(Object.values(ports)).size).toBe(Object.keys(ports).length);
    await requireFreePorts(ports);
    await assignPorts(readSettings(stateDir));
    expect(readSettings(stateDir).ports).toEqual(ports);
    rmSync(stateDir, { recursive: true });
  });

  it('that are taken are named, with who has them and what to do', async () => {
    const { stateDir } = makeStateDirectory();
    await assignPorts(readSettings(stateDir));
    const { server, port } = await listening();
    expect(await isFree(port)).toBe(false);
    const failure = requireFreePorts({ ...readSettings(stateDir).ports, router: port });
    await expect(failure).rejects.toThrow(`port ${port} (router) is in use by process ${process.pid}: `);
    await expect(failure).rejects.toThrow('npm run local -- up --state-dir DIR');
    server.close();
    rmSync(stateDir, { recursive: true });
  });
});

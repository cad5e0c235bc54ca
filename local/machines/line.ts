import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Network } from './network.ts';

type Target = { host: string; port: number };

const targetOf = (url: URL): Target => ({
  host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
  port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
});

/** The connections of a machine. One that was made while nothing got through is `waiting`: it has no other end yet. */
type Connections = { open: Set<Socket>; waiting: Set<Socket> };

const forward = (from: Socket, to: Socket, network: Network): void => {
  from.on('data', (chunk) => {
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => {
    if (network.isUp()) from.resume();
  });
  from.on('end', () => to.end());
  from.on('close', () => to.end());
  from.on('error', () => to.destroy());
};

const join = (client: Socket, target: Target, network: Network, { open }: Connections): void => {
  const server = connect(target);
  for (const socket of [client, server]) {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  }
  forward(client, server, network);
  forward(server, client, network);
  client.resume();
};

const cut = ({ open }: Connections): void => {
  for (const socket of open) socket.pause();
};

const restore = (target: Target, network: Network, connections: Connections): void => {
  for (const socket of connections.open) socket.resume();
  for (const client of connections.waiting) join(client, target, network, connections);
  connections.waiting.clear();
};

const serve = (target: Target, network: Network, connections: Connections): Server =>
  createServer({ pauseOnConnect: true }, (client) => {
    if (network.isUp()) {
      join(client, target, network, connections);
      return;
    }
    connections.waiting.add(client);
    client.on('close', () => connections.waiting.delete(client));
    client.on('error', () => undefined);
  });

/**
 * A way from a machine to a server, through the machine's network: answers the URL to call instead. While the network is cut
 * nothing is refused and nothing answered, as where packets get lost; what was under way goes on when it is back. The line
 * ends with the power.
 */
export const openLine = async (serverUrl: string, network: Network, power: AbortSignal): Promise<string> => {
  const url = new URL(serverUrl);
  const connections: Connections = { open: new Set(), waiting: new Set() };
  const target = targetOf(url);
  const server = serve(target, network, connections).listen(0, '127.0.0.1');
  await once(server, 'listening');
  network.onChange(() => {
    if (network.isUp()) restore(target, network, connections);
    else cut(connections);
  }, power);
  const close = (): void => {
    server.close();
    for (const socket of [...connections.open, ...connections.waiting]) socket.destroy();
  };
  power.addEventListener('abort', close, { once: true });
  if (power.aborted) close();
  return `${url.protocol}//127.0.0.1:${String((server.address() as AddressInfo | null)?.port ?? 0)}`;
};

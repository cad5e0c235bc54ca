import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import type { Authorize } from './authorization.ts';
import { type Composition, createApp, type Dependencies } from './server.ts';

/** What a listening process needs to know. */
export type ListenOptions = Pick<Dependencies, 'log' | 'registry' | 'hookBudgetSeconds'> & {
  host: string;
  port: number;
  shutdownDelaySeconds: number;
  authorize: Authorize;
  composition: Composition;
};

/**
 * A server that listens. `drain` ends it: not ready, nothing begun beside the calls, wait, close, answer what is in flight, end the
 * composition.
 */
export type Listening = { port: number; server: Server; drain: (options?: { wait: boolean }) => Promise<void> };

/** Metacontroller keeps its connections for 90 s: closing earlier would race with its next call. */
const KEEP_ALIVE_MILLISECONDS = 95_000;
const HEADERS_MILLISECONDS = 100_000;
/** What the drain may take beyond the wait and one hook call. */
const MARGIN_SECONDS = 2;

const listenOn = (server: Server, { host, port }: ListenOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });

/**
 * Lets a server be closed that has kept connections: each would hold the process until its own time-out, also one that never sent a
 * request. From the drain on each answer is the last of its connection, and once nothing is in flight all are cut.
 */
const closable = (server: Server, isDraining: () => boolean): (() => Promise<void>) => {
  let inFlight = 0;
  const cutWhenDone = (): void => {
    if (!server.listening && inFlight === 0) server.closeAllConnections();
  };
  server.on('request', (_request, response) => {
    inFlight += 1;
    if (isDraining()) response.setHeader('Connection', 'close');
    response.once('close', () => {
      inFlight -= 1;
      cutWhenDone();
    });
  });
  return () =>
    new Promise((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)));
      cutWhenDone();
    });
};

/** Listens and serves the hooks. Rejects when the address cannot be had. */
export const listen = async (options: ListenOptions): Promise<Listening> => {
  const { composition, log, shutdownDelaySeconds } = options;
  let draining = false;
  const isDraining = () => draining;
  const server = createServer();
  server.keepAliveTimeout = KEEP_ALIVE_MILLISECONDS;
  server.headersTimeout = HEADERS_MILLISECONDS;
  const close = closable(server, isDraining);
  server.on('request', createApp({ ...options, ...composition, isDraining }));
  const port = await listenOn(server, options);
  log.info({ host: options.host, port }, 'listening');
  const endBackground = composition.background?.();
  return {
    port,
    server,
    drain: async ({ wait: forOthers } = { wait: true }) => {
      draining = true;
      endBackground?.();
      // Until the Service has forgotten this pod, calls still arrive and are answered.
      if (forOthers) await wait(shutdownDelaySeconds * 1000);
      await close();
      await composition.close?.();
      log.info('stopped');
    },
  };
};

/** Drains on the first signal, at once after an error that nobody caught; a second signal ends the process where it is. */
export const drainOnSignal = ({ drain }: Listening, options: ListenOptions): void => {
  const { log, shutdownDelaySeconds, hookBudgetSeconds } = options;
  const delay = (shutdownDelaySeconds + hookBudgetSeconds + MARGIN_SECONDS) * 1000;
  const onTimeout = () => log.error('calls were still in flight at the end of the drain');
  closeWithGrace({ delay, logger: false, onTimeout }, async ({ err, signal }) => {
    if (err === undefined) log.info({ signal }, 'stopping');
    else log.fatal({ err }, 'stopping after an error that nobody caught');
    await drain({ wait: err === undefined });
  });
};

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type NetConnectOpts } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Asks once whether a part serves. Never throws: a part that cannot be reached does not serve. */
export type HealthCheck = () => Promise<boolean>;

const PATIENCE_MILLISECONDS = 2000;

/** Healthy when a GET answers 200. */
export const answersHttp =
  (url: string): HealthCheck =>
  () =>
    new Promise((resolve) => {
      // A part's own serving certificate is self-signed, and nothing secret is sent: only "are you there".
      const options = { timeout: PATIENCE_MILLISECONDS, rejectUnauthorized: false, agent: false } as const;
      const send = url.startsWith('https:') ? httpsRequest : httpRequest;
      const request = send(url, options, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      request.on('timeout', () => request.destroy());
      request.on('error', () => resolve(false));
      request.on('close', () => resolve(false));
      request.end();
    });

/** Healthy when something accepts connections at a port of 127.0.0.1 or at a unix socket. */
export const acceptsConnections =
  (target: { port: number } | { path: string }): HealthCheck =>
  () =>
    new Promise((resolve) => {
      const where: NetConnectOpts = 'port' in target ? { ...target, host: '127.0.0.1' } : target;
      const socket = connect({ ...where, timeout: PATIENCE_MILLISECONDS }, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('timeout', () => socket.destroy());
      socket.on('error', () => resolve(false));
      socket.on('close', () => resolve(false));
    });

/** For parts that serve nothing: running is all there is to see. */
export const runs: HealthCheck = () => Promise.resolve(true);

/** Polls until `condition` answers something, or throws with what `lastSeen` says when the deadline passes. */
export const waitUntil = async <T>(
  condition: () => Promise<T | undefined>,
  deadline: { seconds: number; message: () => string },
): Promise<T> => {
  const end = Date.now() + deadline.seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(deadline.message());
    await delay(50);
  }
};

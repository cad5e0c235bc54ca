import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

/** Headers that speak of one connection and not of the request. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade']); // prettier-ignore

const passedOn = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));

export type Target = { hostPort: number; path: string; authorization: string | undefined };

/** Passes a request on to a process of this machine and its answer back, both as streams. */
export const proxy = (incoming: IncomingMessage, outgoing: ServerResponse, target: Target): Promise<void> =>
  new Promise((resolve, reject) => {
    const { hostPort: port, path, authorization } = target;
    const headers = { ...passedOn(incoming.headers), host: `127.0.0.1:${String(port)}` };
    if (headers.authorization === undefined && authorization !== undefined) headers.authorization = authorization;
    const upstream = httpRequest({ host: '127.0.0.1', port, path, method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
      answer.pipe(outgoing);
      answer.once('error', reject);
      outgoing.once('close', resolve);
    });
    upstream.once('error', reject);
    outgoing.once('close', () => {
      upstream.destroy();
    });
    incoming.pipe(upstream);
  });

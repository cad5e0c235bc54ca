import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { messageOf } from './fault.ts';

/** How the hook asked not to be called again before a time: status 429 with Retry-After. */
export class TooManyRequests extends Error {
  readonly afterSeconds: number;
  constructor(afterSeconds: number) {
    super(`too many requests, retry after ${afterSeconds} s`);
    this.afterSeconds = afterSeconds;
  }
}

export type HookEndpoint = { url: string; timeoutMs: number; authorization: string | undefined };

const IDLE_MS = 90_000;
const httpAgent = new HttpAgent({ keepAlive: true, maxFreeSockets: 2, timeout: IDLE_MS });
const httpsAgent = new HttpsAgent({ keepAlive: true, maxFreeSockets: 2, timeout: IDLE_MS });

/** Seconds of a Retry-After header: a whole number or a date; 0, that is at once, for anything else. */
export const parseRetryAfter = (header: string | undefined, now: number): number => {
  const date = /^[A-Z][a-z]{2}, /.test(header ?? '') ? Date.parse(header ?? '') : NaN;
  if (!Number.isNaN(date)) return Math.ceil((date - now) / 1000);
  return /^[+-]?\d+$/.test(header ?? '') ? Number(header) : 0;
};

type Answer = { status: number; retryAfter: string | undefined; text: string };

const post = (endpoint: HookEndpoint, body: string, signal: AbortSignal): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const [send, agent] = endpoint.url.startsWith('https:')
      ? ([httpsRequest, httpsAgent] as const)
      : ([httpRequest, httpAgent] as const);
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'Go-http-client/1.1',
      ...(endpoint.authorization === undefined ? {} : { authorization: endpoint.authorization }),
    };
    const request = send(endpoint.url, { method: 'POST', agent, headers, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });

/** Sends a request to a hook; the body of an answer with status 200, else an error as Metacontroller words it. */
export const callHook = async (endpoint: HookEndpoint, request: unknown, stopped: AbortSignal): Promise<string> => {
  const timeout = AbortSignal.timeout(endpoint.timeoutMs);
  const answer = await post(endpoint, JSON.stringify(request), AbortSignal.any([timeout, stopped])).catch(
    (error: unknown) => {
      const cause = timeout.aborted ? 'context deadline exceeded' : messageOf(error);
      throw new Error(`http error: Post "${endpoint.url}": ${cause}`);
    },
  );
  if (answer.status === 429) throw new TooManyRequests(parseRetryAfter(answer.retryAfter, Date.now()));
  if (answer.status !== 200) throw new Error(`unsupported status code: ${answer.status} body: ${answer.text}`);
  return answer.text;
};

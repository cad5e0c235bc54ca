import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { KubeConfig } from '@kubernetes/client-node';

export type WatchEvent = { type: string; object: unknown };

type Call = { method: string; path: string; body?: unknown; contentType?: string; signal?: AbortSignal };

/** Calls to the API server on connections that stay open. */
export type ApiClient = {
  /** Sends one request; the parsed answer, or an ApiError for every status that is not 2xx. */
  call: <T>(call: Call) => Promise<T>;
  /** Streams watch events until the server ends the stream (resolves) or it breaks (rejects). */
  watch: (path: string, signal: AbortSignal, onEvent: (event: WatchEvent) => void) => Promise<void>;
  close: () => void;
};

/** What the API server refused, with its own words and reason. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export const isNotFound = (error: unknown): boolean => error instanceof ApiError && error.status === 404;
export const isAlreadyExists = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 409 && error.reason === 'AlreadyExists';
export const isConflict = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 409 && error.reason === 'Conflict';

const refusal = (status: number, text: string): ApiError => {
  try {
    const { reason, message } = JSON.parse(text) as { reason?: string; message?: string };
    return new ApiError(status, reason ?? '', message ?? text);
  } catch {
    return new ApiError(status, '', text || `status ${status}`);
  }
};

const readAll = async (response: IncomingMessage): Promise<string> => {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
};

const readLines = async (response: IncomingMessage, onLine: (line: string) => void): Promise<void> => {
  response.setEncoding('utf8');
  let rest = '';
  for await (const chunk of response) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  }
};

/** Connects with the current context of a kubeconfig. */
export const createApiClient = async (kubeConfig: KubeConfig): Promise<ApiClient> => {
  const server = kubeConfig.getCurrentCluster()?.server;
  if (server === undefined) throw new Error('the kubeconfig has no current cluster');
  const { hostname, port } = new URL(server);
  const credentials: RequestOptions = {};
  await kubeConfig.applyToHTTPSOptions(credentials);
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 32 });

  const send = ({ method, path, body, contentType, signal }: Call): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const headers = {
        ...(credentials.headers as Record<string, string> | undefined),
        accept: 'application/json',
        'user-agent': 'questdb-fleet-metacontroller-stand-in',
        ...(payload === undefined
          ? {}
          : { 'content-type': contentType ?? 'application/json', 'content-length': Buffer.byteLength(payload) }),
      };
      const options = { ...credentials, agent, hostname, port: port || 443, method, path, headers };
      const request = httpsRequest(signal === undefined ? options : { ...options, signal }, resolve);
      request.setNoDelay(true);
      request.on('error', reject);
      request.end(payload);
    });

  return {
    call: async <T>(call: Call): Promise<T> => {
      const response = await send(call);
      const text = await readAll(response);
      const status = response.statusCode ?? 0;
      if (status < 200 || status > 299) throw refusal(status, text);
      return JSON.parse(text) as T;
    },
    watch: async (path, signal, onEvent) => {
      const response = await send({ method: 'GET', path, signal });
      const status = response.statusCode ?? 0;
      if (status !== 200) throw refusal(status, await readAll(response));
      await readLines(response, (line) => onEvent(JSON.parse(line) as WatchEvent));
    },
    close: () => agent.destroy(),
  };
};

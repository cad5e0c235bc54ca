import type { OutgoingHttpHeaders } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { Refusal, RetryLater } from '../metacontroller/errors.ts';
import { readPages } from './pages.ts';

/** The API server refused a request; `reason` is metav1.Status' own. */
export class ApiError extends Refusal {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(`The API server refused (${reason}): ${message}`);
    this.status = status;
    this.reason = reason;
  }
}

export type KubeApi = {
  /** The object, or undefined when there is none. Any other failure throws. */
  get: <T>(path: string) => Promise<T | undefined>;
  /** All objects at a path, in pages; any page that fails fails it all. With `metadata` nothing else of them is sent. */
  list: <T>(path: string, part?: Part) => Promise<T[]>;
  create: <T>(path: string, body: unknown) => Promise<T>;
  /** A JSON merge patch (RFC 7396): null removes. */
  patch: (path: string, body: unknown) => Promise<void>;
  /** What the object at a path would become; nothing is written. */
  dryReplace: <T>(path: string, body: unknown) => Promise<T>;
  remove: (path: string, preconditions: { uid: string }) => Promise<void>;
  isReachable: () => Promise<boolean>;
};

type Part = 'whole' | 'metadata';

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-partialobjectmetadata */
const ACCEPTS: Readonly<Record<Part, string>> = {
  whole: 'application/json',
  metadata: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
};

const TIMEOUT_MS = 5_000;
const MAX_SOCKETS = 50;

/**
 * JSON in and out of the API server, over connections that are kept. The client library gives the address, the certificates and the
 * credentials; its own calls open a connection each and turn dates into objects, which an object that is to be compared must not have.
 */
export const createKubeApi = (config: KubeConfig = defaultConfig()): KubeApi => {
  const server = config.getCurrentCluster()?.server;
  // Without any configuration the client library names one that never is: http://localhost:8080.
  if (server?.startsWith('https:') !== true) {
    throw new Error('No Kubernetes cluster is configured: set KUBECONFIG or run in a cluster');
  }
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  const call = async (method: string, path: string, body?: Body, part: Part = 'whole'): Promise<unknown> => {
    const options: RequestOptions = { method, timeout: TIMEOUT_MS };
    await config.applyToHTTPSOptions(options);
    const headers = { ...(options.headers as OutgoingHttpHeaders | undefined), accept: ACCEPTS[part] };
    return send(new URL(path, server), { ...options, headers, agent }, body);
  };
  return {
    get: async <T>(path: string) => (await call('GET', path).catch(undefinedIfNotFound)) as T | undefined,
    list: <T>(path: string, part?: Part) => readPages<T>((page) => call('GET', page, undefined, part), path),
    create: async <T>(path: string, body: unknown) => (await call('POST', path, json(body))) as T,
    patch: async (path, body) => {
      await call('PATCH', path, { type: 'application/merge-patch+json', text: JSON.stringify(body) });
    },
    dryReplace: async <T>(path: string, body: unknown) => (await call('PUT', `${path}?dryRun=All`, json(body))) as T,
    remove: async (path, preconditions) => {
      await call('DELETE', path, json({ preconditions })).catch(undefinedIfNotFound);
    },
    isReachable: () =>
      call('GET', '/version').then(
        () => true,
        () => false,
      ),
  };
};

const defaultConfig = (): KubeConfig => {
  const config = new KubeConfig();
  config.loadFromDefault();
  return config;
};

type Body = { type: string; text: string };

const json = (value: unknown): Body => ({ type: 'application/json', text: JSON.stringify(value) });

const undefinedIfNotFound = (error: unknown): undefined => {
  if (error instanceof ApiError && error.status === 404) return undefined;
  throw error;
};

const send = (url: URL, options: RequestOptions, body: Body | undefined): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const headers = {
      ...(options.headers as OutgoingHttpHeaders | undefined),
      ...(body === undefined ? {} : { 'content-type': body.type, 'content-length': Buffer.byteLength(body.text) }),
    };
    const request = httpsRequest(url, { ...options, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        try {
          resolve(parse(response.statusCode ?? 0, Buffer.concat(chunks).toString()));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      response.on('error', (error) => reject(unavailable(error)));
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    request.on('error', (error) => reject(unavailable(error)));
    request.end(body?.text);
  });

const UNAVAILABLE_SECONDS = 2;

/** No answer, too many requests, or the API server's own failure: asked again later, nothing else changes. */
const unavailable = (error: Error): RetryLater =>
  new RetryLater(UNAVAILABLE_SECONDS, `The API server did not answer: ${error.message}`, { cause: error });

const parse = (status: number, text: string): unknown => {
  if (status >= 200 && status < 300) return JSON.parse(text);
  if (status === 429 || status >= 500) throw unavailable(new Error(`status ${status}`));
  const { reason, message } = statusIn(text);
  throw new ApiError(status, reason ?? 'Unknown', message ?? `The API server answered ${status}`);
};

const statusIn = (text: string): { reason?: string; message?: string } => {
  try {
    return JSON.parse(text) as { reason?: string; message?: string };
  } catch {
    return {};
  }
};

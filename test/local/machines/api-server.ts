import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

type Json = Record<string, unknown>;
type Stored = Json & { metadata: Json };

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** As far as kubelets need it: lists of conditions are merged by type, all other lists are replaced. */
const mergeLists = (before: unknown, patch: unknown[]): unknown[] => {
  const types = new Set(patch.map((item) => (isJson(item) ? item.type : undefined)));
  if (!Array.isArray(before) || types.has(undefined))
    return patch.filter((item) => !isJson(item) || !('$patch' in item));
  return [...before.filter((item) => !isJson(item) || !types.has(item.type)), ...patch];
};

const merge = (before: Json, patch: Json): Json => {
  const merged = { ...before };
  for (const [key, value] of Object.entries(patch)) {
    const old = before[key];
    if (value === null) Reflect.deleteProperty(merged, key);
    else if (Array.isArray(value)) merged[key] = mergeLists(old, value);
    else merged[key] = isJson(value) ? merge(isJson(old) ? old : {}, value) : value;
  }
  return merged;
};

const bodyOf = async (request: IncomingMessage): Promise<Json> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Json);
};

const PODS = '/api/v1/pods';

/** Whether a pod is on the Node that `fieldSelector` names. */
const isOn = (pod: Json, search: URLSearchParams): boolean =>
  search.get('fieldSelector') === `spec.nodeName=${String((pod.spec as Json | undefined)?.nodeName)}`;

const isPod = (path: string): boolean => /\/namespaces\/[^/]+\/pods\/[^/]+$/.test(path);

/**
 * As much of an API server as a kubelet talks to: objects by their path, and a watch on pods. It authorizes everybody and
 * validates nothing.
 */
export const startApiServer = async (pkiFolder: string) => {
  const objects = new Map<string, Stored>();
  const watches = new Map<ServerResponse, URLSearchParams>();
  /** What was called by kubelets, in order: `PATCH /api/v1/nodes/n1/status`. */
  const calls: string[] = [];
  let version = 0;

  const tell = (type: string, object: Stored): void => {
    for (const [watch, search] of watches) {
      if (isOn(object, search)) watch.write(`${JSON.stringify({ type, object })}\n`);
    }
  };
  const store = (path: string, object: Json): Stored => {
    version += 1;
    const metadata = { uid: randomUUID(), ...(isJson(object.metadata) ? object.metadata : {}), resourceVersion: String(version) }; // prettier-ignore
    const stored = { ...object, metadata };
    const type = objects.has(path) ? 'MODIFIED' : 'ADDED';
    objects.set(path, stored);
    if (isPod(path)) tell(type, stored);
    return stored;
  };
  const remove = (path: string): Stored | undefined => {
    const object = objects.get(path);
    objects.delete(path);
    if (object && isPod(path)) tell('DELETED', object);
    return object;
  };
  const pods = (search: URLSearchParams) => ({
    metadata: { resourceVersion: String(version) },
    items: [...objects].filter(([path, pod]) => isPod(path) && isOn(pod, search)).map(([, pod]) => pod),
  });

  const answer = async (request: IncomingMessage, path: string, search: URLSearchParams): Promise<Json | undefined> => {
    const body = await bodyOf(request);
    const target = path.replace(/\/status$/, '');
    const before = objects.get(target);
    if (request.method === 'POST') {
      const created = `${path}/${String((body.metadata as Json).name)}`;
      return objects.has(created) ? undefined : store(created, body);
    }
    if (path === PODS) return pods(search);
    if (request.method === 'DELETE') return remove(target);
    return before && request.method === 'PATCH' ? store(target, merge(before, body)) : before;
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'https://localhost');
    calls.push(`${request.method ?? ''} ${pathname}`);
    if (searchParams.has('watch')) {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      watches.set(response, searchParams);
      response.once('close', () => watches.delete(response));
      return;
    }
    const found = await answer(request, pathname, searchParams);
    const code = found === undefined ? (request.method === 'POST' ? 409 : 404) : 200;
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? { kind: 'Status', code }));
  };

  const read = (name: string) => readFile(join(pkiFolder, name));
  const tls = { cert: await read('apiserver.crt'), key: await read('apiserver.key') };
  const server = createServer(tls, (request, response) => void handle(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    calls,
    get: (path: string): Stored | undefined => objects.get(path),
    /** As somebody else does it: not among the calls. */
    put: store,
    remove,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

export type ApiServer = Awaited<ReturnType<typeof startApiServer>>;

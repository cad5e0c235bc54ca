import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a test hook answers: a body as JSON with status 200, or the whole answer. */
export type Answer = { status?: number; headers?: Record<string, string>; body?: unknown; raw?: string };

export type Stored = {
  apiVersion: string;
  kind: string;
  metadata: Record<string, unknown> & { name: string; uid: string; labels?: Record<string, string> };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
};

export type HookRequest = {
  controller: Stored;
  parent: Stored;
  children: Record<string, Record<string, Stored>>;
  related: Record<string, Record<string, Stored>>;
  finalizing: boolean;
};

export type Call = { hook: string; request: HookRequest; authorization: string | undefined; at: number };
export type Handler = (request: HookRequest, calls: number) => Answer | Promise<Answer>;

/** A server whose routes `/<controller>/<hook>` tests give meaning to. */
export const startHookServer = async () => {
  const handlers = new Map<string, Handler>();
  const calls = new Map<string, Call[]>();

  const answer = async (incoming: IncomingMessage): Promise<Answer> => {
    const route = incoming.url ?? '';
    const request = JSON.parse(await text(incoming)) as HookRequest;
    const before = calls.get(route) ?? [];
    const hook = route.slice(route.lastIndexOf('/') + 1);
    calls.set(route, [...before, { hook, request, authorization: incoming.headers.authorization, at: Date.now() }]);
    const handler = handlers.get(route);
    return handler === undefined ? { status: 404 } : handler(request, before.length + 1);
  };
  const server = createServer((incoming, outgoing) => {
    void answer(incoming).then(({ status = 200, headers = {}, body, raw }) => {
      outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
      outgoing.end(raw ?? JSON.stringify(body ?? {}));
    });
  });
  // Longer than a caller keeps idle connections (90 s).
  server.keepAliveTimeout = 95_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    urlOf: (route: string) => `http://127.0.0.1:${port}${route}`,
    on: (route: string, handler: Handler) => handlers.set(route, handler),
    calls: (route: string): Call[] => calls.get(route) ?? [],
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

export type HookServer = Awaited<ReturnType<typeof startHookServer>>;

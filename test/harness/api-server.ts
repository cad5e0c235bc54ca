import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePki } from '../../local/controlplane/pki.ts';

export type ApiRequest = { method: string; url: URL; accept: string };

/** What is answered, or `cut` for a connection that ends without an answer. */
export type ApiAnswer = { status: number; body: unknown } | 'cut';

/** An API server on 127.0.0.1 that answers as a test says. */
export type StubApiServer = {
  /** The path of a kubeconfig for it. */
  kubeconfig: string;
  /** Every request there was. */
  requests: ApiRequest[];
  close: () => Promise<void>;
};

const listen = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

const requestOf = ({ method = 'GET', url = '/', headers }: IncomingMessage): ApiRequest => ({
  method,
  url: new URL(url, 'https://api'),
  accept: headers.accept ?? '',
});

const send = (response: ServerResponse, answer: ApiAnswer): void => {
  if (answer === 'cut') response.destroy();
  else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
};

/** A kubectl configuration is JSON as well as YAML. */
const kubeconfigOf = (server: string, authority: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'a', cluster: { server, 'certificate-authority': authority } }],
    users: [{ name: 'a', user: { token: 'a-token' } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    'current-context': 'a',
  });

/** Starts one with a certificate of its own. */
export const startApiServer = async (
  answer: (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>,
): Promise<StubApiServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'api-server-'));
  await ensurePki(folder);
  const [cert, key] = ['apiserver.crt', 'apiserver.key'].map((name) => readFileSync(join(folder, name), 'utf8'));
  const requests: ApiRequest[] = [];
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = requestOf(incoming);
    requests.push(request);
    send(response, await answer(request));
  };
  const server = createServer({ cert, key }, (incoming, response) => void serve(incoming, response));
  const port = await listen(server);
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigOf(`https://127.0.0.1:${port}`, join(folder, 'ca.crt')));
  return {
    kubeconfig,
    requests,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      rmSync(folder, { recursive: true });
    },
  };
};

import express, { type Request, type Response } from 'express';
import type { Logger } from 'pino';
import { messageOf, orAbsent, type Api } from '../machines/api.ts';
import { authorizationOf, findBackend, HTTP_PORT, listDatabases } from './backends.ts';
import { answerSql, type Played } from './fake-database.ts';
import { proxy } from './proxy.ts';

export type RouterDeps = {
  api: Api;
  log: Logger;
  /** Where the kubelets say which host ports a pod's containers have. */
  podAddresses: string;
};

const UNAVAILABLE = 503;
const GATEWAY_TIMEOUT = 504;

const playedBy = async (api: Api, namespace: string, podName: string): Promise<Played> => {
  const spec = (await orAbsent(api.core.readNamespacedPod({ namespace, name: podName })))?.spec;
  const folder = spec?.volumes?.find(({ configMap }) => configMap !== undefined)?.configMap?.name;
  const version = /:([^:@]+)(@|$)/.exec(spec?.containers[0]?.image ?? '')?.[1] ?? 'unknown';
  return { version, config: folder === undefined ? '' : await serverConfIn(api, namespace, folder) };
};

const serverConfIn = async (api: Api, namespace: string, name: string): Promise<string> =>
  (await orAbsent(api.core.readNamespacedConfigMap({ namespace, name })))?.data?.['server.conf'] ?? '';

const pretend = async (
  { api }: RouterDeps,
  request: Request,
  response: Response,
  pod: { namespace: string; podName: string },
) => {
  const { query } = request.query;
  const played = await playedBy(api, pod.namespace, pod.podName);
  const found = typeof query === 'string' ? answerSql(query, played) : undefined;
  if (found) response.json(found);
  else
    response.status(400).json({ error: 'This database is a pod of KWOK: it answers health probes and holds nothing.' });
};

const route = async (deps: RouterDeps, request: Request, response: Response): Promise<void> => {
  const { namespace = '', service = '' } = request.params as Record<string, string>;
  const backend = await findBackend(deps.api, deps.podAddresses, { namespace, service, port: HTTP_PORT });
  if (backend.kind === 'none' || backend.kind === 'unreachable') {
    response.status(backend.kind === 'none' ? UNAVAILABLE : GATEWAY_TIMEOUT).json({ error: backend.reason });
    return;
  }
  if (backend.kind === 'fake') {
    await pretend(deps, request, response, backend);
    return;
  }
  const authorization =
    request.headers.authorization === undefined
      ? await authorizationOf(deps.api, namespace, backend.podName)
      : undefined;
  const path = request.originalUrl.replace(`/-/${namespace}/${service}`, '') || '/';
  await proxy(request, response, {
    hostPort: backend.hostPort,
    path: path.startsWith('/') ? path : `/${path}`,
    authorization,
  });
};

/**
 * The router: `/-/<namespace>/<service>/<path>` is the database behind that Service, with its own credentials added where the
 * caller sends none. It stands for a cluster's network, so it answers 503 where no endpoint is ready,
 * and 504, at once, where the packets would get lost.
 */
export const createRouter = (deps: RouterDeps): express.Express => {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/-/', async (_request, response) => {
    response.json({ databases: (await listDatabases(deps.api)).map((name) => ({ name, path: `/-/${name}/` })) });
  });
  app.get('/-/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.all('/-/:namespace/:service{/*path}', async (request, response) => {
    try {
      await route(deps, request, response);
    } catch (error) {
      deps.log.warn({ path: request.path, error: messageOf(error) }, 'not routed');
      if (response.headersSent) response.destroy();
      else response.status(UNAVAILABLE).json({ error: `The database does not answer: ${messageOf(error)}` });
    }
  });
  app.use((_request, response) => {
    response.status(404).json({ error: 'Databases are at /-/<namespace>/<name>/, and GET /-/ lists them.' });
  });
  return app;
};

import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Authorize } from './authorization.ts';
import { withinBudget } from './budget.ts';
import { logErrorAnswer, parentFieldsOf } from './hook-log.ts';
import { type HookRoute, type Kinds, hookRoutes } from './hook-routes.ts';
import { HttpError, answerOf } from './http-errors.ts';
import { createHookMetrics, type HookMetrics } from './metrics.ts';

/** What the parts of the product give the server, composed in compose.ts. */
export type Composition = {
  kinds: Kinds;
  /** Whether the hooks can do their work; asked by /readyz. A throw, or nothing within a second, counts as no. */
  ready: () => boolean | Promise<boolean>;
  /** Begins what runs beside the calls, once the server listens; what it returns ends that, at the first signal to stop. */
  background?: () => () => void;
  /** Ends what the calls need (probes, connections), once the last call is answered. */
  close?: () => void | Promise<void>;
};

/** Everything the server depends on. */
export type Dependencies = Pick<Composition, 'kinds' | 'ready'> & {
  log: Logger;
  /** Shown at /metrics; the server adds its own figures. */
  registry: Registry;
  /** Asked on the hook routes alone. */
  authorize: Authorize;
  /** True from the first signal to stop: not ready any more, yet calls are still answered. */
  isDraining: () => boolean;
  /** How long a hook may take before its call is answered with 503. */
  hookBudgetSeconds: number;
};

type Route = { method: 'get' | 'post'; path: string; handlers: RequestHandler[] };

const BODY_LIMIT = '32mb';
const READY_SECONDS = 1;

/** What the error handler knows of a call: its hook, and the outcome that the metrics count when the answer has left. */
const hooksOf = new WeakMap<Request, string>();
const outcomesOf = new WeakMap<Request, string>();

const measure =
  (hook: string, metrics: HookMetrics): RequestHandler =>
  (request, response, next) => {
    hooksOf.set(request, hook);
    const end = metrics.start(hook);
    response.once('close', () => {
      end(response.writableFinished ? (outcomesOf.get(request) ?? 'ok') : 'disconnected');
    });
    next();
  };

const requireToken =
  (authorize: Authorize): RequestHandler =>
  (request, _response, next) => {
    if (!authorize(request.headers.authorization))
      throw new HttpError('UNAUTHORIZED', { headers: { 'WWW-Authenticate': 'Bearer' } });
    next();
  };

const requireJson: RequestHandler = (request, _response, next) => {
  // null: there is no body, which the guard tells in its own words.
  if (request.is('application/json') === false) throw new HttpError('UNSUPPORTED_CONTENT_TYPE');
  next();
};

/** What was slow is given some time. */
const AFTER_LATE_SECONDS = 5;

const callHook =
  ({ hook, call }: HookRoute, { log, hookBudgetSeconds }: Dependencies): RequestHandler =>
  async (request, response) => {
    const body: unknown = request.body;
    const late = () =>
      new HttpError('OUT_OF_TIME', {
        message: `The hook took longer than ${hookBudgetSeconds} s; nothing was changed by this answer.`,
        headers: { 'Retry-After': String(AFTER_LATE_SECONDS) },
      });
    response.json(await withinBudget(hookBudgetSeconds, () => call(body), late));
    log.debug({ hook, ...parentFieldsOf(body) }, 'answered');
  };

const hookRoute = (route: HookRoute, metrics: HookMetrics, deps: Dependencies): Route => ({
  method: 'post',
  path: `/${route.hook}`,
  handlers: [
    measure(route.hook, metrics),
    // Before the body is read: who has no token cannot make the process parse 32 MB.
    requireToken(deps.authorize),
    requireJson,
    express.json({ limit: BODY_LIMIT }),
    callHook(route, deps),
  ],
});

const liveness: RequestHandler = (_request, response) => {
  response.json({ status: 'alive' });
};

const isReady = async ({ ready }: Dependencies): Promise<boolean> => {
  const late = () => new HttpError('NOT_READY');
  try {
    return await withinBudget(READY_SECONDS, async () => ready(), late);
  } catch {
    return false;
  }
};

const readiness =
  (deps: Dependencies): RequestHandler =>
  async (_request, response) => {
    if (deps.isDraining()) throw new HttpError('DRAINING');
    if (!(await isReady(deps))) throw new HttpError('NOT_READY');
    response.json({ status: 'ready' });
  };

const exposition =
  (registry: Registry): RequestHandler =>
  async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  };

/** The table of all routes. */
const routesOf = (deps: Dependencies): Route[] => {
  const metrics = createHookMetrics(deps.registry);
  return [
    { method: 'get', path: '/healthz', handlers: [liveness] },
    { method: 'get', path: '/readyz', handlers: [readiness(deps)] },
    { method: 'get', path: '/metrics', handlers: [exposition(deps.registry)] },
    ...hookRoutes(deps.kinds).map((route) => hookRoute(route, metrics, deps)),
  ];
};

const refuseOtherMethods = ({ method, path }: Route): RequestHandler => {
  const allowed = method === 'get' ? 'GET, HEAD' : 'POST';
  return () => {
    throw new HttpError('METHOD_NOT_ALLOWED', {
      message: `${path} takes ${allowed} alone.`,
      headers: { Allow: allowed },
    });
  };
};

const refuseOtherPaths = (routes: readonly Route[]): RequestHandler => {
  const allowed = routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`).join(', ');
  return () => {
    throw new HttpError('NOT_FOUND', { message: `There is nothing at this path; there are ${allowed}.` });
  };
};

const answerErrors =
  (log: Logger): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    const answer = answerOf(error);
    const hook = hooksOf.get(request);
    outcomesOf.set(request, answer.body.error.code.toLowerCase());
    const fields = hook === undefined ? {} : { hook, ...parentFieldsOf(request.body) };
    logErrorAnswer(log, fields, error, answer);
    if (response.headersSent) next(error);
    else response.status(answer.status).set(answer.headers).json(answer.body);
  };

/** The product's HTTP application, without a port. */
export const createApp = (deps: Dependencies): Express => {
  const app = express()
    .disable('x-powered-by')
    .disable('etag')
    .enable('case sensitive routing')
    .enable('strict routing');
  const routes = routesOf(deps);
  for (const route of routes) {
    const { method, path, handlers } = route;
    const at = app.route(path);
    at[method](...handlers);
    at.all(refuseOtherMethods(route));
  }
  app.use(refuseOtherPaths(routes));
  app.use(answerErrors(deps.log));
  return app;
};

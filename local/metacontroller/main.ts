// A stand-in for Metacontroller for tests and for the local cluster: no part of the product. See README.md.
import { createServer } from 'node:http';
import closeWithGrace from 'close-with-grace';
import pino from 'pino';
import { settingsOfThisProcess } from '../settings.ts';
import { parseLag } from './lag.ts';
import { startMetacontroller, type ApplyStrategy } from './metacontroller.ts';
import { join } from 'node:path';

const STRATEGIES: readonly string[] = ['dynamic-apply', 'server-side-apply'] satisfies ApplyStrategy[];

const parseStrategy = (text: string): ApplyStrategy => {
  if (!STRATEGIES.includes(text))
    throw new Error(`METACONTROLLER_APPLY_STRATEGY "${text}" is not one of ${STRATEGIES.join(', ')}`);
  return text as ApplyStrategy;
};

const listenForHealth = async (port: number): Promise<() => void> => {
  const server = createServer((request, response) => {
    const known = request.url === '/healthz' || request.url === '/readyz';
    response.writeHead(known ? 200 : 404, { 'content-type': 'text/plain' }).end(known ? 'ok' : 'not found');
  });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once('error', reject).listen(port, '127.0.0.1', () => resolve(undefined));
  await promise;
  return () => {
    server.close();
    server.closeAllConnections();
  };
};

const log = pino({ name: 'metacontroller-stand-in', level: process.env.LOG_LEVEL ?? 'info' });

const start = async (): Promise<void> => {
  const { ports, paths } = settingsOfThisProcess();
  const metacontroller = await startMetacontroller({
    kubeconfig: join(paths.kubeconfigs, 'metacontroller.kubeconfig'),
    lag: parseLag(process.env.METACONTROLLER_LAG ?? ''),
    applyStrategy: parseStrategy(process.env.METACONTROLLER_APPLY_STRATEGY ?? 'dynamic-apply'),
    workers: Number(process.env.METACONTROLLER_WORKERS ?? 5),
    log,
  });
  const stopHealth = await listenForHealth(ports.metacontroller);
  log.info({ port: ports.metacontroller }, 'the stand-in for Metacontroller is running');
  closeWithGrace({ delay: 4000, logger: false }, async ({ err }) => {
    if (err !== undefined) log.error({ err }, 'ending');
    stopHealth();
    await metacontroller.close();
  });
};

try {
  await start();
} catch (err) {
  log.fatal({ err }, 'the stand-in for Metacontroller cannot start');
  process.exit(1);
}

import { once } from 'node:events';
import { join } from 'node:path';
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { apiFromFile } from '../machines/api.ts';
import { settingsOfThisProcess } from '../settings.ts';
import { createRouter } from './server.ts';

/** The router in front of the database processes. Environment: LOCAL_STATE_DIR. */
const { ports, paths } = settingsOfThisProcess();
const log = pino({ name: 'router' });
const api = apiFromFile(join(paths.kubeconfigs, 'router.kubeconfig'));
const server = createRouter({ api, log, podAddresses: paths.podAddresses }).listen(ports.router, '127.0.0.1');
await once(server, 'listening');
log.info({ port: ports.router }, 'listening');
closeWithGrace({ delay: 2000 }, () => {
  server.close();
  server.closeAllConnections();
});

import type { V1ConfigMap } from '@kubernetes/client-node';
import type { QuestDB } from '../../api/generated/questdb.ts';
import { configMapName } from '../../api/names.ts';
import type { Wire } from '../../api/wire.ts';
import type { DesiredObject } from '../../metacontroller/contract.ts';
import { acceptedConfig, type ServerConfig } from '../config.ts';
import { childMetadata } from './metadata.ts';

export const SERVER_CONF = 'server.conf';

/** The `conf` folder of the database, mounted read-only. */
export const configMap = (database: QuestDB): DesiredObject & Wire<V1ConfigMap> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: childMetadata(database.metadata.name, configMapName(database.metadata.name)),
  data: {
    [SERVER_CONF]: serverConf(acceptedConfig(database.spec.config)),
    'log.conf': LOG_CONF,
    'date.formats': DATE_FORMATS,
    'mime.types': MIME_TYPES,
  },
});

/** A Java properties file, sorted; a backslash would otherwise begin an escape. */
const serverConf = (config: ServerConfig): string =>
  Object.entries(config)
    .map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');

const LOG_CONF = `writers=stdout
w.stdout.class=io.questdb.log.LogConsoleWriter
w.stdout.level=INFO
`;

/** The engine writes this file when it is missing and dies where it cannot; an empty list of extra formats is what it would write. */
const DATE_FORMATS = '# Date formats beside the built-in ones, one a line.\n';

/**
 * What the console is made of. The engine writes its own list beside a console that it unpacks, and fails to start without one
 * where the console on the volume is up to date already.
 */
const MIME_TYPES = `application/javascript js mjs
application/json json map
application/wasm wasm
font/ttf ttf
font/woff woff
font/woff2 woff2
image/png png
image/svg+xml svg
image/x-icon ico
text/css css
text/html html htm
text/plain txt
`;

import { isAtLeast } from '../api/version.ts';

/**
 * The keys of server.conf that a running database takes over by `reload_config()`, by the version that learnt it: the rows of `SHOW PARAMETERS`
 * that say so, compared with real servers by a test. Those of the user names and passwords are left out: the operator owns them.
 */
const RELOADABLE_SINCE: Readonly<Record<string, readonly string[]>> = {
  '9.1.0': [
    'cairo.mat.view.insert.as.select.batch.size',
    'cairo.mat.view.max.refresh.intervals',
    'cairo.mat.view.max.refresh.retries',
    'cairo.mat.view.rows.per.query.estimate',
    'cairo.sql.asof.join.evacuation.threshold',
    'cairo.sql.asof.join.short.circuit.cache.capacity',
    'cairo.sql.jit.max.in.list.size.threshold',
    'http.multipart.header.buffer.size',
    'http.net.connection.limit',
    'http.recv.buffer.size',
    'http.request.header.buffer.size',
    'http.send.buffer.size',
    'line.http.max.recv.buffer.size',
    'line.tcp.net.connection.limit',
    'pg.named.statement.limit',
    'pg.net.connection.limit',
    'pg.recv.buffer.size',
    'pg.send.buffer.size',
    'query.tracing.enabled',
  ],
  '9.2.3': [
    'cairo.parquet.export.copy.report.frequency.lines',
    'cairo.sql.copy.export.root',
    'http.export.connection.limit',
    'http.ilp.connection.limit',
    'http.json.query.connection.limit',
  ],
  '9.3.4': ['cairo.sql.copier.chunked'],
};

/**
 * Whether a change of the key needs no restart in that version. A version between two that were looked at counts as the lower one: a restart
 * too many is better than a value that never shows.
 */
export const isReloadable = (key: string, version: string): boolean =>
  Object.entries(RELOADABLE_SINCE).some(([since, keys]) => isAtLeast(version, since) && keys.includes(key));

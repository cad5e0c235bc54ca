import { shortHash } from '../api/names.ts';
import { isReloadable } from './reloadable.ts';

/** Keys of server.conf and their values. */
export type ServerConfig = Readonly<Record<string, string>>;

/**
 * Keys the operator owns (crds/questdbs.yaml refuses them): it sets them in the environment, which wins over server.conf, so that a probe
 * answers and a password is asked for whatever is configured. Both spellings where the engine has two.
 */
const OWNED: ReadonlySet<string> = new Set([
  'cairo.root',
  'cairo.snapshot.instance.id',
  'config.reload.enabled',
  'config.validation.strict',
  'http.bind.to',
  'http.enabled',
  'http.health.check.authentication.required',
  'http.min.bind.to',
  'http.min.net.bind.to',
  'http.net.bind.to',
  'http.password',
  'http.user',
  'line.tcp.bind.to',
  'line.tcp.net.bind.to',
  'metrics.enabled',
  'pg.bind.to',
  'pg.net.bind.to',
  'pg.password',
  'pg.user',
]);

export const isOwned = (key: string): boolean => OWNED.has(key) || key.startsWith('pg.readonly.');

/** What goes into server.conf: all but the owned keys, sorted. */
export const acceptedConfig = (config: ServerConfig = {}): ServerConfig =>
  Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => !isOwned(key))
      .sort(byKey),
  );

const byKey = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : 1);

/** Stands for all that takes effect at a start alone: when it changes, the database is restarted. */
export const configRevision = (config: ServerConfig | undefined, version: string): string =>
  shortHash(
    Object.entries(acceptedConfig(config))
      .filter(([key]) => !isReloadable(key, version))
      .map((entry) => entry.join('=')),
  );

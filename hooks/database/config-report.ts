import type { ServerConfig } from '../questdb/config.ts';
import type { ConfigReport } from '../questdb/ports.ts';

/** A row of `SHOW PARAMETERS`. Its source is `conf`, `env`, `file` or `default`. */
export type Parameter = { key: string; value: string; source: string; isReloadable: boolean };

const FROM_FILE = 'conf';
const DEFAULT = 'default';

/** The rows that a comparison needs: what the process took from server.conf, and whatever else is asked for. Keys hold no quotes (config.ts). */
export const parametersQuery = (config: ServerConfig): string => {
  const keys = Object.keys(config).map((key) => `'${key}'`);
  const asked = keys.length === 0 ? '' : ` or property_path in (${keys.join(', ')})`;
  return `select property_path, value, value_source, reloadable from (show parameters) where value_source = '${FROM_FILE}'${asked}`;
};

export const parametersIn = (rows: readonly (readonly unknown[])[]): Parameter[] =>
  rows.map(([key, value, source, reloadable]) => ({
    key: String(key),
    value: typeof value === 'string' ? value : '',
    source: String(source),
    isReloadable: reloadable === true,
  }));

/**
 * A value is shown as it was written, but for blanks around it. What the environment says wins over the file, and is the user's own wish too. A key
 * that is not asked for and still comes from the file was removed from it.
 */
export const reportOn = (config: ServerConfig, parameters: readonly Parameter[]): ConfigReport => {
  const known = new Set(parameters.map(({ key }) => key));
  const differing = parameters.filter(({ key, value, source }) => {
    const wanted = config[key];
    if (wanted === undefined) return source === FROM_FILE;
    return source === DEFAULT || (source === FROM_FILE && value.trim() !== wanted.trim());
  });
  const keysWhere = (isReloadable: boolean): string[] =>
    differing
      .filter((parameter) => parameter.isReloadable === isReloadable)
      .map(({ key }) => key)
      .sort();
  return {
    unknown: Object.keys(config)
      .filter((key) => !known.has(key))
      .sort(),
    reloading: keysWhere(true),
    notLoaded: keysWhere(false),
  };
};

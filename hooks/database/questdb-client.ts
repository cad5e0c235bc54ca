import type { Identity } from '../api/labels.ts';
import type { ProbeResult } from '../questdb/ports.ts';

export type Credentials = { username: string; password: string };

/** Where a database answers, `{namespace}` and `{name}` to be filled in. */
export type UrlTemplate = string;

export type QuestDBClient = {
  /** Asks the database for its version and for tables that refuse writes. Never throws: no answer is a result too. */
  ask: (identity: Identity) => Promise<ProbeResult>;
};

export type ClientOptions = {
  urlTemplate: UrlTemplate;
  credentialsOf: (identity: Identity) => Promise<Credentials | undefined>;
};

const TIMEOUT_MS = 2_000;
const MESSAGE_LIMIT = 300;

/** https://questdb.com/docs/query/functions/meta/ */
const VERSION_QUERY = 'select build()';
const SUSPENDED_QUERY = 'select name from wal_tables() where suspended';

export const createQuestDBClient = ({ urlTemplate, credentialsOf }: ClientOptions): QuestDBClient => ({
  ask: async (identity) => {
    try {
      const headers = authorization(await credentialsOf(identity));
      const query = (sql: string) => execute(urlOf(urlTemplate, identity, sql), headers);
      const builds = await query(VERSION_QUERY);
      const suspended = await query(SUSPENDED_QUERY);
      return {
        answered: true,
        version: versionIn(firstColumn(builds)[0] ?? ''),
        suspendedTables: firstColumn(suspended).sort(),
      };
    } catch (error) {
      return { answered: false, message: causeOf(error).slice(0, MESSAGE_LIMIT) };
    }
  },
});

const urlOf = (template: UrlTemplate, { namespace, database }: Identity, sql: string): string => {
  const base = template
    .replaceAll('{namespace}', encodeURIComponent(namespace))
    .replaceAll('{name}', encodeURIComponent(database));
  return `${base.replace(/\/$/, '')}/exec?query=${encodeURIComponent(sql)}`;
};

const authorization = (credentials: Credentials | undefined): Record<string, string> =>
  credentials === undefined
    ? {}
    : {
        authorization: `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`,
      };

/** The rows of /exec (https://questdb.com/docs/reference/api/rest/#exec---execute-queries). */
const execute = async (url: string, headers: Record<string, string>): Promise<unknown[][]> => {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const body = (await response.json().catch(() => ({}))) as { dataset?: unknown[][]; error?: string };
  if (!response.ok) throw new Error(`HTTP ${response.status}${body.error === undefined ? '' : `: ${body.error}`}`);
  if (body.dataset === undefined) throw new Error('the answer has no dataset');
  return body.dataset;
};

const firstColumn = (rows: readonly (readonly unknown[])[]): string[] =>
  rows.map(([value]) => (typeof value === 'string' ? value : JSON.stringify(value)));

/** `Build Information: QuestDB 9.3.4, JDK 17.0.2, Commit Hash ...` */
const versionIn = (build: string): string => /QuestDB\s+([^\s,]+)/.exec(build)?.[1] ?? build;

/** fetch() says only that it failed; why is in its cause. */
const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
};

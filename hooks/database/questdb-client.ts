import type { Identity } from '../api/labels.ts';
import type { ServerConfig } from '../questdb/config.ts';
import type { CredentialsSource } from '../questdb/credentials.ts';
import type { ConfigReport, ProbeResult, ProbeSubject } from '../questdb/ports.ts';
import { parametersIn, parametersQuery, reportOn } from './config-report.ts';

export type Credentials = { username: string; password: string; revision: string };

/** Where a database answers, `{namespace}` and `{name}` to be filled in. */
export type UrlTemplate = string;

export type QuestDBClient = {
  /**
   * Asks the database for its version, for tables that refuse writes, and what it runs with; where that is not what it could take over, tells it
   * to. Never throws: no answer is a result too.
   */
  ask: (subject: ProbeSubject) => Promise<ProbeResult>;
};

export type ClientOptions = {
  urlTemplate: UrlTemplate;
  credentialsOf: (source: CredentialsSource) => Promise<Credentials | undefined>;
};

const TIMEOUT_MS = 2_000;
const MESSAGE_LIMIT = 300;

type Query = (sql: string) => Promise<unknown[][]>;

/** https://questdb.com/docs/query/functions/meta/ */
const VERSION_QUERY = 'select build()';
/** https://questdb.com/docs/configuration/overview/#reloadable-settings */
const RELOAD_QUERY = 'select reload_config()';
const SUSPENDED_QUERY = 'select name from wal_tables() where suspended';

export const createQuestDBClient = ({ urlTemplate, credentialsOf }: ClientOptions): QuestDBClient => ({
  ask: async (subject) => {
    let credentials: Credentials | undefined;
    try {
      credentials = await credentialsOf(subject);
      const headers = authorization(credentials);
      const query: Query = (sql) => execute(urlOf(urlTemplate, subject, sql), headers);
      const builds = await query(VERSION_QUERY);
      const suspended = await query(SUSPENDED_QUERY);
      return {
        answered: true,
        askedWith: credentials?.revision,
        version: versionIn(firstColumn(builds)[0] ?? ''),
        suspendedTables: firstColumn(suspended).sort(),
        config: await applyConfig(query, subject.config),
      };
    } catch (error) {
      return { answered: false, askedWith: credentials?.revision, message: causeOf(error).slice(0, MESSAGE_LIMIT) };
    }
  },
});

/** The file reaches the pod up to a minute after its ConfigMap was changed, so this is repeated until the values show. */
const applyConfig = async (query: Query, config: ServerConfig): Promise<ConfigReport> => {
  const compare = async () => reportOn(config, parametersIn(await query(parametersQuery(config))));
  const report = await compare();
  if (report.reloading.length === 0) return report;
  await query(RELOAD_QUERY);
  return compare();
};

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

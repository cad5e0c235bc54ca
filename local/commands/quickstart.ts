import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { kubectl } from '../controlplane/kubectl.ts';
import { waitUntil } from '../processes/health.ts';
import type { Settings } from '../settings.ts';
import { requireArguments, type Command } from './command.ts';
import { bringUp } from './up.ts';

const MANIFEST = join(import.meta.dirname, '..', '..', 'examples', 'quickstart.yaml');
const PATIENCE_SECONDS = 300;

type Condition = { type: string; status: string; reason?: string; message?: string; observedGeneration?: number };
type Database = {
  kind: string;
  metadata: { name: string; namespace?: string; generation?: number };
  status?: { conditions?: Condition[] };
};

/** The QuestDB of the example: its namespace and name are read from the manifest, never assumed. */
const databaseIn = (manifest: string): { namespace: string; name: string } => {
  const documents = parseAllDocuments(manifest).map((document) => document.toJS() as Database | null);
  const database = documents.find((document) => document?.kind === 'QuestDB');
  if (!database) throw new Error(`${MANIFEST} holds no QuestDB.`);
  return { namespace: database.metadata.namespace ?? 'default', name: database.metadata.name };
};

const readyCondition = (database: Database): Condition | undefined => {
  const ready = database.status?.conditions?.find(({ type }) => type === 'Ready');
  const generation = database.metadata.generation;
  return ready?.observedGeneration === undefined || ready.observedGeneration === generation ? ready : undefined;
};

/** Waits until the database is Ready and prints what it waits for, each time that changes. */
const waitUntilReady = async (settings: Settings, database: { namespace: string; name: string }): Promise<void> => {
  const { namespace, name } = database;
  const end = Date.now() + PATIENCE_SECONDS * 1000;
  let told = '';
  for (;;) {
    const json = await kubectl(settings, ['get', 'questdb', name, `--namespace=${namespace}`, '--output=json']);
    const ready = readyCondition(JSON.parse(json) as Database);
    if (ready?.status === 'True') return;
    const news =
      ready === undefined ? 'Metacontroller has not called the hooks yet' : `${ready.reason}: ${ready.message}`;
    if (news !== told) console.log(`  ... ${news}`);
    told = news;
    if (Date.now() > end) {
      throw new Error(`${namespace}/${name} is not Ready after ${PATIENCE_SECONDS} s; the last news: ${told}`);
    }
    await delay(1000);
  }
};

type SqlAnswer = { dataset?: unknown[][]; error?: string };

/** Right after a restart of the cluster a status may be older than the database: 502 and 503 are waited out. */
const runSql = async (url: string, statement: string): Promise<unknown[][]> => {
  const end = Date.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    const response = await fetch(`${url}/exec?query=${encodeURIComponent(statement)}`);
    const text = await response.text();
    if (response.ok) return (JSON.parse(text) as SqlAnswer).dataset ?? [];
    const notYet = response.status === 502 || response.status === 503;
    if (!notYet || Date.now() > end) throw new Error(`The database answers ${response.status}: ${text}`);
    await delay(500);
  }
};

const showSql = (url: string, statement: string): Promise<unknown[][]> => {
  console.log(`  sql> ${statement}`);
  return runSql(url, statement);
};

const countRows = async (url: string): Promise<number> =>
  Number((await runSql(url, 'SELECT count() FROM trades'))[0]?.[0] ?? 0);

const useDatabase = async (url: string): Promise<void> => {
  await showSql(
    url,
    'CREATE TABLE IF NOT EXISTS trades (ts TIMESTAMP, symbol SYMBOL, price DOUBLE) TIMESTAMP(ts) PARTITION BY DAY WAL',
  );
  const before = await countRows(url);
  await showSql(url, "INSERT INTO trades VALUES (now(), 'BTC-USD', 64000.5), (now(), 'ETH-USD', 3100.25)");
  // A WAL table shows rows once its writer has applied them.
  await waitUntil(async () => ((await countRows(url)) >= before + 2 ? true : undefined), {
    seconds: 30,
    message: () => 'The rows written do not appear.',
  });
  const rows = await showSql(url, 'SELECT symbol, price, ts FROM trades ORDER BY ts DESC LIMIT 2');
  for (const row of rows) console.log(`       ${row.join('   ')}`);
  console.log(`       (${await countRows(url)} rows in all)`);
};

const nextSteps = (settings: Settings, database: { namespace: string; name: string }, url: string): string =>
  [
    `The database ${database.namespace}/${database.name} is Ready. What to try next:`,
    `  export KUBECONFIG=${settings.paths.kubeconfig}`,
    `  kubectl get questdb -A                        (no kubectl? ${join(settings.stateDir, 'bin', 'kubectl')})`,
    `  kubectl describe questdb ${database.name} -n ${database.namespace}`,
    `  curl -G ${url}/exec --data-urlencode "query=SELECT * FROM trades"`,
    `  open ${url}/                                  the database's console`,
    '  npm run local -- status                       the parts of the cluster',
    '  npm run local -- aws state                    the simulated AWS account',
    '  npm run local -- down                         stop it all; `down --delete` forgets it too',
  ].join('\n');

export const quickstart: Command = {
  name: 'quickstart',
  usage: 'quickstart',
  summary: 'what no command does: `up`, then one database, rows written and read, what to try next',
  options: [],
  run: async ({ settings: { stateDir }, arguments: given }) => {
    requireArguments(quickstart, given, 0);
    const settings = await bringUp(stateDir);
    if (!existsSync(MANIFEST)) throw new Error(`${MANIFEST} is not there.`);
    const database = databaseIn(readFileSync(MANIFEST, 'utf8'));
    console.log(`Applying ${MANIFEST}`);
    await kubectl(settings, ['apply', '-f', MANIFEST]);
    await waitUntilReady(settings, database);
    const url = `http://127.0.0.1:${settings.ports.router}/-/${database.namespace}/${database.name}`;
    await useDatabase(url);
    console.log(nextSteps(settings, database, url));
    return 0;
  },
};

/** An answer of QuestDB's `/exec`. */
export type SqlAnswer = {
  query: string;
  columns: { name: string; type: string }[];
  dataset: unknown[][];
  timestamp: number;
  count: number;
};

const answer = (query: string, columns: SqlAnswer['columns'], dataset: unknown[][]): SqlAnswer => ({
  query,
  columns,
  dataset,
  timestamp: -1,
  count: dataset.length,
});

const BUILD = (version: string) => `Build Information: QuestDB ${version}, JDK 17, Commit Hash 0`;

/** The process that is played: its image's version, and what its server.conf says. */
export type Played = { version: string; config: string };

/** The lines of a Java properties file, as far as server.conf needs it. */
const parametersIn = (config: string): string[][] =>
  config
    .split('\n')
    .filter((line) => line.includes('='))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).replaceAll('\\\\', '\\')]);

const parameters = (query: string, config: string): SqlAnswer => {
  const columns = ['property_path', 'value', 'value_source'].map((name) => ({ name, type: 'STRING' }));
  const rows = parametersIn(config).map((parameter) => [...parameter, 'conf', false]);
  return answer(query, [...columns, { name: 'reloadable', type: 'BOOLEAN' }], rows);
};

/**
 * What the pretended database of a KWOK pod answers: its build, that it has what its server.conf says, and that it has no tables (so none
 * is suspended). Undefined for any other statement: there is no engine behind it.
 */
export const answerSql = (query: string, { version, config }: Played): SqlAnswer | undefined => {
  const text = query.trim().replace(/;$/, '').toLowerCase();
  if (/^select\s+build\(\)$/.test(text)) return answer(query, [{ name: 'build', type: 'STRING' }], [[BUILD(version)]]);
  if (text.includes('(show parameters)')) return parameters(query, config);
  if (!/\b(wal_tables|tables)\(\)/.test(text)) return undefined;
  if (/^select\s+count\(/.test(text)) return answer(query, [{ name: 'count', type: 'LONG' }], [[0]]);
  const columns = [
    { name: 'name', type: 'STRING' },
    { name: 'suspended', type: 'BOOLEAN' },
    { name: 'writerTxn', type: 'LONG' },
    { name: 'sequencerTxn', type: 'LONG' },
  ];
  return answer(query, columns, []);
};

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

/**
 * What the pretended database of a KWOK pod answers: its build, and that it has no tables (so none is suspended). Undefined
 * for any other statement: there is no engine behind it.
 */
export const answerSql = (query: string, version: string): SqlAnswer | undefined => {
  const text = query.trim().replace(/;$/, '').toLowerCase();
  if (/^select\s+build\(\)$/.test(text)) return answer(query, [{ name: 'build', type: 'STRING' }], [[BUILD(version)]]);
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

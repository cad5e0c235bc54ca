import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a healthy database of this version says, whichever it is: no process could be run for each of a thousand. */
const VERSION = '9.3.4';

const rowsFor = (query: string): unknown[][] => {
  if (query.includes('build()')) return [[`Build Information: QuestDB ${VERSION}, JDK 17, Commit Hash 0`]];
  const asked = /property_path in \(([^)]*)\)/.exec(query)?.[1] ?? '';
  return [...asked.matchAll(/'([^']+)'/g)].map(([, key]) => [key, '', 'env', false]);
};

/** One server that answers for every database, so that what is measured is the operator and not its stand-ins. */
export const startDatabases = async (): Promise<{ url: string; stop: () => void }> => {
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://localhost').searchParams.get('query') ?? '';
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ dataset: rowsFor(query) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/{namespace}/{name}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

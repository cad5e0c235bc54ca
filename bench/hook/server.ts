/**
 * A process that answers the sync hook of QuestDB at a port it prints. `hooks`: the product's own server and core over ports that are at hand at
 * once. `bare`: node:http, which parses the same bytes and answers with those of the file in the second argument: the floor.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { acceptAnyone } from '../../hooks/authorization.ts';
import { createRegistry } from '../../hooks/metrics.ts';
import { databaseHooks } from '../../hooks/questdb/hooks.ts';
import type { DatabasePorts, Probe } from '../../hooks/questdb/ports.ts';
import { createApp } from '../../hooks/server.ts';

const [kind, answerFile = ''] = process.argv.slice(2);

const never = (): Promise<never> => Promise.reject(new Error('a database that is Ready asks for nothing'));

/** A database that is Ready, with nothing to do, is all that is asked about. */
const NO_NEWS: Probe = { result: undefined, isFresh: true };

const ports: DatabasePorts = {
  cluster: {
    readParent: never,
    readPod: () => Promise.resolve(undefined),
    readCredentials: () => Promise.resolve({ state: 'Foreign' }),
    createCredentials: never,
    rotateCredentials: never,
    readChild: () => Promise.resolve(undefined),
    nodesOf: () => Promise.resolve([]),
    adopt: never,
    record: () => Promise.resolve(),
  },
  probes: { last: () => NO_NEWS, first: () => Promise.resolve(NO_NEWS) },
  capacityRetrySeconds: 180,
  operatorNamespace: 'questdb-fleet',
  now: () => new Date(),
};

const idle = {
  customize: () => ({ relatedResources: [] }),
  sync: never,
  finalize: never,
};

const product = (): Server =>
  createServer(
    createApp({
      kinds: { questdb: databaseHooks(ports), questdbnode: idle, questdbvolume: idle },
      ready: () => true,
      log: pino({ level: 'silent' }),
      registry: createRegistry(),
      authorize: acceptAnyone,
      isDraining: () => false,
      hookBudgetSeconds: 8,
    }),
  );

const bare = (): Server => {
  const answer: unknown = JSON.parse(readFileSync(answerFile, 'utf8'));
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      JSON.parse(Buffer.concat(chunks).toString());
      response.setHeader('content-type', 'application/json; charset=utf-8').end(JSON.stringify(answer));
    });
  });
};

const server = kind === 'bare' ? bare() : product();
server.listen(0, '127.0.0.1', () => {
  console.log((server.address() as AddressInfo).port);
});

import { setImmediate } from 'node:timers/promises';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { Ec2Clients } from '../../hooks/aws/client.ts';
import { answerQuery } from '../../local/ec2/endpoint.ts';
import { DEFAULT_SETTINGS, type Ec2Settings } from '../../local/ec2/settings.ts';
import { createSimulation, type Simulation } from '../../local/ec2/simulation.ts';

/** A simulated account without a listener, whose clock stands still until a test moves it. */
export const simulateEc2 = (seed: number, start: Date, changes: Partial<Ec2Settings> = {}): Simulation => {
  const settings = { ...DEFAULT_SETTINGS, speed: 0, ...changes };
  return createSimulation({
    seed,
    settings,
    initialSettings: settings,
    now: start.getTime(),
    account: undefined,
    journal: [],
    writeJournal: () => undefined,
  });
};

type Request = { body?: unknown };
type Response = { statusCode: number; headers: Record<string, string>; body: Uint8Array };

const answer = (simulation: Simulation, { body }: Request): Response => {
  const reply = answerQuery(simulation, 'hooks', String(body));
  if ('lost' in reply) throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
  return { statusCode: reply.status, headers: { 'content-type': 'text/xml' }, body: Buffer.from(reply.body) };
};

const handlerOf = (simulation: Simulation) => ({
  handle: async (request: Request) => {
    // A turn of the event loop, as a socket would take: calls that run at the same time take turns.
    await setImmediate();
    return { response: answer(simulation, request) };
  },
  updateHttpClientConfig: () => undefined,
  httpHandlerConfigs: () => ({}),
});

/**
 * The real SDK on a simulated account in this process: real requests and XML, but no socket, no signature and no second attempt, which
 * would wait in real time. What that leaves out is tested over the wire in adapter tests.
 */
export const inProcessClients = (simulation: Simulation): Ec2Clients => {
  const client = new EC2Client({
    endpoint: 'http://127.0.0.1:1',
    region: 'eu-west-1',
    credentials: { accessKeyId: 'hooks', secretAccessKey: 'local' },
    maxAttempts: 1,
    signer: { sign: (request) => Promise.resolve(request) },
    requestHandler: handlerOf(simulation),
  });
  return { once: client, twice: client };
};

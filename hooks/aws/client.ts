import { EC2Client } from '@aws-sdk/client-ec2';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { codeOf } from './errors.ts';

/** What the fleet's EC2 clients are made from. The endpoint and the credentials come from the SDK's own environment variables. */
export type ClientOptions = { region: string; onCall: CallObserver };

/**
 * Told of each request when it is over, also of one that the SDK repeats, for EC2 counts them all: the operation, and `ok` or EC2's error
 * code. A call that fails before there is a request (no credentials) is told once.
 */
export type CallObserver = (operation: string, outcome: string) => void;

/** The SDK retries a lack of capacity as if it were a failing server, and a launch must not be repeated behind the hook's back. */
const ONE_ATTEMPT = 1;
const TWO_ATTEMPTS = 2;

const CONNECTION_TIMEOUT_MS = 2_000;
/** All I/O of a hook has 8 s; two attempts must fit. */
const REQUEST_TIMEOUT_MS = 3_500;

export type Ec2Clients = {
  /** For launches. */
  once: EC2Client;
  /** For reads, tags and terminations, which may be repeated. */
  twice: EC2Client;
};

export const createClients = (options: ClientOptions): Ec2Clients => ({
  once: createClient(options, ONE_ATTEMPT),
  twice: createClient(options, TWO_ATTEMPTS),
});

/** Standard retries, never adaptive: there, one throttled call slows down all calls of the client. */
const createClient = ({ region, onCall }: ClientOptions, maxAttempts: number): EC2Client => {
  const client = new EC2Client({
    region,
    maxAttempts,
    retryMode: 'standard',
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
  });
  observe(client, onCall);
  return client;
};

const observe = ({ middlewareStack }: EC2Client, onCall: CallObserver): void => {
  const told = new WeakSet<Error>();
  const tellFailure = (operation: string, error: unknown): void => {
    if (error instanceof Error && told.has(error)) return;
    if (error instanceof Error) told.add(error);
    onCall(operation, codeOf(error));
  };
  // Inside of what repeats.
  middlewareStack.add(
    (next, context) => async (args) => {
      try {
        const result = await next(args);
        onCall(operationOf(context), 'ok');
        return result;
      } catch (error) {
        tellFailure(operationOf(context), error);
        throw error;
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'observeRequests' },
  );
  middlewareStack.add(
    (next, context) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        tellFailure(operationOf(context), error);
        throw error;
      }
    },
    { step: 'initialize', name: 'observeCalls' },
  );
};

const operationOf = ({ commandName }: { commandName?: string }): string =>
  commandName?.replace(/Command$/, '') ?? 'Unknown';

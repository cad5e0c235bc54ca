import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type CommandBody, CommandError } from './commands/command.ts';
import { commandUsages, runCommand } from './commands/table.ts';
import { answerQuery } from './endpoint.ts';
import { CONNECTION_RESET } from './faults.ts';
import { violationsIn } from './invariants.ts';
import type { Simulation } from './simulation.ts';
import { machinesView, stateView, userDataView } from './views.ts';

const MAX_BODY = 4 * 1024 * 1024;

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY) throw new CommandError('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
};

/** The access key id of a signed request: who asks. */
const callerOf = (request: IncomingMessage): string =>
  /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? 'anonymous';

const send = (response: ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
};

const sendJson = (response: ServerResponse, status: number, value: unknown): void =>
  send(response, status, 'application/json', `${JSON.stringify(value)}\n`);

const answerEc2 = async (simulation: Simulation, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const reply = answerQuery(simulation, callerOf(request), await readBody(request));
  if ('body' in reply) send(response, reply.status, 'text/xml;charset=UTF-8', reply.body);
  else if (reply.lost === CONNECTION_RESET) request.socket.destroy();
};

const VIEWS = new Map<string, (simulation: Simulation) => unknown>([
  ['/_simulator/state', stateView],
  ['/_simulator/machines', machinesView],
  ['/_simulator/journal', (simulation) => simulation.journal.entries],
  ['/_simulator/violations', (simulation) => violationsIn(simulation.journal.entries)],
  ['/_simulator/commands', commandUsages],
]);

const parseCommandBody = (body: string): CommandBody => {
  if (body.trim() === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new CommandError('the body is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new CommandError('the body is not a JSON object');
  }
  return parsed as CommandBody;
};

const answerSideDoor = async (
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const view = VIEWS.get(path);
  const launched = /^\/_simulator\/user-data\/([\w-]+)$/.exec(path)?.[1];
  const command = /^\/_simulator\/commands\/([\w-]+)$/.exec(path)?.[1];
  if (request.method === 'GET' && view) {
    simulation.present(() => undefined);
    sendJson(response, 200, view(simulation));
  } else if (request.method === 'GET' && launched !== undefined) {
    sendJson(response, 200, userDataView(simulation, launched));
  } else if (request.method === 'POST' && command !== undefined) {
    const body = parseCommandBody(await readBody(request));
    sendJson(response, 200, runCommand(simulation, command, body) ?? {});
  } else {
    sendJson(response, 404, { error: `nothing here; there are ${[...VIEWS.keys()].join(', ')}` });
  }
};

/** `POST /` is EC2; what begins with `/_simulator/` is for the local cluster and its tests. */
export const requestListener = (simulation: Simulation, answered: () => void): RequestListener => {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sideDoor = request.url?.startsWith('/_simulator/') ?? false;
    try {
      await (sideDoor ? answerSideDoor : answerEc2)(simulation, request, response);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const status = error instanceof CommandError ? 400 : 500;
      sendJson(response, status, { error: message, commands: commandUsages() });
    }
    answered();
  };
  return (request, response) => void answer(request, response);
};

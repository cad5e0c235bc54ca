import { existsSync, readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import type { Settings } from '../settings.ts';
import type { PartStatus } from './component.ts';
import { isRunning, parseIdentity, type ProcessIdentity } from './identity.ts';

/** What a person or a test may do to one part. */
export const PART_ACTIONS = ['start', 'stop', 'restart', 'kill'] as const;
export type PartAction = (typeof PART_ACTIONS)[number];

/** `choices` is what the environment of `up` decided: which EC2, which Metacontroller. */
export type SupervisorStatus = { parts: PartStatus[]; choices: Record<string, string> };

/** What the supervisor can be asked; served as HTTP on a unix socket that only its owner can open. */
export type Control = {
  /** Of the parts named, or of all: each is asked whether it is healthy, which costs it something. */
  status: (names?: readonly string[]) => Promise<SupervisorStatus>;
  act: (part: string, action: PartAction) => Promise<void>;
};

export const controlSocket = (settings: Settings): string => join(dirname(settings.paths.csiSocket), 'supervisor.sock');

const supervisorFile = (settings: Settings): string => join(settings.paths.pids, 'supervisor.json');

const isAction = (word: string | undefined): word is PartAction => PART_ACTIONS.some((action) => action === word);

const answer = async (control: Control, method: string, url: string): Promise<unknown> => {
  const [, root, part, action] = url.split('/');
  if (method === 'GET' && root === 'status') return control.status(part?.split(',').filter((name) => name !== ''));
  if (method === 'POST' && root === 'parts' && part !== undefined && isAction(action)) {
    await control.act(part, action);
    return {};
  }
  throw new Error(`no such request: ${method} ${url}`);
};

/** The server of a supervisor's control socket; not yet listening. */
export const createControlServer = (control: Control): Server =>
  createServer((incoming, response) => {
    answer(control, incoming.method ?? '', incoming.url ?? '').then(
      (body) => response.end(JSON.stringify(body)),
      (error: unknown) => {
        response.statusCode = 400;
        response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
      },
    );
  });

const ask = (settings: Settings, method: string, path: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: controlSocket(settings), method, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const body = JSON.parse(text) as { error?: string };
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(body.error));
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });

/** The running supervisor of a cluster, or undefined. */
export const findSupervisor = (settings: Settings): ProcessIdentity | undefined => {
  const path = supervisorFile(settings);
  const identity = existsSync(path) ? parseIdentity(readFileSync(path, 'utf8')) : undefined;
  return identity !== undefined && isRunning(identity) ? identity : undefined;
};

/** The supervisor's answer to `status`; rejects when it cannot be reached. */
export const askStatus = async (settings: Settings, names?: readonly string[]): Promise<SupervisorStatus> =>
  (await ask(settings, 'GET', names === undefined ? '/status' : `/status/${names.join(',')}`)) as SupervisorStatus;

/** Starts, stops, restarts or kills one part; `stop` and `restart` answer when the old process is gone. */
export const actOnPart = async (settings: Settings, part: string, action: PartAction): Promise<void> => {
  await ask(settings, 'POST', `/parts/${part}/${action}`);
};

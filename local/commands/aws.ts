import { type Command } from './command.ts';
import { askStatus, findSupervisor } from '../processes/control.ts';
import { simulatedEc2Url } from '../processes/environment.ts';
import type { Settings } from '../settings.ts';
import { table } from './table.ts';

type Row = Record<string, unknown>;
type AccountState = { instances: Row[]; volumes: Row[]; snapshots: Row[]; faults?: Row[] };

/** What the word without a name means: `terminate-instance i-0123`, `fail RunInstances`. */
const subjectOf = (command: string): string => ({ fail: 'action', capacity: 'instanceType' })[command] ?? 'id';

const parseValue = (text: string): unknown => {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
};

/** `fail RunInstances times=2 when=after` has the body `{action: "RunInstances", times: 2, when: "after"}`. */
export const parseBody = (command: string, words: string[]): Record<string, unknown> =>
  Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      return at < 0 ? [subjectOf(command), word] : [word.slice(0, at), parseValue(word.slice(at + 1))];
    }),
  );

type Refusal = { error?: string; commands?: Record<string, string> };

/** The simulator's own sentence, and its list of commands when it did not know the one given. */
const refusalText = (text: string): string => {
  const { error = text, commands } = JSON.parse(text) as Refusal;
  return commands === undefined ? error : `${error.split(';')[0] ?? ''}.\n\n${commandList(commands)}`;
};

const commandList = (commands: Record<string, string>): string =>
  ['Commands:', '  state', '  journal', ...Object.entries(commands).map(([name, usage]) => `  ${name} ${usage}`)].join(
    '\n',
  );

const request = async (url: string, init?: RequestInit): Promise<unknown> => {
  const response = await fetch(url, init).catch((cause: unknown) => {
    throw new Error(`The simulated EC2 does not answer at ${url}: is the cluster up (\`npm run local -- status\`)?`, {
      cause,
    });
  });
  const text = await response.text();
  if (!response.ok) throw new Error(refusalText(text));
  return text === '' ? {} : JSON.parse(text);
};

/** What is worth a place on a line; the rest is at `/_simulator/state`. */
const COLUMNS = {
  instances: ['instanceId', 'instanceType', 'zone', 'state', 'privateDnsName'],
  volumes: ['volumeId', 'size', 'zone', 'state', 'attachments'],
  snapshots: ['snapshotId', 'volumeId', 'state'],
  faults: ['action', 'code', 'when', 'times'],
} as const;

const attachmentText = ({ instanceId, state }: Row): string => `${String(state)} to ${String(instanceId)}`;

const cell = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return (value as Row[]).map(attachmentText).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** The account as tables, one a kind of resource; the machines of the local cluster itself are not in the account. */
export const stateText = (state: AccountState): string => {
  const rowsOf = {
    instances: state.instances.filter((row) => row.builtIn !== true),
    volumes: state.volumes,
    snapshots: state.snapshots,
    faults: state.faults ?? [],
  };
  return (['instances', 'volumes', 'snapshots', 'faults'] as const)
    .map((kind) => {
      const columns = [...COLUMNS[kind]];
      const rows = rowsOf[kind].map((row) => columns.map((column) => cell(row[column])));
      return rows.length === 0 ? `${kind}: none\n` : `${kind}:\n${table(columns, rows)}\n`;
    })
    .join('\n');
};

/** With AWS_ENDPOINT_URL_EC2 there is no simulator to talk to, and another account is none of this command's business. */
const refuseOtherEndpoint = async (settings: Settings): Promise<void> => {
  if (findSupervisor(settings) === undefined) return;
  const { choices } = await askStatus(settings, []);
  if (choices.EC2 === simulatedEc2Url(settings)) return;
  throw new Error(`This cluster runs with EC2 at ${choices.EC2}: there is no simulated account to look at.`);
};

export const aws: Command = {
  name: 'aws',
  usage: 'aws COMMAND [ID] [KEY=VALUE ...]',
  summary: 'look at the simulated account (state, journal) or disturb it (terminate-instance ID, fail ..., heal, ...)',
  options: [],
  run: async ({ settings, arguments: [name, ...words] }) => {
    await refuseOtherEndpoint(settings);
    const base = `http://127.0.0.1:${settings.ports.ec2}/_simulator`;
    if (name === undefined) {
      const commands = (await request(`${base}/commands`)) as Record<string, string>;
      throw new Error(`Usage: ${aws.usage}\n\n${commandList(commands)}`);
    }
    if (name === 'state') {
      console.log(stateText((await request(`${base}/state`)) as AccountState));
    } else if (name === 'journal') {
      console.log(JSON.stringify(await request(`${base}/journal`), undefined, 2));
    } else {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(parseBody(name, words)),
      };
      const answer = await request(`${base}/commands/${encodeURIComponent(name)}`, init);
      console.log(JSON.stringify(answer, undefined, 2));
    }
    return 0;
  },
};

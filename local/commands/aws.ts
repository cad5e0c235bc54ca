import { type Command } from './command.ts';
import { table } from './table.ts';

type Rows = Record<string, unknown>[];
type AccountState = { instances?: Rows; volumes?: Rows; snapshots?: Rows };

/** What identifies the subject of a command when it is given without a name: `terminate-instance i-0123`. */
const POSITIONAL = 'id';

const parseValue = (text: string): unknown => {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
};

/** `i-01 times=2 when=after` as the JSON body `{id: "i-01", times: 2, when: "after"}`. */
export const parseBody = (words: string[]): Record<string, unknown> =>
  Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      return at < 0 ? [POSITIONAL, word] : [word.slice(0, at), parseValue(word.slice(at + 1))];
    }),
  );

const request = async (url: string, init?: RequestInit): Promise<unknown> => {
  const response = await fetch(url, init).catch((cause: unknown) => {
    throw new Error(`The simulated EC2 does not answer at ${url}: is the cluster up (\`npm run local -- status\`)?`, {
      cause,
    });
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text === '' ? {} : JSON.parse(text);
};

const cell = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Columns worth a place on a line; everything else is in `/_simulator/state`. */
const COLUMNS = {
  instances: ['instanceId', 'instanceType', 'zone', 'state', 'privateDnsName'],
  volumes: ['volumeId', 'size', 'zone', 'state', 'attachments'],
  snapshots: ['snapshotId', 'volumeId', 'state'],
} as const;

const printState = (state: AccountState): void => {
  for (const kind of ['instances', 'volumes', 'snapshots'] as const) {
    const rows = state[kind] ?? [];
    const columns = [...COLUMNS[kind]];
    console.log(`${kind} (${rows.length})`);
    if (rows.length > 0)
      console.log(
        table(
          columns,
          rows.map((row) => columns.map((column) => cell(row[column]))),
        ),
      );
    console.log();
  }
};

export const aws: Command = {
  name: 'aws',
  usage: 'aws COMMAND [ID] [KEY=VALUE ...]',
  summary: 'look at the simulated account (state, journal) or disturb it (terminate-instance ID, fail ..., heal, ...)',
  options: [],
  run: async ({ settings, arguments: [name, ...words] }) => {
    const base = `http://127.0.0.1:${settings.ports.ec2}/_simulator`;
    if (name === undefined) throw new Error(`Usage: ${aws.usage}; for example \`aws state\``);
    if (name === 'state') {
      printState((await request(`${base}/state`)) as AccountState);
    } else if (name === 'journal') {
      console.log(JSON.stringify(await request(`${base}/journal`), undefined, 2));
    } else {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(parseBody(words)),
      };
      const answer = await request(`${base}/commands/${encodeURIComponent(name)}`, init);
      console.log(JSON.stringify(answer, undefined, 2));
    }
    return 0;
  },
};

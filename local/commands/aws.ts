import { type Command } from './command.ts';
import { askStatus, findSupervisor } from '../processes/control.ts';
import { simulatedEc2Url } from '../processes/environment.ts';
import type { Settings } from '../settings.ts';
import { stateText, type AccountState } from './account.ts';

/** What the word without a name means: `terminate-instance i-0123`, `fail RunInstances`. */
const subjectOf = (command: string): string =>
  ({ fail: 'action', capacity: 'instanceType', addresses: 'subnetId' })[command] ?? 'id';

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
  return commands === undefined || !error.startsWith('no command')
    ? error
    : `${error.split(';')[0] ?? ''}.\n\n${commandList(commands)}`;
};

/** `{id, stuck?}: keeps ...` of the command `stick` as it is typed: `stick <id> [stuck=<stuck>]`, and what it does. */
export const typedUsage = (command: string, usage: string): string => {
  const [, body = '', sentence = usage] = /^\{(.*?)\}: (.*)$/s.exec(usage) ?? [];
  const words = body.split(', ').map((field) => {
    const name = field.replace(/\?$/, '');
    if (!/^\w+$/.test(name)) return name.replace(': ', '=');
    const word = name === subjectOf(command) ? `<${name}>` : `${name}=<${name}>`;
    return name === field ? word : `[${word}]`;
  });
  return `  ${[command, ...words].join(' ').trimEnd()}\n      ${sentence}`;
};

const commandList = (commands: Record<string, string>): string =>
  [
    'Commands:',
    '  state\n      shows the account',
    '  journal\n      shows what was done in it, and by whom',
    ...Object.entries(commands).map(([name, usage]) => typedUsage(name, usage)),
  ].join('\n');

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
  summary: 'look at the simulated account (state, journal) or disturb it (help lists how)',
  options: [],
  run: async ({ settings, arguments: [name, ...words] }) => {
    await refuseOtherEndpoint(settings);
    const base = `http://127.0.0.1:${settings.ports.ec2}/_simulator`;
    const listed = async () => commandList((await request(`${base}/commands`)) as Record<string, string>);
    if (name === undefined) throw new Error(`Usage: ${aws.usage}\n\n${await listed()}`);
    if (name === 'help') {
      console.log(await listed());
    } else if (name === 'state') {
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

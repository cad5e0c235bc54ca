import { parseArgs } from 'node:util';
import { COMMANDS, type Command } from './commands/catalogue.ts';
import { helpText } from './commands/help.ts';
import { DEFAULT_STATE_DIRECTORY } from './processes/cluster.ts';
import { readSettings } from './settings.ts';

const OPTIONS = {
  'state-dir': { type: 'string' },
  delete: { type: 'boolean' },
  follow: { type: 'boolean', short: 'f' },
  help: { type: 'boolean', short: 'h' },
} as const;

const fail = (message: string): never => {
  console.error(message);
  process.exit(1);
};

const parse = (args: string[]) => {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${helpText(COMMANDS)}`);
  }
};

const find = (name: string): Command =>
  COMMANDS.find((command) => command.name === name) ??
  fail(`There is no command "${name}". Commands: ${COMMANDS.map((command) => command.name).join(', ')}.`);

/** An option that another command has would be ignored: said instead. */
const refuseForeignOptions = (command: Command, given: string[]): void => {
  const foreign = given.filter((name) => name !== 'state-dir' && name !== 'help' && !command.options.includes(name));
  if (foreign.length > 0) fail(`\`${command.name}\` has no option --${foreign.join(', --')}. Usage: ${command.usage}`);
};

const { values, positionals } = parse(process.argv.slice(2));
const [name = 'quickstart', ...rest] = positionals;
const command = values.help === true || name === 'help' ? undefined : find(name);
if (command === undefined) {
  console.log(helpText(COMMANDS));
} else {
  refuseForeignOptions(command, Object.keys(values));
  const settings = readSettings(values['state-dir'] ?? DEFAULT_STATE_DIRECTORY);
  const flags = { delete: values.delete === true, follow: values.follow === true };
  try {
    process.exitCode = await command.run({ settings, arguments: rest, flags });
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

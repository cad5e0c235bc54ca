import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { requireArguments, type Command } from './command.ts';

const LINES = 200;

const available = (directory: string): string[] =>
  existsSync(directory)
    ? readdirSync(directory)
        .filter((name) => name.endsWith('.log'))
        .map((name) => name.slice(0, -'.log'.length))
        .sort()
    : [];

export const logs: Command = {
  name: 'logs',
  usage: 'logs PART [-f]',
  summary: `the last ${LINES} lines of a part's log; -f follows it`,
  options: ['follow'],
  run: async ({ settings, arguments: given, flags }) => {
    requireArguments(logs, given, 1);
    const [part = ''] = given;
    const names = available(settings.paths.logs);
    if (!names.includes(part)) {
      const list = names.length === 0 ? 'none: the cluster never ran' : names.join(', ');
      throw new Error(`There is no log of "${part}". Logs: ${list}.`);
    }
    const path = join(settings.paths.logs, `${part}.log`);
    const tail = spawn('tail', ['-n', String(LINES), ...(flags.follow ? ['-F'] : []), path], { stdio: 'inherit' });
    const [code] = (await once(tail, 'exit')) as [number | null];
    return code ?? 0;
  },
};

import { parseArgs } from 'node:util';
import type { NodeRequests } from '../hooks/questdb/pod-input.ts';
import { UserError } from './user-error.ts';

export const USAGE = `Usage: questdb-fleet <command>

  render -f <file>           the objects that a new database of this manifest gets
  diff -f <file>             what a changed manifest would do: to its objects, and whether it restarts or moves the database
  explain <name>             one database on one screen: conditions, instance, volume, last events

  -f, --filename <file>      manifests of QuestDBs, and of QuestDBNodeClasses for render; - is standard input
  -n, --namespace <name>     where a manifest says none; default "default"
  --allocatable <cpu,memory> what the Node of a new instance has to give, for example 7910m,61Gi; default 0,0, which the requests then show
  --operator-namespace <name> where the hooks run; default "questdb-fleet"

diff and explain reach the cluster that kubectl does (KUBECONFIG), and only read. diff ends with 0 when nothing changes, 1 when something
does, 2 when it cannot tell; the others with 0 or 2.`;

export type Arguments = { namespace: string; operatorNamespace: string; allocatable: NodeRequests } & (
  { command: 'render' | 'diff'; file: string } | { command: 'explain'; name: string } | { command: 'help' }
);

/** The command line; throws a UserError that says what is allowed. */
export const readArguments = (words: readonly string[]): Arguments => {
  const { values, positionals } = parsed(words);
  const common = {
    namespace: values.namespace,
    operatorNamespace: values['operator-namespace'],
    allocatable: allocatableIn(values.allocatable),
  };
  const [command, name, ...others] = positionals;
  if (values.help || command === undefined) return { ...common, command: 'help' };
  if (others.length > 0) throw new UserError(`too many words: ${others.join(' ')}`);
  switch (command) {
    case 'render':
    case 'diff':
      if (values.filename === undefined) throw new UserError(`${command} needs -f <file>`);
      return { ...common, command, file: values.filename };
    case 'explain':
      if (name === undefined) throw new UserError('explain needs the name of a QuestDB');
      return { ...common, command, name };
    default:
      throw new UserError(`"${command}" is no command; those are render, diff and explain`);
  }
};

const parsed = (words: readonly string[]) => {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        allocatable: { type: 'string', default: '0,0' },
        filename: { type: 'string', short: 'f' },
        help: { type: 'boolean', short: 'h', default: false },
        namespace: { type: 'string', short: 'n', default: 'default' },
        'operator-namespace': { type: 'string', default: 'questdb-fleet' },
      },
    });
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
};

const allocatableIn = (text: string): NodeRequests => {
  const [, cpu, memory] = /^(\d+m?),(\d+(?:[KMGT]i)?)$/.exec(text) ?? [];
  if (cpu === undefined || memory === undefined) {
    throw new UserError(`--allocatable takes CPU and memory such as 7910m,61Gi, not "${text}"`);
  }
  return { cpu, memory };
};

import { exitText, type PartStatus } from '../processes/component.ts';
import { askStatus, findSupervisor } from '../processes/control.ts';
import { leftoversOf } from '../processes/leftovers.ts';
import { requireArguments, type Command } from './command.ts';
import { table } from './table.ts';

const lastExit = ({ lastExit: exit }: PartStatus): string =>
  exit === undefined ? '' : `${exitText(exit)} at ${exit.at}`;

const row = (part: PartStatus): string[] => [
  part.name,
  part.state,
  part.pid === undefined ? '' : String(part.pid),
  part.since ?? '',
  String(part.restarts),
  lastExit(part),
];

/** Exit code 0: all parts run; 1: some do not; 3: nothing runs (as the LSB has it for init scripts). */
export const status: Command = {
  name: 'status',
  usage: 'status',
  summary: 'each part: state, pid, restarts, how it ended last; exit code 0 when all run, 3 when nothing does',
  options: [],
  run: async ({ settings, arguments: given }) => {
    requireArguments(status, given, 0);
    if (findSupervisor(settings) === undefined) {
      const left = leftoversOf(settings).length;
      console.log(
        left === 0
          ? 'The cluster is not running.'
          : `The supervisor is gone, ${left} processes of the cluster still run: \`up\` starts it anew, \`down\` ends them.`,
      );
      return 3;
    }
    const { parts, choices } = await askStatus(settings);
    console.log(table(['PART', 'STATE', 'PID', 'SINCE', 'RESTARTS', 'LAST EXIT'], parts.map(row)));
    const facts = { KUBECONFIG: settings.paths.kubeconfig, ...choices };
    console.log(
      `\n${Object.entries(facts)
        .map((fact) => fact.join(': '))
        .join('\n')}`,
    );
    return parts.every((part) => part.state === 'running') ? 0 : 1;
  },
};

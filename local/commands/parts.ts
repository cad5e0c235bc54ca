import { actOnPart, findSupervisor, type PartAction } from '../processes/control.ts';
import { requireArguments, type Command } from './command.ts';

const DONE: Record<PartAction, string> = { start: 'started', stop: 'stopped', restart: 'restarted', kill: 'killed' };

const command = (name: PartAction, summary: string): Command => {
  const self: Command = {
    name,
    usage: `${name} PART`,
    summary,
    options: [],
    run: async ({ settings, arguments: given }) => {
      requireArguments(self, given, 1);
      const [part = ''] = given;
      if (findSupervisor(settings) === undefined) throw new Error('The cluster is not running: `up` starts it.');
      await actOnPart(settings, part, name);
      console.log(`${part} ${DONE[name]}.`);
      return 0;
    },
  };
  return self;
};

/** One part at a time, for development and for tests of failures. */
export const partCommands: Command[] = [
  command('restart', 'stop one part and start it again (after a change of its code)'),
  command('stop', 'stop one part until `start` or `up`'),
  command('start', 'start one part that was stopped'),
  command('kill', 'SIGKILL one part, as a crash would; the supervisor starts it again'),
];

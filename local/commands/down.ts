import { stopCluster } from '../processes/cluster.ts';
import { requireArguments, type Command } from './command.ts';

export const down: Command = {
  name: 'down',
  usage: 'down [--delete]',
  summary: 'stop all of it and only it; the data stays for the next `up` unless --delete',
  options: ['delete'],
  run: async ({ settings, arguments: given, flags }) => {
    requireArguments(down, given, 0);
    const ended = await stopCluster({ stateDir: settings.stateDir, remove: flags.delete });
    console.log(ended === 0 ? 'Nothing was running.' : `Stopped: ${ended} processes, none left.`);
    if (flags.delete) console.log(`Deleted ${settings.stateDir}.`);
    return 0;
  },
};

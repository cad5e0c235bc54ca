import { type Command, type CommandBody, CommandError } from './command.ts';
import type { Effect } from '../journal.ts';
import type { Simulation } from '../simulation.ts';
import { powerOff, startInstance, stopInstance, terminateInstance } from './machines.ts';
import { addresses, advance, capacity, fail, heal, reset, set } from './simulation.ts';
import { impair, isolate, stick } from './troubles.ts';
import { deleteVolume, failModification, stickVolume } from './volumes.ts';

const COMMANDS = new Map<string, Command>([
  ['terminate-instance', terminateInstance],
  ['stop-instance', stopInstance],
  ['start-instance', startInstance],
  ['power-off', powerOff],
  ['impair', impair],
  ['isolate', isolate],
  ['stick', stick],
  ['delete-volume', deleteVolume],
  ['fail-modification', failModification],
  ['stick-volume', stickVolume],
  ['fail', fail],
  ['heal', heal],
  ['capacity', capacity],
  ['addresses', addresses],
  ['set', set],
  ['advance', advance],
  ['reset', reset],
]);

/** What commands there are, with their bodies. */
export const commandUsages = (): Record<string, string> =>
  Object.fromEntries([...COMMANDS].map(([name, command]) => [name, command.usage]));

/** Acts as AWS itself, or changes the simulation; journaled when it changed something in the account. */
export const runCommand = (simulation: Simulation, name: string, body: CommandBody): unknown => {
  const command = COMMANDS.get(name);
  if (!command) throw new CommandError(`no command ${name}; there are ${[...COMMANDS.keys()].join(', ')}`);
  const effects: Effect[] = [];
  const context = simulation.present((effect) => effects.push(effect));
  const answer = command.run(simulation, context, body);
  simulation.changes += 1;
  if (effects.length > 0) {
    simulation.journal.append({
      time: new Date(context.now).toISOString(),
      action: name,
      caller: 'aws',
      ids: [...new Set(effects.map((effect) => effect.id))],
      parameters: body,
      outcome: 'ok',
      effects,
    });
  }
  return answer;
};

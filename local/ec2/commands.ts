import { beginStart } from './actions/change-instance-state.ts';
import { setCapacity } from './capacity.ts';
import { instanceTypeNamed, zoneNamed } from './catalog.ts';
import type { Context } from './context.ts';
import { CONNECTION_RESET, NO_ANSWER } from './faults.ts';
import { ACTIONS } from './actions/table.ts';
import type { Effect } from './journal.ts';
import type { Instance } from './model.ts';
import { parseSettings } from './settings.ts';
import type { Simulation } from './simulation.ts';
import { beginStop, beginTermination, deleteVolumeNow, detachNow } from './transitions.ts';

export type CommandBody = Record<string, unknown>;

/** A command that cannot be done; its message says what would be right. */
export class CommandError extends Error {}

type Command = { usage: string; run: (simulation: Simulation, context: Context, body: CommandBody) => unknown };

const textOf = (body: CommandBody, name: string): string => {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw new CommandError(`${name} is missing: a text`);
  return value;
};

const numberOf = (body: CommandBody, name: string, fallback?: number): number => {
  const value = body[name] ?? fallback;
  if (typeof value !== 'number' || !(value >= 0)) throw new CommandError(`${name} is missing: a number, not negative`);
  return value;
};

const instanceIn = (context: Context, body: CommandBody): Instance => {
  const id = textOf(body, 'id');
  const instance = context.account.instances[id];
  if (!instance || instance.state === 'terminated') throw new CommandError(`there is no instance ${id}`);
  if (instance.builtIn) throw new CommandError(`${id} is a machine of the local cluster itself`);
  return instance;
};

/** AWS ends an instance without asking: retirement of the host, a fault of the root volume. */
const terminateInstance: Command = {
  usage: '{id}: ends an instance whatever protects it',
  run: (_simulation, context, body) => {
    const instance = instanceIn(context, body);
    if (instance.state === 'shutting-down') return { id: instance.id, state: instance.state };
    beginTermination(context, instance);
    instance.stateReason = { code: 'Server.InternalError', message: 'Server.InternalError: Internal error on launch' };
    instance.transitionReason = 'Server.InternalError';
    return { id: instance.id, state: instance.state };
  },
};

const stopInstance: Command = {
  usage: '{id}: stops a running instance, as a scheduled retirement does',
  run: (_simulation, context, body) => {
    const instance = instanceIn(context, body);
    if (instance.state !== 'running') throw new CommandError(`${instance.id} is ${instance.state}, not running`);
    beginStop(context, instance);
    instance.stateReason = {
      code: 'Server.ScheduledStop',
      message: 'Server.ScheduledStop: Stopped due to a scheduled retirement',
    };
    instance.transitionReason = 'Server.ScheduledStop';
    return { id: instance.id, state: instance.state };
  },
};

const startInstance: Command = {
  usage: '{id}: starts a stopped instance',
  run: (_simulation, context, body) => {
    const instance = instanceIn(context, body);
    if (instance.state !== 'stopped') throw new CommandError(`${instance.id} is ${instance.state}, not stopped`);
    beginStart(context, instance);
    return { id: instance.id, state: instance.state };
  },
};

const impair: Command = {
  usage: '{id, impaired?}: fails the status checks of an instance, or with impaired: false passes them again',
  run: (_simulation, context, body) => {
    const instance = instanceIn(context, body);
    const impaired = body.impaired !== false;
    instance.impairedSince = impaired ? context.now : undefined;
    return { id: instance.id, impaired };
  },
};

const deleteVolume: Command = {
  usage: '{id}: loses a volume, attached or not',
  run: (_simulation, context, body) => {
    const id = textOf(body, 'id');
    const volume = context.account.volumes[id];
    if (!volume) throw new CommandError(`there is no volume ${id}`);
    detachNow(context, volume);
    deleteVolumeNow(context, volume);
    return { id };
  },
};

const fail: Command = {
  usage: `{action, code?, message?, times?, when?}: makes the next calls of an action ("*" for any) fail with an error code of EC2, ${CONNECTION_RESET} or ${NO_ANSWER}; when "after", the effect happens first`,
  run: (_simulation, context, body) => {
    const action = textOf(body, 'action');
    if (action !== '*' && !ACTIONS.has(action)) {
      throw new CommandError(`no action ${action}; there are ${[...ACTIONS.keys()].join(', ')}`);
    }
    const when = body.when ?? 'before';
    if (when !== 'before' && when !== 'after') throw new CommandError('when is "before" or "after"');
    const code =
      body.code === undefined ? (when === 'after' ? CONNECTION_RESET : 'InternalError') : textOf(body, 'code');
    const message = body.message === undefined ? 'A fault that was asked for.' : textOf(body, 'message');
    const fault = { action, code, message, when, times: numberOf(body, 'times', 1) } as const;
    context.account.faults.push(fault);
    return fault;
  },
};

const heal: Command = {
  usage: '{}: takes back all faults, impairments and shortages of capacity',
  run: (_simulation, { account }) => {
    account.faults = [];
    account.capacity = {};
    for (const instance of Object.values(account.instances)) instance.impairedSince = undefined;
    return {};
  },
};

const capacity: Command = {
  usage: '{instanceType, zone, available}: how many more instances of a type can start in a zone',
  run: (_simulation, { account }, body) => {
    const type = textOf(body, 'instanceType');
    const zone = textOf(body, 'zone');
    if (!instanceTypeNamed(type)) throw new CommandError(`no instance type ${type}`);
    if (!zoneNamed(zone)) throw new CommandError(`no zone ${zone}`);
    const available = numberOf(body, 'available');
    setCapacity(account, type, zone, available);
    return { instanceType: type, zone, available };
  },
};

const set: Command = {
  usage: '{<setting>: <value>, ...}: changes settings and answers all of them',
  run: (simulation, _context, body) => {
    const changes = parsed(() => parseSettings(body));
    simulation.settings = { ...simulation.settings, ...changes };
    if (changes.speed !== undefined) simulation.clock.setSpeed(changes.speed);
    return simulation.settings;
  },
};

const advance: Command = {
  usage: '{seconds}: moves the virtual clock forward',
  run: (simulation, _context, body) => {
    simulation.clock.advance(numberOf(body, 'seconds'));
    const { now } = simulation.present(() => undefined);
    return { now: new Date(now).toISOString() };
  },
};

const reset: Command = {
  usage: '{}: an empty account, an empty journal, the settings of the start',
  run: (simulation) => {
    simulation.reset();
    return {};
  },
};

const COMMANDS = new Map<string, Command>([
  ['terminate-instance', terminateInstance],
  ['stop-instance', stopInstance],
  ['start-instance', startInstance],
  ['impair', impair],
  ['delete-volume', deleteVolume],
  ['fail', fail],
  ['heal', heal],
  ['capacity', capacity],
  ['set', set],
  ['advance', advance],
  ['reset', reset],
]);

const parsed = <Value>(parse: () => Value): Value => {
  try {
    return parse();
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
};

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

import { ACTIONS } from '../actions/table.ts';
import { freeAddresses, limitAddresses } from '../addresses.ts';
import { setCapacity } from '../capacity.ts';
import { instanceTypeNamed, SUBNETS, zoneNamed } from '../catalog.ts';
import { CONNECTION_RESET, NO_ANSWER } from '../faults.ts';
import { parseSettings } from '../settings.ts';
import { type Command, CommandError, numberOf, textOf } from './command.ts';
import { healInstance } from './troubles.ts';
import { healVolume } from './volumes.ts';

export const fail: Command = {
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

export const heal: Command = {
  usage: '{}: takes back all faults, troubles of instances and volumes, and shortages of capacity and addresses',
  run: (_simulation, context) => {
    const { account } = context;
    account.faults = [];
    account.capacity = {};
    account.addressLimits = {};
    for (const instance of Object.values(account.instances)) healInstance(context, instance);
    for (const volume of Object.values(account.volumes)) healVolume(volume);
    return {};
  },
};

export const capacity: Command = {
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

export const addresses: Command = {
  usage: '{subnetId, free}: how many more addresses a subnet has',
  run: (_simulation, context, body) => {
    const subnetId = textOf(body, 'subnetId');
    const subnet = SUBNETS.find(({ id }) => id === subnetId);
    if (!subnet) throw new CommandError(`no subnet ${subnetId}; there are ${SUBNETS.map(({ id }) => id).join(', ')}`);
    limitAddresses(context, subnet, numberOf(body, 'free'));
    return { subnetId, free: freeAddresses(context, subnet) };
  },
};

const parsed = <Value>(parse: () => Value): Value => {
  try {
    return parse();
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
};

export const set: Command = {
  usage: '{<setting>: <value>, ...}: changes settings and answers all of them',
  run: (simulation, _context, body) => {
    const changes = parsed(() => parseSettings(body));
    simulation.settings = { ...simulation.settings, ...changes };
    if (changes.speed !== undefined) simulation.clock.setSpeed(changes.speed);
    return simulation.settings;
  },
};

export const advance: Command = {
  usage: '{seconds}: moves the virtual clock forward',
  run: (simulation, _context, body) => {
    simulation.clock.advance(numberOf(body, 'seconds'));
    const { now } = simulation.present(() => undefined);
    return { now: new Date(now).toISOString() };
  },
};

export const reset: Command = {
  usage: '{}: an empty account, an empty journal, the settings of the start',
  run: (simulation) => {
    simulation.reset();
    return {};
  },
};

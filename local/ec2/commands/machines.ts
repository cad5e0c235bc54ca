import { beginStart } from '../actions/change-instance-state.ts';
import type { Context } from '../context.ts';
import type { Instance } from '../model.ts';
import { beginStop, beginTermination } from '../transitions.ts';
import { type Command, type CommandBody, CommandError, textOf } from './command.ts';

/** The instance a command is about. */
export const instanceIn = (context: Context, body: CommandBody): Instance => {
  const id = textOf(body, 'id');
  const instance = context.account.instances[id];
  if (!instance || instance.state === 'terminated') throw new CommandError(`there is no instance ${id}`);
  if (instance.builtIn) throw new CommandError(`${id} is a machine of the local cluster itself`);
  return instance;
};

/** AWS ends an instance without asking: retirement of the host, a fault of the root volume. */
export const terminateInstance: Command = {
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

export const stopInstance: Command = {
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

export const startInstance: Command = {
  usage: '{id}: starts a stopped instance',
  run: (_simulation, context, body) => {
    const instance = instanceIn(context, body);
    if (instance.state !== 'stopped') throw new CommandError(`${instance.id} is ${instance.state}, not stopped`);
    beginStart(context, instance);
    return { id: instance.id, state: instance.state };
  },
};

/** Not AWS but the machine: its operating system shuts down, and what that means was said at the launch. */
export const powerOff: Command = {
  usage: '{id}: shuts the operating system down, which stops or terminates the instance as it was launched to',
  run: (_simulation, context, body) => {
    const instance = instanceIn(context, body);
    if (instance.state !== 'running') throw new CommandError(`${instance.id} is ${instance.state}, not running`);
    if (instance.shutdownBehavior === 'stop') beginStop(context, instance);
    else beginTermination(context, instance);
    instance.stateReason = {
      code: 'Client.InstanceInitiatedShutdown',
      message: 'Client.InstanceInitiatedShutdown: Instance initiated shutdown',
    };
    instance.transitionReason = '';
    return { id: instance.id, state: instance.state };
  },
};

import type { Context } from '../context.ts';
import type { Impairment, Instance } from '../model.ts';
import { unstick } from '../transitions.ts';
import { type Command, type CommandBody, CommandError, flagOf } from './command.ts';
import { instanceIn } from './machines.ts';

/** For the journal, which tells when a trouble began and ended. */
const note = (context: Context, instance: Instance, change: Record<string, string | boolean>): void =>
  context.record({ effect: 'instance-changed', id: instance.id, change });

export const stick: Command = {
  usage:
    '{id, stuck?}: keeps an instance from its next state (pending, stopping, shutting-down last) until stuck: false, or from stopping until it is stopped by force',
  run: (_simulation, context, body) => {
    const instance = instanceIn(context, body);
    const stuck = flagOf(body, 'stuck', true);
    if (stuck) instance.stuck = true;
    else unstick(context, instance);
    note(context, instance, { stuck });
    return { id: instance.id, state: instance.state, stuck };
  },
};

const CHECKS = ['instance', 'system', 'both'] as const;

const checkIn = (body: CommandBody): Impairment['check'] => {
  const check = CHECKS.find((one) => one === (body.check ?? 'both'));
  if (check === undefined) throw new CommandError(`check is one of ${CHECKS.join(', ')}`);
  return check;
};

export const impair: Command = {
  usage:
    '{id, check?, impaired?}: fails the status checks of an instance (check: instance, system or both) and cuts its network while its processes go on, until impaired: false or a stop',
  run: (_simulation, context, body) => {
    const instance = instanceIn(context, body);
    const check = checkIn(body);
    const impaired = flagOf(body, 'impaired', true);
    instance.impairment = impaired ? { since: instance.impairment?.since ?? context.now, check } : undefined;
    note(context, instance, impaired ? { impaired, check } : { impaired });
    return { id: instance.id, impaired };
  },
};

export const isolate: Command = {
  usage:
    '{id, isolated?}: cuts the network of an instance while its processes and its status checks go on, until isolated: false or a stop',
  run: (_simulation, context, body) => {
    const instance = instanceIn(context, body);
    const isolated = flagOf(body, 'isolated', true);
    instance.isolated = isolated || undefined;
    note(context, instance, { isolated });
    return { id: instance.id, isolated };
  },
};

/** Ends every trouble of an instance. */
export const healInstance = (context: Context, instance: Instance): void => {
  if (!instance.stuck && !instance.impairment && !instance.isolated) return;
  if (instance.stuck) unstick(context, instance);
  instance.impairment = undefined;
  instance.isolated = undefined;
  note(context, instance, { healed: true });
};

import type { Context } from '../context.ts';
import type { Instance } from '../model.ts';
import { unstick } from '../transitions.ts';
import { type Command, flagOf } from './command.ts';
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

export const impair: Command = {
  usage: '{id, impaired?}: fails the status checks of an instance, or with impaired: false passes them again',
  run: (_simulation, context, body) => {
    const instance = instanceIn(context, body);
    const impaired = flagOf(body, 'impaired', true);
    instance.impairedSince = impaired ? context.now : undefined;
    note(context, instance, { impaired });
    return { id: instance.id, impaired };
  },
};

const isTroubled = (instance: Instance): boolean =>
  instance.stuck !== undefined || instance.impairedSince !== undefined;

/** Ends every trouble of an instance. */
export const healInstance = (context: Context, instance: Instance): void => {
  if (!isTroubled(instance)) return;
  if (instance.stuck) unstick(context, instance);
  instance.impairedSince = undefined;
  note(context, instance, { healed: true });
};

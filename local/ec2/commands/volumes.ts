import type { Context } from '../context.ts';
import type { Volume } from '../model.ts';
import { deleteVolumeNow, detachNow } from '../transitions.ts';
import { type Command, type CommandBody, CommandError, flagOf, textOf } from './command.ts';

const volumeIn = (context: Context, body: CommandBody): Volume => {
  const id = textOf(body, 'id');
  const volume = context.account.volumes[id];
  if (!volume) throw new CommandError(`there is no volume ${id}`);
  return volume;
};

export const deleteVolume: Command = {
  usage: '{id}: loses a volume, attached or not',
  run: (_simulation, context, body) => {
    const volume = volumeIn(context, body);
    detachNow(context, volume);
    deleteVolumeNow(context, volume);
    return { id: volume.id };
  },
};

/** "The modification failed" is all that EBS promises to say: docs.aws.amazon.com/ebs/latest/userguide/monitoring-volume-modifications.html */
export const failModification: Command = {
  usage: '{id, message?}: the next modification of a volume is taken, and fails; the volume stays as it was',
  run: (_simulation, context, body) => {
    const volume = volumeIn(context, body);
    volume.nextFailure = body.message === undefined ? 'An internal error occurred.' : textOf(body, 'message');
    return { id: volume.id };
  },
};

/** docs.aws.amazon.com/ebs/latest/userguide/ebs-detaching-volume.html: "stuck in the detaching state". */
export const stickVolume: Command = {
  usage:
    '{id, stuck?}: keeps a volume from being detached, until stuck: false, a detachment by force, or the end of its instance',
  run: (_simulation, context, body) => {
    const volume = volumeIn(context, body);
    volume.stuck = flagOf(body, 'stuck', true) || undefined;
    return { id: volume.id, stuck: volume.stuck === true };
  },
};

/** Ends every trouble of a volume. */
export const healVolume = (volume: Volume): void => {
  volume.stuck = undefined;
  volume.nextFailure = undefined;
};

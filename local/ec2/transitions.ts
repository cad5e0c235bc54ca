import { returnCapacity } from './capacity.ts';
import { after, type Context } from './context.ts';
import { dataVolumesOf, volumesOf } from './lookup.ts';
import type { Instance, InstanceState, Volume } from './model.ts';
import { expireTokensOf } from './tokens.ts';

/** Puts an instance into a state now, and says which follows by itself. */
export const enterState = (
  context: Context,
  instance: Instance,
  to: InstanceState,
  next?: { to: InstanceState; seconds: number },
): void => {
  context.record({
    effect: 'instance-state',
    id: instance.id,
    from: instance.state,
    to,
    dataVolumes: dataVolumesOf(context, instance),
  });
  instance.state = to;
  instance.since = context.now;
  instance.next = next && { to: next.to, at: after(context, next.seconds) };
};

export const detachNow = (context: Context, volume: Volume): void => {
  const { attachment } = volume;
  if (!attachment) return;
  context.record({ effect: 'volume-detached', id: volume.id, instanceId: attachment.instanceId });
  volume.attachment = undefined;
  volume.stuck = undefined;
  volume.state = 'available';
};

export const deleteVolumeNow = (context: Context, volume: Volume): void => {
  context.record({ effect: 'volume-deleted', id: volume.id, tags: volume.tags });
  Reflect.deleteProperty(context.account.volumes, volume.id);
};

const enterRunning = (context: Context, instance: Instance): void => {
  for (const volume of volumesOf(context, instance.id)) {
    if (volume.attachment?.state === 'attaching' && volume.attachment.next === undefined) {
      volume.attachment.state = 'attached';
    }
  }
  enterState(context, instance, 'running');
};

const enterTerminated = (context: Context, instance: Instance): void => {
  enterState(context, instance, 'terminated');
  for (const volume of volumesOf(context, instance.id)) {
    const goesAlong = volume.attachment?.deleteOnTermination;
    detachNow(context, volume);
    if (goesAlong) deleteVolumeNow(context, volume);
  }
  expireTokensOf(context.account, instance.id, after(context, context.settings.tokenSeconds));
};

/** It starts on another host: what ailed it stays behind. */
const enterStopped = (context: Context, instance: Instance): void => {
  instance.impairment = undefined;
  instance.isolated = undefined;
  enterState(context, instance, 'stopped');
};

const takeNextState = (context: Context, instance: Instance): void => {
  const to = instance.next?.to;
  if (to === 'running') enterRunning(context, instance);
  if (to === 'stopped') enterStopped(context, instance);
  if (to === 'terminated') enterTerminated(context, instance);
};

type Due = { at: number; apply: (context: Context) => void };

const dueOfInstance = (context: Context, instance: Instance): Due[] => {
  const due: Due[] = [];
  if (instance.next && !instance.stuck) {
    due.push({ at: instance.next.at, apply: (then) => takeNextState(then, instance) });
  }
  if (instance.state === 'terminated') {
    due.push({
      at: instance.since + context.settings.terminatedSeconds * 1000,
      apply: ({ account }) => Reflect.deleteProperty(account.instances, instance.id),
    });
  }
  return due;
};

const advanceAttachment = (context: Context, volume: Volume): void => {
  const { attachment } = volume;
  if (attachment?.next?.to === 'detached') {
    detachNow(context, volume);
  } else if (attachment) {
    attachment.state = 'attached';
    attachment.next = undefined;
  }
};

const advanceModification = (context: Context, volume: Volume): void => {
  const modification = volume.modifications.at(-1);
  if (modification?.state === 'modifying' && modification.failure !== undefined) {
    modification.state = 'failed';
    context.record({ effect: 'modification-failed', id: volume.id });
  } else if (modification?.state === 'modifying') {
    modification.state = 'optimizing';
    const { type, size, iops, throughput } = modification.to;
    Object.assign(volume, { type, size, iops, throughput });
  } else if (modification?.state === 'optimizing') {
    modification.state = 'completed';
  }
};

const dueOfVolume = (volume: Volume): Due[] => {
  const due: Due[] = [];
  if (volume.next) {
    due.push({
      at: volume.next.at,
      apply: () => {
        volume.state = 'available';
        volume.next = undefined;
      },
    });
  }
  const isHeld = volume.stuck === true && volume.attachment?.next?.to === 'detached';
  const attachmentAt = isHeld ? undefined : volume.attachment?.next?.at;
  if (attachmentAt !== undefined) due.push({ at: attachmentAt, apply: (then) => advanceAttachment(then, volume) });
  const modification = volume.modifications.at(-1);
  if (modification?.state === 'modifying' || modification?.state === 'optimizing') {
    const at = modification.state === 'modifying' ? modification.optimizingAt : modification.completedAt;
    due.push({ at, apply: (then) => advanceModification(then, volume) });
  }
  return due;
};

const allDue = (context: Context): Due[] => {
  const { instances, volumes, snapshots } = context.account;
  return [
    ...Object.values(instances).flatMap((instance) => dueOfInstance(context, instance)),
    ...Object.values(volumes).flatMap(dueOfVolume),
    ...Object.values(snapshots)
      .filter((snapshot) => snapshot.state === 'pending')
      .map((snapshot) => ({ at: snapshot.completedAt, apply: () => void (snapshot.state = 'completed') })),
  ].filter((due) => due.at <= context.now);
};

/** Lets everything happen that was due until now, in order, and tells `happen` of each effect with its own time. */
export const settle = (
  at: Pick<Context, 'account' | 'settings' | 'now'>,
  happen: (moment: number) => Context['record'],
): void => {
  const context: Context = { ...at, record: happen(at.now) };
  for (;;) {
    const [first] = allDue(context).sort((a, b) => a.at - b.at);
    if (!first) return;
    first.apply({ ...context, now: first.at, record: happen(first.at) });
  }
};

/** What ends the life of a machine, whoever asked: it leaves the pool at once and is terminated a little later. */
export const beginTermination = (context: Context, instance: Instance): void => {
  if (instance.state !== 'stopped' && instance.state !== 'stopping') returnCapacity(context.account, instance);
  enterState(context, instance, 'shutting-down', { to: 'terminated', seconds: context.settings.shuttingDownSeconds });
};

export const beginStop = (context: Context, instance: Instance): void => {
  returnCapacity(context.account, instance);
  enterState(context, instance, 'stopping', { to: 'stopped', seconds: context.settings.stoppingSeconds });
};

/** Frees an instance that is stuck; what was due long ago is due now. */
export const unstick = (context: Context, instance: Instance): void => {
  instance.stuck = undefined;
  if (instance.next) instance.next.at = Math.max(instance.next.at, context.now);
};

/** A forced stop ends what keeps the stop from ending, and takes the time of a stop. */
export const forceStop = (context: Context, instance: Instance): void => {
  if (!instance.stuck || !instance.next) return;
  instance.stuck = undefined;
  instance.next.at = after(context, context.settings.stoppingSeconds);
};

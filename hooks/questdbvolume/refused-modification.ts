import { rfc3339 } from '../api/conditions.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { inWords } from './growth.ts';
import type { VolumeWish } from './ports.ts';

/** What status remembers of a change that EC2 refused. */
export type RefusedModification = NonNullable<NonNullable<QuestDBVolume['status']>['refusedModification']>;

const MESSAGE_LIMIT = 1024;

export type RefusalInput = { code: string; message: string; wish: VolumeWish; retrySeconds: number; now: Date };

/** EC2 refused now. It is asked for the same again after `retrySeconds`, and for anything else at once. */
export const refusedNow = (previous: RefusedModification | undefined, input: RefusalInput): RefusedModification => {
  const { code, message, wish, retrySeconds, now } = input;
  const isSame = previous?.wish === inWords(wish);
  return {
    reason: code,
    message: message.slice(0, MESSAGE_LIMIT),
    since: isSame ? previous.since : rfc3339(now),
    nextTry: laterThan(now, retrySeconds),
    wish: inWords(wish),
  };
};

/** Rounded up: never earlier than it was said. */
export const laterThan = (time: Date, seconds: number): string =>
  rfc3339(new Date((Math.ceil(time.getTime() / 1000) + seconds) * 1000));

/** Whether EC2 is to be left alone with this wish still. */
export const isHeldBack = (
  refused: RefusedModification | undefined,
  wish: VolumeWish,
  now: Date,
): refused is RefusedModification => refused?.wish === inWords(wish) && new Date(refused.nextTry) > now;

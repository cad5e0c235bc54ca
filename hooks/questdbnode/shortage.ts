import { rfc3339 } from '../api/conditions.ts';
import type { Shortage } from './memory.ts';

/** A shortage that lasts is asked about less often, up to this many times the first wait. */
const LONGEST_WAIT_IN_RETRIES = 4;

const MESSAGE_LIMIT = 1024;

export type ShortageInput = { code: string; message: string; retrySeconds: number; now: Date };

/** EC2 refused now. The wait is as long as the shortage has lasted, so that it doubles, within bounds; no counter is kept. */
export const shortageAfter = (previous: Shortage | undefined, input: ShortageInput): Shortage => {
  const { code, message, retrySeconds, now } = input;
  const since = previous?.since ?? rfc3339(now);
  const lasted = (now.getTime() - Date.parse(since)) / 1000;
  const wait = Math.min(Math.max(lasted, retrySeconds), retrySeconds * LONGEST_WAIT_IN_RETRIES);
  // Rounded up: never earlier than it was said.
  const nextTry = rfc3339(new Date(Math.ceil(now.getTime() / 1000 + wait) * 1000));
  return { reason: code, message: message.slice(0, MESSAGE_LIMIT), since, nextTry };
};

/** Whether EC2 is to be left alone still. */
export const isShort = (shortage: Shortage | undefined, now: Date): shortage is Shortage =>
  shortage !== undefined && new Date(shortage.nextTry) > now;

import { fails, holds, rfc3339, type Finding } from '../api/conditions.ts';
import { parseDuration } from '../api/duration.ts';
import type { QuestDB } from '../api/generated/questdb.ts';
import type { Observed } from './observe.ts';

/** A trial that ends: when, and from when on that is told. */
export type Expiry = { at: Date; warnedAt: Date };

/** The last day is told of; of a shorter life its last half. */
const WARNING_SECONDS = 24 * 3600;

/** When the database is suspended for its time is over; undefined when it has no end. */
export const expiryOf = ({ spec, metadata }: QuestDB): Expiry | undefined => {
  const seconds = parseDuration(spec.expireAfter ?? '');
  const created = Date.parse(metadata.creationTimestamp ?? '');
  if (seconds === undefined || Number.isNaN(created)) return undefined;
  const at = created + seconds * 1000;
  return { at: new Date(at), warnedAt: new Date(at - Math.min(WARNING_SECONDS, seconds / 2) * 1000) };
};

export const isExpired = ({ database, now }: Observed): boolean => {
  const expiry = expiryOf(database);
  return expiry !== undefined && now >= expiry.at;
};

/** Whether the end is near: time to extend it. */
export const expiringFinding = (observed: Observed): Finding => {
  const { database, now } = observed;
  const expiry = expiryOf(database);
  if (expiry === undefined) return fails('NotExpiring', 'The database has no end.');
  const at = rfc3339(expiry.at);
  if (isExpired(observed)) return fails('Expired', `The time of the database was over at ${at}.`);
  return now >= expiry.warnedAt
    ? holds(
        'ExpiresSoon',
        `The database is suspended at ${at}, with its data kept. To go on, set a longer spec.expireAfter or remove it.`,
      )
    : fails('NotExpiring', `The database runs until ${at}.`);
};

/** Seconds until time alone changes something; undefined when it never does. */
export const secondsToNextTurn = ({ database, now }: Observed): number | undefined => {
  const expiry = expiryOf(database);
  const next = expiry === undefined ? undefined : [expiry.warnedAt, expiry.at].find((time) => time > now);
  return next === undefined ? undefined : Math.max(1, Math.ceil((next.getTime() - now.getTime()) / 1000));
};

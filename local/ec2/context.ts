import type { Effect } from './journal.ts';
import type { Account } from './model.ts';
import { resourceId } from './random.ts';
import type { Ec2Settings } from './settings.ts';

/** What an action works on: the account at one moment. Actions check first and change then, so an error changes nothing. */
export type Context = {
  account: Account;
  settings: Ec2Settings;
  /** Virtual milliseconds since the epoch. */
  now: number;
  record(effect: Effect): void;
};

export const newId = (context: Context, prefix: string): string => resourceId(context.account.random.ids, prefix);

/** The moment so many virtual seconds from now. */
export const after = (context: Context, seconds: number): number => context.now + Math.round(seconds * 1000);

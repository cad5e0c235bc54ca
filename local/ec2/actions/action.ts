import type { BucketClass } from '../buckets.ts';
import type { Context } from '../context.ts';
import type { Fields } from '../request.ts';
import type { Xml } from '../xml.ts';

export type Answer = Record<string, Xml>;

/** One action of the API. */
export type Action = {
  bucket: BucketClass;
  /** Whether it changes the account, and so is journaled. */
  mutates: boolean;
  /** The parameters it takes; any other is refused rather than ignored. */
  parameters: readonly string[];
  run: (context: Context, fields: Fields) => Answer;
};

export const SUCCESS: Answer = { return: true };

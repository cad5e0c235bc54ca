import { createHash } from 'node:crypto';
import type { Context } from './context.ts';
import { Ec2Error, invalidCombination, invalidValue } from './errors.ts';
import { between } from './random.ts';
import type { Fields } from './request.ts';
import { integer, text, texts } from './request.ts';

/** One page of a list, and how to ask for the next. */
export type Page<Item> = { items: Item[]; nextToken: string | undefined };

/** `turn` only makes each token another one: an empty page must not answer the token it was asked with. */
type Cursor = { seed: number; request: string; after: string; turn: number };

const digest = (value: string): string => createHash('sha256').update(value).digest('hex').slice(0, 16);

const requestDigest = (fields: Fields): string => {
  const { NextToken: _token, MaxResults: _max, ...rest } = fields;
  return digest(JSON.stringify(rest));
};

const encode = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

const decode = (token: string, request: string): Cursor => {
  const invalid = new Ec2Error('InvalidPaginationToken', 'The specified pagination token is not valid or has expired.');
  let cursor: Partial<Cursor>;
  try {
    cursor = JSON.parse(Buffer.from(token, 'base64url').toString()) as Partial<Cursor>;
  } catch {
    throw invalid;
  }
  const { seed, after, turn } = cursor;
  if (seed === undefined || after === undefined || turn === undefined || cursor.request !== request) throw invalid;
  return { seed, request, after, turn };
};

const pageSize = (context: Context, maximum: number | undefined): number => {
  const { shuffle, maxPageSize } = context.settings;
  const limit = Math.max(1, Math.min(maximum ?? maxPageSize, maxPageSize));
  return shuffle ? between(context.account.random.pages, 0, limit) : limit;
};

const checkMaximum = (maximum: number | undefined, lowest: number): void => {
  if (maximum !== undefined && (maximum < lowest || maximum > 1000)) {
    throw invalidValue(String(maximum), 'MaxResults', `Expecting a value between ${lowest} and 1000.`);
  }
};

const cut = <Item>(
  context: Context,
  fields: Fields,
  items: Item[],
  keyOf: (item: Item) => string,
  size: number,
): Page<Item> => {
  const request = requestDigest(fields);
  const token = text(fields, 'NextToken');
  const cursor = token === undefined ? undefined : decode(token, request);
  const seed = cursor?.seed ?? between(context.account.random.pages, 1, 1_000_000_000);
  const rank = (item: Item): string => (context.settings.shuffle ? digest(`${seed}/${keyOf(item)}`) : keyOf(item));
  const rest = items
    .map((item) => ({ item, rank: rank(item) }))
    .filter((entry) => cursor === undefined || entry.rank > cursor.after)
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const page = rest.slice(0, size);
  const after = page.at(-1)?.rank ?? cursor?.after ?? '';
  const nextToken =
    page.length < rest.length ? encode({ seed, request, after, turn: (cursor?.turn ?? 0) + 1 }) : undefined;
  return { items: page.map((entry) => entry.item), nextToken };
};

/**
 * Cuts a list the way EC2 may: in no order, into pages of any size up to MaxResults, empty ones among them, always
 * with a NextToken while there is more. What appears or goes between two pages disturbs nothing else. A list asked for
 * by ids comes whole.
 */
export const paginate = <Item>(
  context: Context,
  fields: Fields,
  items: Item[],
  options: { keyOf: (item: Item) => string; idParameter?: string; lowestMaximum?: number },
): Page<Item> => {
  const maximum = integer(fields, 'MaxResults');
  checkMaximum(maximum, options.lowestMaximum ?? 5);
  if (options.idParameter && texts(fields, options.idParameter).length > 0) {
    if (maximum !== undefined) {
      throw invalidCombination(`The parameter ${options.idParameter} cannot be used with the parameter maxResults`);
    }
    return { items, nextToken: undefined };
  }
  return cut(context, fields, items, options.keyOf, pageSize(context, maximum));
};

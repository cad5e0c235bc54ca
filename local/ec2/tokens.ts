import { createHash } from 'node:crypto';
import type { Context } from './context.ts';
import { Ec2Error, invalidValue } from './errors.ts';
import type { Account, Token } from './model.ts';
import type { Fields } from './request.ts';
import { text } from './request.ts';

/** Where a client token counts: one action, and one zone where the request names one. */
export type TokenScope = { action: string; zone: string | undefined };

const keyOf = (scope: TokenScope, token: string): string => `${scope.action}/${scope.zone ?? 'region'}/${token}`;

const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, canonical(child)]),
  );
};

const fingerprintOf = (fields: Fields): string => {
  const { ClientToken: _token, ...parameters } = fields;
  return createHash('sha256')
    .update(JSON.stringify(canonical(parameters)))
    .digest('hex');
};

const parseToken = (fields: Fields): string | undefined => {
  const token = text(fields, 'ClientToken');
  if (token !== undefined && token.length > 64) {
    throw invalidValue(token, 'clientToken', 'The client token must be at most 64 ASCII characters.');
  }
  return token;
};

/** What an earlier request with the same token made; undefined when there was none. Other parameters are an error. */
export const replayOf = (context: Context, fields: Fields, scope: TokenScope): Token | undefined => {
  const token = parseToken(fields);
  if (token === undefined) return undefined;
  const known = context.account.tokens[keyOf(scope, token)];
  if (known && known.fingerprint !== fingerprintOf(fields)) {
    throw new Ec2Error(
      'IdempotentParameterMismatch',
      `The client token '${token}' was used with other parameters in an earlier request.`,
    );
  }
  return known;
};

export const rememberToken = (
  context: Context,
  fields: Fields,
  scope: TokenScope,
  made: { ids: string[]; expiresAt?: number },
): void => {
  const token = parseToken(fields);
  if (token === undefined) return;
  context.account.tokens[keyOf(scope, token)] = { action: scope.action, fingerprint: fingerprintOf(fields), ...made };
};

/** The token of a terminated instance lives on for a day. */
export const expireTokensOf = (account: Account, instanceId: string, at: number): void => {
  for (const token of Object.values(account.tokens)) {
    if (token.action === 'RunInstances' && token.ids.includes(instanceId)) token.expiresAt = at;
  }
};

export const forgetTokens = (account: Account, now: number): void => {
  for (const [key, token] of Object.entries(account.tokens)) {
    if (token.expiresAt !== undefined && token.expiresAt <= now) Reflect.deleteProperty(account.tokens, key);
  }
};

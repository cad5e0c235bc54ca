import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Logger } from 'pino';

/** Says whether the value of an Authorization header is accepted. */
export type Authorize = (header: string | undefined) => boolean;

const RECHECK_MILLISECONDS = 1000;

/** The tokens in a file, one a line. Throws a sentence that starts after the file's name in "<setting> ...". */
export const readTokens = (path: string): string[] => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`names a file that cannot be read: ${reason(error)}`, { cause: error });
  }
  const tokens = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (tokens.length === 0) throw new Error('names a file without a token; it must have one token a line');
  if (tokens.some((token) => !/^[\x21-\x7e]+$/.test(token)))
    throw new Error('names a file with a line that is no token; a token is printable ASCII without spaces');
  return tokens;
};

const reason = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown reason';

/** Equal length for any token, as timingSafeEqual wants it. */
const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

/** What differs when a file was written or, as in a mounted Secret, the link to it was swapped. */
const versionOf = (path: string): string => {
  const { ino, mtimeMs, ctimeMs, size } = statSync(path);
  return [ino, mtimeMs, ctimeMs, size].join(' ');
};

const bearerOf = (header: string | undefined): string | undefined => /^bearer +(\S+)$/i.exec(header ?? '')?.[1];

/**
 * Accepts the bearer tokens in a file, looked at again at most once a second, so that a rotated Secret needs no restart. A file that
 * became unreadable or empty is logged and changes nothing. `now` is in milliseconds.
 */
export const acceptTokensOf = (path: string, log: Logger, now: () => number = Date.now): Authorize => {
  let version = versionOf(path);
  let accepted = readTokens(path).map(digest);
  let checkedAt = now();

  const refresh = (): void => {
    if (now() - checkedAt < RECHECK_MILLISECONDS) return;
    checkedAt = now();
    try {
      const current = versionOf(path);
      if (current === version) return;
      accepted = readTokens(path).map(digest);
      version = current;
      log.info({ tokens: accepted.length }, 'read the hook tokens again');
    } catch (error) {
      log.error({ err: error }, 'the hook tokens cannot be read again; those read before stay accepted');
    }
  };

  return (header) => {
    refresh();
    const given = digest(bearerOf(header) ?? '');
    // No early end: the time taken tells nothing about which token was near.
    return accepted.filter((token) => timingSafeEqual(token, given)).length > 0;
  };
};

/** What the hook routes do when no token is configured: a NetworkPolicy is then all that guards them. */
export const acceptAnyone: Authorize = () => true;

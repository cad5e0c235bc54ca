import type { Logger } from 'pino';
import type { ErrorAnswer } from './http-errors.ts';

/** What a line about a hook call says of its parent: names and numbers, never more of the body. */
export type ParentFields = { namespace?: string; name?: string; uid?: string; generation?: number };

const NAME_LENGTH = 253;

const field = (object: unknown, key: string): unknown =>
  typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[key] : undefined;

/** Reads them from a body that the guard may have refused. */
export const parentFieldsOf = (body: unknown): ParentFields => {
  const metadata = field(field(body, 'parent'), 'metadata');
  const texts = ['namespace', 'name', 'uid'].flatMap((key) => {
    const value = field(metadata, key);
    return typeof value === 'string' && value.length <= NAME_LENGTH ? [[key, value]] : [];
  });
  const generation = field(metadata, 'generation');
  return {
    ...(Object.fromEntries(texts) as ParentFields),
    ...(typeof generation === 'number' ? { generation } : {}),
  };
};

/** How loud an error is: what a wait is made of is no warning, and what nobody foresaw is an error with its stack. */
export const logErrorAnswer = (
  log: Logger,
  fields: ParentFields & { hook?: string },
  error: unknown,
  { status, body }: ErrorAnswer,
): void => {
  const { code, message } = body.error;
  if (code === 'INTERNAL') log.error({ ...fields, status, code, err: error }, message);
  else if (code === 'RETRY_LATER') log.info({ ...fields, status, code }, message);
  else if (status === 404 || fields.hook === undefined) log.debug({ ...fields, status, code }, message);
  else log.warn({ ...fields, status, code, ...causeOf(error) }, message);
};

const causeOf = (error: unknown): { err?: unknown } =>
  error instanceof Error && error.cause !== undefined ? { err: error.cause } : {};

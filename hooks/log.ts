import { pino, type DestinationStream, type Logger } from 'pino';

type DescribedError = { type: string; message: string; code?: string; stack?: string; cause?: DescribedError };

const CAUSES = 5;
const MESSAGE_LENGTH = 2000;

/**
 * The client library for Kubernetes writes whole bodies and headers into the message of its errors, from a line that starts so;
 * either may hold a secret.
 */
const BODY_LINES = /\n(Body|Headers):[\s\S]*$/;

const framesOf = (error: Error): string | undefined =>
  error.stack
    ?.split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n');

/** An error as it may be logged: its own fields are left out, for they can hold a request or an answer. */
export const describeError = (error: unknown, causes = CAUSES): DescribedError => {
  if (!(error instanceof Error)) return { type: typeof error, message: 'something that is no Error was thrown' };
  const stack = framesOf(error);
  return {
    type: error.name,
    message: error.message.replace(BODY_LINES, '').slice(0, MESSAGE_LENGTH),
    ...('code' in error ? { code: String(error.code) } : {}),
    ...(stack === undefined ? {} : { stack }),
    ...(error.cause === undefined || causes === 0 ? {} : { cause: describeError(error.cause, causes - 1) }),
  };
};

const describe = (error: unknown): DescribedError => describeError(error);

/** The log of the process: one JSON object a line, on standard output unless told otherwise. */
export const createLog = (level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Under either name: an Error that is written as it is would show its body.
      serializers: { err: describe, error: describe },
    },
    destination ?? pino.destination({ sync: true }),
  );

import { RetryLater, UnusableRequest, Unsure } from './metacontroller/errors.ts';

/** Every error the server answers with: its code is stable, and docs and alerts may name it. */
export const ERRORS = {
  BAD_REQUEST: { status: 400, sentence: 'The request cannot be read.' },
  INVALID_JSON: { status: 400, sentence: 'The body is not valid JSON.' },
  UNAUTHORIZED: {
    status: 401,
    sentence: 'A bearer token that is accepted is required: Authorization: Bearer <token>.',
  },
  NOT_FOUND: { status: 404, sentence: 'There is nothing at this path.' },
  METHOD_NOT_ALLOWED: { status: 405, sentence: 'This path does not take this method.' },
  BODY_TOO_LARGE: { status: 413, sentence: 'The body is larger than 32 MB.' },
  UNSUPPORTED_CONTENT_TYPE: {
    status: 415,
    sentence: 'The body must be UTF-8 JSON, with Content-Type: application/json.',
  },
  UNUSABLE_REQUEST: { status: 422, sentence: 'The request is not one that this hook can act on.' },
  RETRY_LATER: { status: 429, sentence: 'Not now; ask again later.' },
  INTERNAL: { status: 500, sentence: 'The hook failed; nothing was changed. The log of the hooks says why.' },
  UNSURE: { status: 503, sentence: 'The hook is unsure, so nothing was changed.' },
  /** No 503: where EC2 is slow for a minute, Metacontroller's growing back-off would leave a whole fleet alone for a quarter of an hour. */
  OUT_OF_TIME: { status: 429, sentence: 'The hook took longer than it may; nothing was changed by this answer.' },
  DRAINING: { status: 503, sentence: 'The process is shutting down.' },
  NOT_READY: { status: 503, sentence: 'The hooks are not ready yet.' },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** One of the catalogue, to be thrown; `headers` go with the answer. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: ErrorCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, details?: { message?: string; headers?: Record<string, string> }) {
    super(details?.message ?? ERRORS[code].sentence);
    this.code = code;
    this.headers = details?.headers ?? {};
  }
}

/** What goes to the wire for an error. */
export type ErrorAnswer = {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: { error: { code: ErrorCode; message: string } };
};

/** Metacontroller puts the whole body into an Event, whose message has at most 1024 characters. */
const MESSAGE_LENGTH = 900;

const answer = (code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}): ErrorAnswer => ({
  status: ERRORS[code].status,
  headers,
  body: {
    error: { code, message: message.length > MESSAGE_LENGTH ? `${message.slice(0, MESSAGE_LENGTH)}...` : message },
  },
});

/** `type` of the errors of express' body parser (https://github.com/expressjs/body-parser#errors). */
const BODY_ERRORS: Partial<Record<string, ErrorCode>> = {
  'entity.parse.failed': 'INVALID_JSON',
  'entity.too.large': 'BODY_TOO_LARGE',
  'encoding.unsupported': 'UNSUPPORTED_CONTENT_TYPE',
  'charset.unsupported': 'UNSUPPORTED_CONTENT_TYPE',
};

/** The code of an error that express or its body parser made because of the request; its own message can quote the body. */
const codeOfRequestError = (error: unknown): ErrorCode | undefined => {
  if (!(error instanceof Error)) return undefined;
  const { type, status } = error as { type?: unknown; status?: unknown };
  const known = typeof type === 'string' ? BODY_ERRORS[type] : undefined;
  if (known !== undefined) return known;
  return typeof type === 'string' && typeof status === 'number' && status < 500 ? 'BAD_REQUEST' : undefined;
};

/** The answer for whatever was thrown. Only errors that are made for the wire keep their message. */
export const answerOf = (error: unknown): ErrorAnswer => {
  if (error instanceof HttpError) return answer(error.code, error.message, error.headers);
  if (error instanceof RetryLater)
    return answer('RETRY_LATER', error.message, { 'Retry-After': String(error.afterSeconds) });
  if (error instanceof Unsure) return answer('UNSURE', error.message);
  if (error instanceof UnusableRequest) return answer('UNUSABLE_REQUEST', error.message);
  const code = codeOfRequestError(error) ?? 'INTERNAL';
  return answer(code, ERRORS[code].sentence);
};

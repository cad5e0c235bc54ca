/** The little of a logger that the stand-in uses; pino's, and easy to leave out in tests. */
export type Logger = {
  info: (fields: object, message: string) => void;
  warn: (fields: object, message: string) => void;
};

export const SILENT: Logger = { info: () => undefined, warn: () => undefined };

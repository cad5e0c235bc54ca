/** The sentence of an error, without its class. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The hook process dies here. */
export const crash = (): Promise<never> => Promise.reject(new Error('the hook process died'));

/**
 * Something that happens in the middle of a call. A call has an edge before and an edge after each use of a port, counted from 0:
 * `act` runs at one of them and may be a crash, or let other things happen while the call is held up.
 */
export type Interruption<Use extends string> = {
  at: number | `before ${Use}` | `after ${Use}`;
  act: () => Promise<void>;
};

/** What runs at each edge of one call. */
type Edge<Use extends string> = (side: 'before' | 'after', use: Use) => Promise<void>;

/** The edges of one call, at one of which it is interrupted, once. */
export const edgesOf = <Use extends string>(interruption: Interruption<Use> | undefined): Edge<Use> => {
  let edge = -1;
  let isDone = false;
  return async (side, use) => {
    edge += 1;
    if (isDone || interruption === undefined) return;
    if (interruption.at !== edge && interruption.at !== `${side} ${use}`) return;
    isDone = true;
    await interruption.act();
  };
};

/** The same port, with an edge before and after each of its functions, which are all asynchronous. */
export const withEdges = <Port extends object>(port: Port, edge: Edge<keyof Port & string>): Port =>
  Object.fromEntries(
    (Object.entries(port) as [keyof Port & string, (...args: unknown[]) => Promise<unknown>][]).map(([use, call]) => [
      use,
      async (...args: unknown[]) => {
        await edge('before', use);
        const result = await call(...args);
        await edge('after', use);
        return result;
      },
    ]),
  ) as Port;

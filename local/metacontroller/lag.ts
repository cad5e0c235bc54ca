/** How long after the API server an informer of this kind (`StatefulSet.apps/v1`) learns of a change, in milliseconds. */
export type Lag = (kindKey: string) => number;

export const NO_LAG: Lag = () => 0;

const UNITS: Record<string, number> = { ms: 1, s: 1000 };
const LONGEST_MS = 5000;

const parseDuration = (text: string): number => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (UNITS[unit ?? ''] ?? NaN);
  if (!(milliseconds <= LONGEST_MS)) throw new Error(`informer lag "${text}" is not a duration from 0s to 5s`);
  return milliseconds;
};

/** Reads `StatefulSet.apps/v1=2s,*=100ms`: one lag a kind, `*` for every kind that is not named. */
export const parseLag = (text: string): Lag => {
  const lags = new Map(
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
      .map((entry) => {
        const equals = entry.lastIndexOf('=');
        if (equals < 1) throw new Error(`informer lag "${entry}" is not <Kind>.<group>/<version>=<duration>`);
        return [entry.slice(0, equals), parseDuration(entry.slice(equals + 1))] as const;
      }),
  );
  return (kind) => lags.get(kind) ?? lags.get('*') ?? 0;
};

/** State of a seeded generator; plain data, so that an account that is loaded again goes on where it was. */
export type RandomState = { value: number };

/** The next number in [0, 1): mulberry32 by Tommy Ettinger, public domain. */
const next = (state: RandomState): number => {
  state.value = (state.value + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state.value ^ (state.value >>> 15), 1 | state.value);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
};

/** A whole number from `low` to `high`, both included. */
export const between = (state: RandomState, low: number, high: number): number =>
  low + Math.floor(next(state) * (high - low + 1));

const hex8 = (state: RandomState): string =>
  Math.floor(next(state) * 4294967296)
    .toString(16)
    .padStart(8, '0');

/** An id in the long format: `i-0` and sixteen hexadecimal digits. */
export const resourceId = (state: RandomState, prefix: string): string => `${prefix}-0${hex8(state)}${hex8(state)}`;

const MAXIMUM_FACTOR = 30;

/** The delay before the next try after that many failures in a row: `base`, doubling, at most thirty times as long. */
export const backOffDelay = (failures: number, base: number): number =>
  failures < 1 ? 0 : Math.min(base * 2 ** (failures - 1), base * MAXIMUM_FACTOR);

/** A container that ran that long has proved itself: its back-off starts anew. */
export const provenAfter = (base: number): number => base * 2 * MAXIMUM_FACTOR;

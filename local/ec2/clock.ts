/** Virtual time of the account: real time, faster or slower, and moved by hand. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  setSpeed(speed: number): void;
  /** Moves the time forward by so many virtual seconds at once. */
  advance(seconds: number): void;
};

/** A clock that shows `start` now. */
export const createClock = (start: number, speed: number): Clock => {
  let base = start;
  let since = performance.now();
  let rate = speed;
  const now = (): number => base + (performance.now() - since) * rate;
  const rebase = (to: number): void => {
    base = to;
    since = performance.now();
  };
  return {
    now: () => Math.floor(now()),
    setSpeed: (to) => {
      rebase(now());
      rate = to;
    },
    advance: (seconds) => rebase(now() + seconds * 1000),
  };
};

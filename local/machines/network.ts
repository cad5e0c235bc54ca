/** The network of one machine: packets get through, or they are lost on their way in and out. */
export type Network = {
  isUp: () => boolean;
  set: (isUp: boolean) => void;
  /** Calls `listener` after each change, until `signal` aborts. */
  onChange: (listener: () => void, signal: AbortSignal) => void;
};

export const createNetwork = (isUp: boolean): Network => {
  const listeners = new Set<() => void>();
  let isUpNow = isUp;
  return {
    isUp: () => isUpNow,
    set: (isUp) => {
      if (isUp === isUpNow) return;
      isUpNow = isUp;
      for (const listener of listeners) listener();
    },
    onChange: (listener, signal) => {
      if (signal.aborted) return;
      listeners.add(listener);
      signal.addEventListener('abort', () => listeners.delete(listener), { once: true });
    },
  };
};

import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { CsiError } from './errors.ts';

/** How long a method waits for EC2 to get there, and how often it looks. The sidecars call again after DEADLINE_EXCEEDED. */
export type Patience = { deadlineMs: number; pollMs: number };

export const PATIENCE: Patience = { deadlineMs: 10_000, pollMs: 200 };

/**
 * Looks until `look` answers something, at most for the deadline.
 *
 * @throws CsiError DEADLINE_EXCEEDED that names `what` was waited for
 */
export const waitFor = async <T>(
  what: string,
  look: () => Promise<T | undefined>,
  patience: Patience = PATIENCE,
): Promise<T> => {
  const deadline = Date.now() + patience.deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new CsiError(status.DEADLINE_EXCEEDED, `still waiting for ${what}`);
    await sleep(patience.pollMs);
  }
};

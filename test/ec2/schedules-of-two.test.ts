import { describe, it } from 'vitest';
import { expectSchedulesToHold, seeds } from './batches.ts';

describe('two QuestDBNodes that share an account, whatever happens', () => {
  it.each(seeds)('never have two instances each, and have one in the end (SEED=%d)', (seed) =>
    expectSchedulesToHold(['orders', 'trades'], seed),
  );
});

import { describe, it } from 'vitest';
import { expectSchedulesToHold, seeds } from './batches.ts';

describe('one QuestDBNode, whatever happens', () => {
  it.each(seeds)('never has two instances, and has one in the end (SEED=%d)', (seed) =>
    expectSchedulesToHold(['orders'], seed),
  );
});

import { builtInInstances } from './builtin.ts';
import type { Account } from './model.ts';

/** An account with nothing in it but the machines of the local cluster itself. */
export const emptyAccount = (seed: number, now: number): Account => ({
  instances: builtInInstances(now),
  volumes: {},
  snapshots: {},
  tokens: {},
  capacity: {},
  faults: [],
  addresses: {},
  addressLimits: {},
  random: { ids: { value: seed }, pages: { value: seed ^ 0x5bd1e995 } },
});

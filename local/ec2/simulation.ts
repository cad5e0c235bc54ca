import { emptyAccount } from './account.ts';
import { type Buckets, createBuckets } from './buckets.ts';
import { type Clock, createClock } from './clock.ts';
import type { Context } from './context.ts';
import { createJournal, type Effect, type Journal, type JournalEntry } from './journal.ts';
import type { Account } from './model.ts';
import type { Ec2Settings } from './settings.ts';
import { forgetTokens } from './tokens.ts';
import { settle } from './transitions.ts';

/** The simulated EC2 without its listener: the account, its time and what happened in it. */
export type Simulation = {
  account: Account;
  settings: Ec2Settings;
  clock: Clock;
  journal: Journal;
  buckets: Buckets;
  /** Counts what is worth saving. */
  changes: number;
  /** Calls by action since the start, reads included. */
  calls: Record<string, number>;
  /** The account as it is now, with everything done that was due. */
  present(record: (effect: Effect) => void): Context;
  /** Empties the account and the journal and takes back all settings and faults. */
  reset(): void;
};

export type SimulationStart = {
  seed: number;
  settings: Ec2Settings;
  /** Virtual time to begin with. */
  now: number;
  account: Account | undefined;
  journal: JournalEntry[];
  /** The settings that `reset` goes back to. */
  initialSettings: Ec2Settings;
  writeJournal: (entry: JournalEntry | undefined) => void;
};

/** Journals what AWS does by itself, each thing at its own time. */
const settleAndJournal = (simulation: Simulation, now: number): void => {
  const { account, settings, journal } = simulation;
  const happen = (moment: number) => (effect: Effect) =>
    journal.append({
      time: new Date(moment).toISOString(),
      action: 'Transition',
      caller: 'aws',
      ids: [effect.id],
      parameters: {},
      outcome: 'ok',
      effects: [effect],
    });
  settle({ account, settings, now }, happen);
  forgetTokens(account, now);
};

export const createSimulation = (start: SimulationStart): Simulation => {
  const clock = createClock(start.now, start.settings.speed);
  const simulation: Simulation = {
    // What an account that was saved long ago does not have is as in an empty one.
    account: { ...emptyAccount(start.seed, clock.now()), ...start.account },
    settings: start.settings,
    clock,
    journal: createJournal(start.journal, (entry) => {
      simulation.changes += 1;
      start.writeJournal(entry);
    }),
    buckets: createBuckets(),
    changes: 0,
    calls: {},
    present: (record) => {
      const now = clock.now();
      settleAndJournal(simulation, now);
      return { account: simulation.account, settings: simulation.settings, now, record };
    },
    reset: () => {
      simulation.settings = { ...start.initialSettings };
      clock.setSpeed(simulation.settings.speed);
      // No id is ever used again, as on AWS.
      simulation.account = { ...emptyAccount(start.seed, clock.now()), random: simulation.account.random };
      simulation.journal.clear();
      simulation.buckets.refill();
      simulation.calls = {};
    },
  };
  return simulation;
};

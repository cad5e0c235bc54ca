import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './questdb.ts';

/** One question to a database: when it was asked, and whether it was answered. */
type Answer = { at: number; ok: boolean };

/** What a client that asks all the time sees of a database. */
export type Watch = {
  /** Ends the watch and answers how often the database was away, and for how long in all, in milliseconds. */
  end: () => Promise<{ interruptions: number; longestMs: number; answers: readonly Answer[] }>;
};

const PERIOD_MS = 100;

/** The times from the first question that was not answered to the next that was. */
const gapsIn = (answers: readonly Answer[]): number[] => {
  const gaps: number[] = [];
  let awaySince: number | undefined;
  for (const { at, ok } of answers) {
    if (!ok) awaySince ??= at;
    else if (awaySince !== undefined) {
      gaps.push(at - awaySince);
      awaySince = undefined;
    }
  }
  return awaySince === undefined ? gaps : [...gaps, Infinity];
};

/** Asks a database again and again, one question at a time, until it is told to end. */
export const watch = (database: Database): Watch => {
  const answers: Answer[] = [];
  const ending = new AbortController();
  const asking = (async () => {
    while (!ending.signal.aborted) {
      const at = Date.now();
      answers.push({
        at,
        ok: await database.sql('select 1').then(
          () => true,
          () => false,
        ),
      });
      await sleep(PERIOD_MS);
    }
  })();
  return {
    end: async () => {
      ending.abort();
      await asking;
      const gaps = gapsIn(answers);
      return { interruptions: gaps.length, longestMs: Math.max(0, ...gaps), answers };
    },
  };
};

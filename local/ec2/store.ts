import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEntry } from './journal.ts';
import type { Account } from './model.ts';
import type { Ec2Settings } from './settings.ts';

/** What survives a restart. */
type Saved = {
  version: 1;
  /** Virtual time, and the real time that it was then. */
  now: number;
  savedAt: number;
  settings: Ec2Settings;
  account: Account;
};

/** The files of one simulated account: state.json and journal.jsonl. */
export type Store = {
  load(): { saved: Saved | undefined; journal: JournalEntry[] };
  save(saved: Saved): void;
  appendJournal(entry: JournalEntry): void;
  clearJournal(): void;
};

const parseLines = (content: string): JournalEntry[] =>
  content
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as JournalEntry];
      } catch {
        // A line that was cut off by a crash is the only one that cannot be read.
        return [];
      }
    });

export const fileStore = (folder: string): Store => {
  mkdirSync(folder, { recursive: true });
  const stateFile = join(folder, 'state.json');
  const journalFile = join(folder, 'journal.jsonl');
  const readText = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  return {
    load: () => {
      const state = readText(stateFile);
      return {
        saved: state === '' ? undefined : (JSON.parse(state) as Saved),
        journal: parseLines(readText(journalFile)),
      };
    },
    save: (saved) => {
      writeFileSync(`${stateFile}.new`, JSON.stringify(saved));
      renameSync(`${stateFile}.new`, stateFile);
    },
    appendJournal: (entry) => appendFileSync(journalFile, `${JSON.stringify(entry)}\n`),
    clearJournal: () => writeFileSync(journalFile, ''),
  };
};

/** Nothing is kept: for tests. */
export const memoryStore = (): Store => ({
  load: () => ({ saved: undefined, journal: [] }),
  save: () => undefined,
  appendJournal: () => undefined,
  clearJournal: () => undefined,
});

import type { InstanceState, Tags, VolumeSpec } from './model.ts';

/** What became different in the account. */
export type Effect =
  | { effect: 'instance-launched'; id: string; zone: string; tags: Tags }
  | { effect: 'instance-state'; id: string; from: InstanceState; to: InstanceState; dataVolumes: string[] }
  | { effect: 'instance-changed'; id: string; change: Record<string, string | boolean> }
  | { effect: 'volume-created'; id: string; zone: string; tags: Tags; root: boolean }
  | { effect: 'volume-deleted'; id: string; tags: Tags }
  | { effect: 'volume-attached'; id: string; instanceId: string; device: string }
  | { effect: 'volume-detached'; id: string; instanceId: string }
  | { effect: 'volume-modified'; id: string; from: VolumeSpec; to: VolumeSpec }
  | { effect: 'modification-failed'; id: string }
  | { effect: 'snapshot-created'; id: string; volumeId: string }
  | { effect: 'snapshot-deleted'; id: string }
  | { effect: 'tags-changed'; id: string; tags: Tags };

/** One mutation: asked for by a caller, done by AWS itself (`caller: aws`), or only tried (an outcome other than ok). */
export type JournalEntry = {
  sequence: number;
  /** Virtual time, ISO 8601. */
  time: string;
  action: string;
  /** The access key id of the credentials; `aws` for what AWS does by itself. */
  caller: string;
  ids: string[];
  parameters: Record<string, unknown>;
  /** `ok` or the code of the error. */
  outcome: string;
  /** A fault was injected: before nothing happened, after it did and the caller was not told. */
  fault?: 'before' | 'after';
  effects: Effect[];
};

export type Journal = {
  entries: JournalEntry[];
  append(entry: Omit<JournalEntry, 'sequence'>): void;
  clear(): void;
};

/** A journal that continues `entries` and tells `write` of each new line, and of undefined when it was cleared. */
export const createJournal = (entries: JournalEntry[], write: (entry: JournalEntry | undefined) => void): Journal => {
  let sequence = entries.at(-1)?.sequence ?? 0;
  return {
    entries,
    append: (entry) => {
      sequence += 1;
      const numbered = { sequence, ...entry };
      entries.push(numbered);
      write(numbered);
    },
    clear: () => {
      entries.length = 0;
      write(undefined);
    },
  };
};

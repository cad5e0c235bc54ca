import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseProbes, Probe, ProbeResult, ProbeSubject } from '../questdb/ports.ts';
import type { QuestDBClient } from './questdb-client.ts';

export type ProbesOptions = {
  client: QuestDBClient;
  /** How long an answer counts as fresh. */
  intervalSeconds: number;
  now: () => Date;
};

type Entry = {
  podUid: string | undefined;
  /** What it was asked about beside that. */
  question: string;
  result: ProbeResult | undefined;
  answeredAt: number;
  /** The question that is under way. */
  asking: Promise<void> | undefined;
  seenAt: number;
};

/** A database that does not answer, or is to take over its configuration, is asked again soon. */
const FAILED_INTERVAL_SECONDS = 1;
/** A database that has started answers in a few milliseconds. */
const FIRST_ANSWER_MS = 500;
/** An older answer says nothing any more: with several replicas of the hooks, another one may have had newer. */
const OUTDATED_AFTER_INTERVALS = 3;
/** Steady databases are looked at every minute; one that was not for this long is gone. */
const FORGOTTEN_AFTER_SECONDS = 900;

const NOTHING_KNOWN = { result: undefined, answeredAt: -Infinity, asking: undefined } as const;

const questionOf = ({ config }: ProbeSubject): string => JSON.stringify(config);

const isAllRight = (result: ProbeResult | undefined): boolean =>
  result?.answered === true && result.config.reloading.length === 0;

const forgetOld = (entries: Map<string, Entry>, time: number): void => {
  for (const [uid, { seenAt }] of entries) {
    if (time - seenAt > FORGOTTEN_AFTER_SECONDS * 1000) entries.delete(uid);
  }
};

/**
 * The answers of the databases, kept by QuestDB uid and asked for in the background: a hook waits for a database only where that has just
 * started, and not for long. An answer of another pod does not count.
 */
export const createProbes = ({ client, intervalSeconds, now }: ProbesOptions): DatabaseProbes => {
  const entries = new Map<string, Entry>();

  const ask = async (subject: ProbeSubject, entry: Entry): Promise<void> => {
    entry.result = await client.ask(subject);
    entry.answeredAt = now().getTime();
    entry.asking = undefined;
  };

  const entryOf = (subject: ProbeSubject, time: number): Entry => {
    const known = entries.get(subject.uid);
    const question = questionOf(subject);
    const isSamePod = subject.podUid === undefined || known?.podUid === subject.podUid;
    if (known !== undefined && isSamePod && known.question === question) return known;
    forgetOld(entries, time);
    const entry = { ...NOTHING_KNOWN, podUid: subject.podUid, question, seenAt: time };
    entries.set(subject.uid, entry);
    return entry;
  };

  const last = (subject: ProbeSubject): Probe => {
    const time = now().getTime();
    const entry = entryOf(subject, time);
    entry.seenAt = time;
    const interval = isAllRight(entry.result) ? intervalSeconds : FAILED_INTERVAL_SECONDS;
    const isFresh = time - entry.answeredAt < interval * 1000;
    if (!isFresh) entry.asking ??= ask(subject, entry);
    const isKnown = time - entry.answeredAt <= intervalSeconds * OUTDATED_AFTER_INTERVALS * 1000;
    return { result: isKnown ? entry.result : undefined, isFresh: isFresh && entry.result !== undefined };
  };

  const first = async (subject: ProbeSubject): Promise<Probe> => {
    const known = last(subject);
    const { asking, result } = entryOf(subject, now().getTime());
    if (result !== undefined) return known;
    await Promise.race([asking, sleep(FIRST_ANSWER_MS, undefined, { ref: false })]);
    return last(subject);
  };

  return { last, first };
};

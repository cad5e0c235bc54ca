import { beforeEach, describe, expect, it } from 'vitest';
import { createProbes } from '../../../hooks/database/probes.ts';
import type { DatabaseProbes, Probe, ProbeResult, ProbeSubject } from '../../../hooks/questdb/ports.ts';
import { after } from '../../fixtures/clock.ts';
import { CONFIG_RUNS } from '../../fixtures/questdb.ts';

const answered = (version = '9.3.4'): ProbeResult => ({
  answered: true,
  askedWith: 'secret.1',
  version,
  suspendedTables: [],
  config: CONFIG_RUNS,
});
const silent: ProbeResult = { answered: false, askedWith: 'secret.1', message: 'HTTP 503' };

const WHO = { namespace: 'acme', database: 'trades', secretName: undefined };

let time: number;
let asked: { subject: ProbeSubject; answer: (result: ProbeResult) => Promise<void> }[];
let probes: DatabaseProbes;

beforeEach(() => {
  time = 0;
  asked = [];
  const ask = (subject: unknown) =>
    new Promise<ProbeResult>((resolve) => {
      const answer = async (result: ProbeResult) => {
        resolve(result);
        await new Promise(setImmediate);
      };
      asked.push({ subject: subject as ProbeSubject, answer });
    });
  probes = createProbes({ client: { ask }, intervalSeconds: 30, now: () => after(time) });
});

const last = (podUid: string | undefined = 'pod-1', uid = 'uid-1', config: ProbeSubject['config'] = {}) =>
  probes.last({ ...WHO, uid, podUid, config });
const UNKNOWN = { result: undefined, isFresh: false };

describe('the probe of a database', () => {
  it('gives nothing at first, and asks in the background once', async () => {
    expect([last(), last()]).toEqual([UNKNOWN, UNKNOWN]);
    expect(asked.map(({ subject }) => subject.podUid)).toEqual(['pod-1']);
    await asked[0]?.answer(answered());
    expect(last()).toEqual({ result: answered(), isFresh: true });
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['an answer', answered(), 29.9, 30],
    ['a failure', silent, 0.9, 1],
  ])('is asked again when %s is no longer fresh', async (_name, result, fresh, old) => {
    last();
    await asked[0]?.answer(result);
    time = fresh;
    expect(last()).toEqual({ result, isFresh: true });
    time = old;
    expect([last(), last()]).toEqual(Array(2).fill({ result, isFresh: false }));
    expect(asked).toHaveLength(2);
    await asked[1]?.answer(answered('9.3.5'));
    expect(last()).toEqual({ result: answered('9.3.5'), isFresh: true });
  });

  it('asks again soon while the database is to take over its configuration', async () => {
    const reloading = { ...answered(), config: { ...CONFIG_RUNS, reloading: ['query.tracing.enabled'] } };
    last();
    await asked[0]?.answer(reloading);
    time = 1;
    expect(last()).toEqual({ result: reloading, isFresh: false });
    expect(asked).toHaveLength(2);
  });

  it('knows nothing of another configuration than it was asked about', async () => {
    last();
    await asked[0]?.answer(answered());
    expect(last('pod-1', 'uid-1', { 'query.tracing.enabled': 'true' })).toEqual(UNKNOWN);
    expect(asked.map(({ subject }) => subject.config)).toEqual([{}, { 'query.tracing.enabled': 'true' }]);
  });

  it('counts the age of an answer from when it came', async () => {
    last();
    time = 20;
    await asked[0]?.answer(answered());
    time = 49;
    expect(last().isFresh).toBe(true);
  });

  it('counts no answer of another pod', async () => {
    last('pod-1');
    await asked[0]?.answer(answered());
    expect(last('pod-2')).toEqual(UNKNOWN);
    expect(asked).toHaveLength(2);
    await asked[1]?.answer(silent);
    expect(last('pod-2').result).toEqual(silent);
  });

  it('counts no answer of the old pod that comes late', async () => {
    last('pod-1');
    expect(last('pod-2')).toEqual(UNKNOWN);
    await asked[0]?.answer(answered());
    expect(last('pod-2')).toEqual(UNKNOWN);
  });

  it('takes whichever pod answered last when none is named', async () => {
    last('pod-1');
    await asked[0]?.answer(answered());
    expect(probes.last({ ...WHO, uid: 'uid-1', podUid: undefined, config: {} }).result).toEqual(answered());
    expect(asked).toHaveLength(1);
  });

  it('is kept apart by uid, since names repeat', async () => {
    last('pod-1', 'uid-1');
    await asked[0]?.answer(answered());
    expect(last('pod-1', 'uid-2')).toEqual(UNKNOWN);
  });

  it.each([
    ['an answer', answered()],
    // A database that hangs is asked again and again, each time for longer than a failure is fresh.
    ['a failure', silent],
  ])('says nothing any more when %s is three intervals old', async (_name, result) => {
    last();
    await asked[0]?.answer(result);
    time = 90;
    expect(last()).toEqual({ result, isFresh: false });
    time = 91;
    expect(last()).toEqual(UNKNOWN);
  });

  it('is forgotten when nobody asked for a quarter of an hour, and no sooner', () => {
    const isKnownAfter = (seconds: number) => {
      time += 10_000;
      last('pod-1', `uid-${seconds}`);
      const count = asked.length;
      time += seconds;
      last('another', `another-${seconds}`);
      // What is under way is not asked for twice; what was forgotten is.
      last('pod-1', `uid-${seconds}`);
      return asked.length === count + 1;
    };
    expect([isKnownAfter(900), isKnownAfter(901)]).toEqual([true, false]);
  });
});

describe('the first answer of a process', () => {
  const first = (podUid = 'pod-1', config: ProbeSubject['config'] = {}) => {
    let probe: Probe | undefined;
    const done = probes.first({ ...WHO, uid: 'uid-1', podUid, config }).then((known) => {
      probe = known;
    });
    return { done, known: () => probe };
  };
  const turn = () => new Promise(setImmediate);

  it('is waited for', async () => {
    const { done, known } = first();
    await turn();
    expect(known()).toBeUndefined();
    await asked[0]?.answer(answered());
    await done;
    expect(known()).toEqual({ result: answered(), isFresh: true });
    expect(asked).toHaveLength(1);
  });

  it('is waited for also when it is a failure', async () => {
    const { done, known } = first();
    await asked[0]?.answer(silent);
    await done;
    expect(known()).toEqual({ result: silent, isFresh: true });
  });

  it('is not waited for longer than half a second, and counts when it comes', async () => {
    const began = performance.now();
    const { done, known } = first();
    await done;
    const waited = performance.now() - began;
    expect(waited).toBeGreaterThan(490);
    expect(waited).toBeLessThan(1000);
    expect(known()).toEqual(UNKNOWN);
    await asked[0]?.answer(answered());
    expect(last()).toEqual({ result: answered(), isFresh: true });
    expect(asked).toHaveLength(1);
  });

  it('is asked for once by all who wait for it', async () => {
    last();
    const both = [first(), first()];
    await turn();
    expect(both.map(({ known }) => known())).toEqual([undefined, undefined]);
    await asked[0]?.answer(answered());
    await Promise.all(both.map(({ done }) => done));
    expect(both.map(({ known }) => known()?.result)).toEqual([answered(), answered()]);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['an answer', answered(), 30, true],
    ['a failure', silent, 1, true],
    ['an answer that says nothing any more', answered(), 91, false],
  ])('is no longer waited for once there was one: %s', async (_name, result, age, isKnown) => {
    last();
    await asked[0]?.answer(result);
    time = age;
    const { known } = first();
    await turn();
    expect(known()).toEqual({ result: isKnown ? result : undefined, isFresh: false });
    // It is asked in the background, as ever.
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['pod', 'pod-2', {}],
    ['configuration', 'pod-1', { 'query.tracing.enabled': 'true' }],
  ])('of another %s is waited for anew', async (_what, podUid, config) => {
    last();
    await asked[0]?.answer(answered());
    const { done, known } = first(podUid, config);
    await turn();
    expect(known()).toBeUndefined();
    await asked[1]?.answer(answered('9.3.5'));
    await done;
    expect(known()).toEqual({ result: answered('9.3.5'), isFresh: true });
  });

  it('leaves those who only ask for the last one without a wait', () => {
    void first();
    expect(last()).toEqual(UNKNOWN);
    expect(asked).toHaveLength(1);
  });
});

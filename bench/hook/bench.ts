import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../figures.ts';
import { bodies, type Body } from './bodies.ts';
import { load, startServer, type Load } from './load.ts';

export type HookFigures = {
  kilobytes: number;
  hooks: Load;
  bare: Load;
  /** Of the medians of the rounds: how many times the bare server's. */
  ratio: { p50: number; p99: number };
  /** The least and the most ratio of p99 of any round. */
  spread: { least: number; most: number };
  memoryMiB: { hooks: number; bare: number };
};

const WARM_UP_SECONDS = 2;

/** The sync hook of QuestDB under load, beside a bare server in the same rounds, for requests of three sizes. */
export const measureHook = async (rounds: number, seconds: number): Promise<HookFigures[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'questdb-fleet-bench-hook-'));
  try {
    const figures: HookFigures[] = [];
    for (const body of bodies()) figures.push(await measureBody(body, { folder, rounds, seconds }));
    return figures;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

type Options = { folder: string; rounds: number; seconds: number };

const measureBody = async ({ text, kilobytes }: Body, { folder, rounds, seconds }: Options): Promise<HookFigures> => {
  const hooks = await startServer('hooks');
  const answer = await fetch(hooks.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text,
  });
  const file = join(folder, `${kilobytes}.json`);
  writeFileSync(file, await answer.text());
  const bare = await startServer('bare', file);
  try {
    const loads: { hooks: Load; bare: Load }[] = [];
    for (const server of [hooks, bare]) await load(server.url, text, WARM_UP_SECONDS);
    for (let round = 0; round < rounds; round += 1) {
      loads.push({ hooks: await load(hooks.url, text, seconds), bare: await load(bare.url, text, seconds) });
    }
    return { kilobytes, ...summaryOf(loads), memoryMiB: { hooks: hooks.memoryMiB(), bare: bare.memoryMiB() } };
  } finally {
    hooks.stop();
    bare.stop();
  }
};

const medianOf = (loads: readonly Load[]): Load => {
  const of = (pick: (one: Load) => number): number => median(loads.map(pick));
  return { p50: of(({ p50 }) => p50), p99: of(({ p99 }) => p99), perSecond: of(({ perSecond }) => perSecond) };
};

/** autocannon counts whole milliseconds: what is less than one is taken for one. */
const times = (a: number, b: number): number => Math.max(a, 1) / Math.max(b, 1);

const summaryOf = (loads: readonly { hooks: Load; bare: Load }[]) => {
  const [hooks, bare] = [medianOf(loads.map((one) => one.hooks)), medianOf(loads.map((one) => one.bare))];
  const ratios = loads.map((one) => times(one.hooks.p99, one.bare.p99));
  return {
    hooks,
    bare,
    ratio: { p50: times(hooks.p50, bare.p50), p99: times(hooks.p99, bare.p99) },
    spread: { least: Math.min(...ratios), most: Math.max(...ratios) },
  };
};

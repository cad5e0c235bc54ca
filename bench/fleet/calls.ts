import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../local/settings.ts';
import { median } from '../figures.ts';

type Line = { msg?: string; hook?: string; name?: string; time?: string; status?: number };

/** Calls of the sync hook of QuestDB for each database, answered or not, until it was Ready: the least, the median, the most. */
export const callsUntilReady = (
  { paths }: Settings,
  readyAt: ReadonlyMap<string, number>,
): { least: number; median: number; most: number } => {
  const calls = new Map<string, number>();
  for (const text of readFileSync(join(paths.logs, 'hooks.log'), 'utf8').split('\n')) {
    const line = lineOf(text);
    const ready = readyAt.get(line.name ?? '');
    if (line.hook !== 'questdb/sync' || ready === undefined || Date.parse(line.time ?? '') > ready) continue;
    calls.set(line.name ?? '', (calls.get(line.name ?? '') ?? 0) + 1);
  }
  const counts = [...calls.values()];
  return { least: Math.min(...counts), median: median(counts), most: Math.max(...counts) };
};

const lineOf = (text: string): Line => {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return {};
  }
};

/** The counters of the hooks by a label: calls by hook, or EC2 requests by operation. */
export const countersOf = async (settings: Settings, name: string, label: string): Promise<Record<string, number>> => {
  const text = await (await fetch(`http://127.0.0.1:${settings.ports.hooks}/metrics`)).text();
  const counts: Record<string, number> = {};
  for (const [, labels = '', value = '0'] of text.matchAll(new RegExp(`^${name}\\{([^}]*)\\} (\\S+)$`, 'gm'))) {
    const key = new RegExp(`${label}="([^"]*)"`).exec(labels)?.[1] ?? '';
    counts[key] = (counts[key] ?? 0) + Number(value);
  }
  return counts;
};

export const difference = (before: Record<string, number>, after: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(after).map(([key, value]) => [key, value - (before[key] ?? 0)]));

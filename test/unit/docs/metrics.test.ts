import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ERRORS } from '../../../hooks/http-errors.ts';
import { createRegistry } from '../../../hooks/metrics.ts';

const page = readFileSync('docs/metrics.md', 'utf8');

const metrics = globSync('hooks/**/*.ts')
  .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/name: '(questdb_fleet_\w+)'/g)])
  .map(([, name = '']) => name)
  .sort();

type Rules = { groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[] };
const rules = (parse(/```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '') as Rules).groups.flatMap((group) => group.rules);

const BRACKETS = [
  ['(', ')'],
  ['{', '}'],
  ['[', ']'],
] as const;

/** What Prometheus makes of a histogram. */
const withoutSuffix = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');

const known = async (): Promise<string[]> => {
  const ofTheProcess = (await createRegistry().getMetricsAsJSON()).map(({ name }) => name);
  return [...metrics, ...ofTheProcess];
};

describe('docs/metrics.md', () => {
  it('is held against metrics that were found', () => {
    expect(metrics).toContain('questdb_fleet_hook_requests_total');
    expect(metrics.length).toBeGreaterThan(5);
  });

  it.each(metrics)('has a row for %s', (metric) => {
    expect(page).toContain(`\n| \`${metric}\` |`);
  });

  it('names no metric that there is none of', async () => {
    const named = [...page.matchAll(/\b(?:questdb_fleet|process|nodejs)_[a-z0-9_]+[a-z0-9]/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(metrics.length);
    const all = await known();
    expect(named.filter((name) => !all.includes(withoutSuffix(name)))).toEqual([]);
  });

  it.each(
    Object.entries(ERRORS)
      // A path that is none, and probes: no calls of a hook.
      .filter(([code]) => !['NOT_FOUND', 'METHOD_NOT_ALLOWED', 'DRAINING', 'NOT_READY'].includes(code))
      .map(([code]) => code.toLowerCase()),
  )('explains the outcome %s', (outcome) => {
    expect(page).toContain(`\`${outcome}\``);
  });

  it.each(rules)(
    'has an alert $alert with an expression whose brackets close, and a summary',
    ({ expr, annotations }) => {
      const count = (bracket: string): number => expr.split(bracket).length;
      for (const [open, close] of BRACKETS) expect(count(open)).toBe(count(close));
      expect(annotations.summary).toMatch(/\w.*\.|\?$/);
    },
  );

  it('has an alert for every figure of its own that can go wrong', () => {
    const watched = metrics.filter((metric) => rules.some(({ expr }) => expr.includes(metric)));
    expect(watched).toEqual(metrics);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });
});

import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const CALLS = /\b(?:fails|holds|isUnknown|launching|refuse|wait)\(\s*'([A-Z][A-Za-z]+)'/g;
const FIELDS = /\breason: '([A-Z][A-Za-z]+)'/g;
const UNIONS = /type (?:\w+Reason|JoinStep) =\s*([^;]+);/g;

const reasonsIn = (text: string): string[] => [
  ...[...text.matchAll(CALLS), ...text.matchAll(FIELDS)].map(([, reason = '']) => reason),
  ...[...text.matchAll(UNIONS)].flatMap(([, union = '']) =>
    [...union.matchAll(/'(\w+)'/g)].map(([, name = '']) => name),
  ),
];

const files = globSync('hooks/{questdb,questdbnode,questdbvolume,metacontroller}/**/*.ts');
const reasons = [...new Set(files.flatMap((file) => reasonsIn(readFileSync(file, 'utf8'))))].sort();
/** Recorded answers, and what tests expect by name. */
const produced = [
  ...globSync('test/scenarios/*/*/response.json').map((file) => readFileSync(file, 'utf8')),
  ...globSync('test/{cluster,database,ec2,unit/{questdb*,metacontroller}}/**/*.ts').map((file) =>
    readFileSync(file, 'utf8'),
  ),
].join('\n');
const page = readFileSync('docs/conditions.md', 'utf8');

describe('docs/conditions.md', () => {
  it('is held against reasons that were found', () => {
    expect(reasons).toContain('WaitingForFirstConsumer');
    expect(reasons.length).toBeGreaterThan(40);
  });

  it.each(reasons)('has the reason %s', (reason) => {
    expect(page).toContain(`\`${reason}\``);
  });

  it.each(reasons)('has the reason %s from a test that produces it', (reason) => {
    expect(produced).toMatch(new RegExp(`"reason": "${reason}"|'${reason}'`));
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from './render.ts';

const readText = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');

const sources = readdirSync(join(REPOSITORY, 'hooks', 'aws'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readText(join('hooks', 'aws', path)));

type Statement = { Effect: string; Action: string | string[]; Resource: string | string[]; Condition?: object };

describe('the IAM policy of the example', () => {
  const { Statement: statements } = JSON.parse(readText('manifests/overlays/example/iam-policy.json')) as {
    Statement: Statement[];
  };
  const allowed = [...new Set(statements.flatMap(({ Action }) => Action))].sort();

  it('allows what the hooks call, what a launch needs besides (to give the instance its role), and nothing else', () => {
    const commands = sources.flatMap((text) =>
      [...text.matchAll(/new (\w+)Command\(/g)].map(([, name]) => `ec2:${name ?? ''}`),
    );
    const paginated = sources.flatMap((text) =>
      [...text.matchAll(/paginate(\w+)\(/g)].map(([, name]) => `ec2:${name ?? ''}`),
    );
    const needed = new Set([...commands, ...paginated, 'iam:PassRole']);
    expect(allowed).toEqual([...needed].sort());
  });

  it('changes only what carries the tag of the fleet', () => {
    const tagged = statements.filter(({ Condition }) =>
      JSON.stringify(Condition ?? {}).includes('Tag/questdb-fleet.dev/cluster'),
    );
    expect(tagged.flatMap(({ Action }) => Action).sort()).toEqual([
      'ec2:CreateTags',
      'ec2:ModifyInstanceAttribute',
      'ec2:RunInstances',
      'ec2:TerminateInstances',
    ]);
  });
});
